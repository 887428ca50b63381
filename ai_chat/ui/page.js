// What the page does in the browser by itself: copy the answer whose button was pressed, and say so; close a phone's sidebar once
// something in it was chosen; name Streamlit's own controls. Takes the words from the page; knows no document and asks no server.
(() => {
  if (window.aiChatPage) return;
  window.aiChatPage = true;

  // Also where the address is no secure one, and where the browser refuses its newer way.
  const copyOldWay = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.cssText = "position:fixed;top:0;left:0;opacity:0";
    const before = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus({ preventScroll: true });
    return done;
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyOldWay(text);
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element && event.target.closest(".ac button.copy");
    if (!button) return;
    const done = await copy(button.dataset.copy);
    const said = button.querySelector(".said");
    said.textContent = done ? button.dataset.copied : button.dataset.failed;
    clearTimeout(button.timer);
    button.timer = setTimeout(() => { said.textContent = ""; }, done ? 2000 : 6000);
  });

  // Where the sidebar covers the page, whoever chose a view or a conversation wants to see it.
  document.addEventListener("click", (event) => {
    if (!window.matchMedia("(max-width: 768px)").matches || !(event.target instanceof Element)) return;
    const sidebar = event.target.closest('[data-testid="stSidebar"]');
    if (!sidebar || !event.target.closest('a, [class*="st-key-go-"] button, .st-key-new-conversation button')) return;
    setTimeout(() => sidebar.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click(), 0);
  });

  // Streamlit names its own controls in English; what they are called here stands in an element of the page.
  const rename = () => {
    const told = document.querySelector(".ac-names");
    if (!told) return;
    const names = JSON.parse(told.dataset.names);
    for (const control of document.querySelectorAll("[aria-label]")) {
      const own = Object.hasOwn(names, control.ariaLabel) ? control.ariaLabel : control.dataset.ownName;
      if (!own) continue;
      control.dataset.ownName = own;
      if (control.ariaLabel !== names[own]) control.ariaLabel = names[own];
    }
    const skip = document.querySelector('[data-testid="stSkipToContent"]');  // which is named by its text
    if (!skip?.firstChild) return;
    skip.dataset.ownName ??= skip.textContent;
    const called = names[skip.dataset.ownName];
    if (called && skip.textContent !== called) skip.firstChild.nodeValue = called;
  };

  let soon = 0;
  const later = () => {
    soon ||= setTimeout(() => { soon = 0; rename(); }, 200);
  };
  new MutationObserver(later).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label", "data-names"],
  });
  later();
})();
