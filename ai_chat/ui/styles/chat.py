"""Questions, answers and conversations."""

from __future__ import annotations

CHAT = """
.ac.question { margin: 1.4rem 0 .2rem auto; padding: .55rem .95rem; max-width: 86%; width: fit-content;
  background: rgba(120, 130, 150, .13); border-radius: 1rem 1rem .25rem 1rem; white-space: pre-wrap; unicode-bidi: plaintext; }
.ac.answer p { unicode-bidi: plaintext; }
.ac .unsure { text-decoration: underline dotted rgba(200, 120, 40, .9); text-underline-offset: .22em; }
.ac .wrong { color: light-dark(#b3261e, #ff9d94); font-weight: 650; }
.ac .wrong small { font-size: .78em; font-weight: 500; white-space: nowrap; }
.ac p.origin { margin: 0 0 .35rem; }
div[class*="st-key-foot-"] { gap: .1rem; margin: -.35rem 0 0 -.45rem; }
div[class*="st-key-foot-"] button { min-height: 2rem; min-width: 2rem; padding: 0; border-radius: .5rem; justify-content: center; }
div[class*="st-key-foot-"] button:hover, .ac button.copy:hover { background: rgba(128, 136, 150, .16); }
div[class*="st-key-foot-"] button div[data-testid="stMarkdownContainer"], .ac button.copy .name {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
div[class*="-pressed-"] button span { color: light-dark(#2458b8, #8db4ff); }
.ac button.copy { display: inline-flex; align-items: center; gap: .35rem; min-height: 2rem; min-width: 2rem; padding: 0 .4rem; border: 0;
  border-radius: .5rem; background: transparent; color: inherit; font: inherit; font-size: .84rem; cursor: pointer; }
.ac .symbol { font-family: "Material Symbols Rounded"; font-size: 1.15rem; line-height: 1; font-feature-settings: "liga";
  white-space: nowrap; }
.ac a.cite { display: inline-block; min-width: 1.3em; padding: 0 .3em; margin: 0 .1em; border-radius: .7em; text-align: center;
  font-size: .75em; line-height: 1.5; vertical-align: .1em; text-decoration: none;
  color: light-dark(#2458b8, #8db4ff); background: rgba(56, 118, 230, .14); }
.st-key-scope-bar { gap: .35rem .5rem; }
.st-key-scope-bar button { min-height: 1.9rem; padding: 0 .6rem; border-radius: 1rem; max-width: 16rem; }
.st-key-scope-bar button, .st-key-scope-bar button p { font-size: .84rem; }
.st-key-scope-panel { max-height: 60vh; overflow-y: auto; }
div[class*="st-key-talk-menu-"] button div[data-testid="stMarkdownContainer"] {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
div[class*="st-key-talk-menu-"] button div[aria-hidden="true"] { display: none; }
div[class*="st-key-talk-"] > div:first-child button > div { width: 100%; }
div[class*="st-key-talk-menu-"] button { min-width: 2rem; padding: 0; justify-content: center; opacity: .65; }
div[class*="st-key-talk-menu-"] button:hover, div[class*="st-key-talk-menu-"] button:focus-visible { opacity: 1; }
div[class*="st-key-talk-"] { flex-wrap: nowrap; gap: 0; border-radius: .5rem; }
div[class*="st-key-talk-"] > div:first-child { flex: 1 1 auto; min-width: 0; }
div[class*="st-key-talk-here-"] { background: rgba(128, 136, 150, .14); }
section[data-testid="stSidebar"] button[kind="tertiary"], section[data-testid="stSidebar"] button[kind="tertiary"] :is(div, span, p) {
  justify-content: flex-start; text-align: left; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.ac.welcome { text-align: center; margin: 12vh 0 1.2rem; }
.ac.welcome h1 { font-size: 1.7rem; font-weight: 650; padding: 0 0 .4rem; margin: 0; }
@media (max-width: 640px) { .ac.welcome { margin-top: 6vh; } }
"""
