"""The frame of the page and text in it."""

from __future__ import annotations

GENERAL = """
.stApp { --quiet: light-dark(#5b6370, #a3aab6); --accent: light-dark(#2458b8, #8db4ff); }
.stApp :is(a, button, summary, [role="button"], [role="option"], [role="tab"], [tabindex="0"]):focus-visible {
  outline: 2px solid var(--accent); outline-offset: 2px; border-radius: .3rem; }
.stApp div[data-testid="stChatInput"]:focus-within > div { box-shadow: 0 0 0 1px var(--accent); }
div[data-testid="stMain"] div[data-testid="stVerticalBlock"] { gap: .7rem; }
section[data-testid="stSidebar"] div[data-testid="stVerticalBlock"] { gap: .45rem; }
div:has(> .st-key-remote-banner) { position: sticky; top: .5rem; z-index: 90; border-radius: .5rem; backdrop-filter: blur(12px); }
.st-key-remote-banner div[data-testid="stAlertContainer"] { padding: .35rem .8rem; min-height: 0; }
.st-key-remote-banner p { font-size: .82rem; line-height: 1.45; }
div[data-testid="stBottomBlockContainer"] { padding-bottom: 1.4rem; }
.block-container { max-width: 46rem; padding-top: 3.2rem; padding-bottom: 7rem; }
section[data-testid="stSidebar"] .block-container { padding-top: 1rem; }
.ac { font-size: 1rem; line-height: 1.65; overflow-wrap: anywhere; word-break: keep-all; }
.ac p { margin: 0 0 .5rem; }
.ac p.item { padding-left: 1.1rem; text-indent: -1rem; margin-bottom: .25rem; }
.ac p.item * { text-indent: 0; }
.ac.note, .ac .note { color: var(--quiet); font-size: .9rem; }
a.ac, .ac .note a { color: var(--accent); text-underline-offset: .2em; }
.ac.note a.ac { font-size: inherit; }
@media (max-width: 640px) { div:has(> .st-key-remote-banner) { top: 3.6rem; } }
@media (max-width: 640px) { .block-container { padding: 4.5rem 1rem 6.5rem; } }
"""
