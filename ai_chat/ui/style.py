"""How the page looks: one style sheet, painted once a run. Knows the class names that evidence.py and chat.py use.

Streamlit's own words in the uploader are English only, so the sheet puts ours in their place.
"""

from __future__ import annotations


def style_sheet(upload_words: str) -> str:
    """`upload_words` stand on the uploader's button; they are ours, never a document's."""
    return CSS.replace("UPLOAD_WORDS", upload_words)


CSS = """
<style>
div[data-testid="stMain"] div[data-testid="stVerticalBlock"] { gap: .7rem; }
section[data-testid="stSidebar"] div[data-testid="stVerticalBlock"] { gap: .45rem; }
div[data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
section[data-testid="stFileUploaderDropzone"] { justify-content: center; }
section[data-testid="stFileUploaderDropzone"] button p { font-size: 0; }
section[data-testid="stFileUploaderDropzone"] button p::after { content: "UPLOAD_WORDS"; font-size: .95rem; }
div:has(> .st-key-remote-banner) { position: sticky; top: .5rem; z-index: 90; border-radius: .5rem; backdrop-filter: blur(12px); }
.st-key-remote-banner div[data-testid="stAlertContainer"] { padding: .35rem .8rem; min-height: 0; }
.st-key-remote-banner p { font-size: .82rem; line-height: 1.45; }
div[class*="st-key-line-"] { flex-wrap: nowrap; }
div[class*="st-key-line-"] > div:first-child { flex: 1 1 auto; min-width: 0; }
div[data-testid="stBottomBlockContainer"] { padding-bottom: 1.4rem; }
.block-container { max-width: 46rem; padding-top: 3.2rem; padding-bottom: 7rem; }
section[data-testid="stSidebar"] .block-container { padding-top: 1rem; }
.ac { font-size: 1rem; line-height: 1.65; overflow-wrap: anywhere; word-break: keep-all; }
.ac p { margin: 0 0 .5rem; }
.ac p.item { padding-left: 1.1rem; text-indent: -1rem; margin-bottom: .25rem; }
.ac p.item * { text-indent: 0; }
.ac.question { margin: 1.4rem 0 .2rem auto; padding: .55rem .95rem; max-width: 86%; width: fit-content;
  background: rgba(120, 130, 150, .13); border-radius: 1rem 1rem .25rem 1rem; white-space: pre-wrap; }
.ac.note, .ac .note { color: rgba(110, 118, 132, 1); font-size: .9rem; }
.ac .heading { font-size: .8rem; color: rgba(110, 118, 132, 1); margin: .2rem 0 .35rem; letter-spacing: .02em; }
.ac .unsure { text-decoration: underline dotted rgba(200, 120, 40, .9); text-underline-offset: .22em; }
.ac .wrong { color: #b3261e; font-weight: 650; }
.ac .wrong small { font-size: .78em; font-weight: 500; white-space: nowrap; }
.ac p.origin { margin: 0 0 .35rem; }
div[class*="st-key-foot-"] { gap: .9rem; }
div[class*="st-key-foot-"] button { min-height: 0; padding: 0; }
div[class*="st-key-foot-"] button, div[class*="st-key-foot-"] button p { font-size: .84rem; }
.ac a.cite { display: inline-block; min-width: 1.3em; padding: 0 .3em; margin: 0 .1em; border-radius: .7em; text-align: center;
  font-size: .75em; line-height: 1.5; vertical-align: .1em; text-decoration: none; color: #2458b8; background: rgba(56, 118, 230, .14); }
.ac details { border: 1px solid rgba(128, 136, 150, .28); border-radius: .7rem; margin: 0 0 .5rem; padding: .5rem .8rem; }
.ac details:has(.passage:target) { border-color: #3876e6; box-shadow: 0 0 0 2px rgba(56, 118, 230, .18); }
.ac summary { cursor: pointer; list-style: none; }
.ac summary::-webkit-details-marker { display: none; }
.ac summary .where { display: flex; gap: .5rem; align-items: baseline; font-size: .84rem; color: rgba(110, 118, 132, 1); }
.ac summary .where b, .ac summary .where .unit { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.ac summary .where b { color: inherit; font-weight: 600; flex: 0 0 auto; max-width: 62%; }
.ac summary .where .number { color: #2458b8; font-weight: 600; }
.ac summary .best { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; font-size: .95rem; }
.ac details.card:first-of-type summary .best { -webkit-line-clamp: 5; }
.ac details.card[open] > summary .best { display: none; }
.ac details.more { border: 0; padding: 0; margin: 0; }
.ac details.more > summary { color: rgba(110, 118, 132, 1); font-size: .84rem; padding: .1rem .8rem .4rem; }
.ac details.more[open] > summary { display: none; }
section[data-testid="stSidebar"] button[kind="tertiary"], section[data-testid="stSidebar"] button[kind="tertiary"] p {
  justify-content: flex-start; text-align: left; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.ac .passage { white-space: pre-wrap; font-size: .95rem; margin-top: .3rem; scroll-margin: 5rem; }
.ac mark { background: rgba(255, 205, 60, .42); color: inherit; padding: .05em 0; border-radius: .2em; }
.ac.welcome { text-align: center; margin: 12vh 0 1.2rem; }
.ac.welcome h1 { font-size: 1.7rem; font-weight: 650; padding: 0 0 .4rem; margin: 0; }
.ac.facts { font-size: .82rem; line-height: 1.5; }
.ac.facts div { display: flex; justify-content: space-between; gap: .6rem; }
.ac.facts span { color: rgba(110, 118, 132, 1); white-space: nowrap; }
.ac progress { display: block; width: 100%; height: .22rem; margin: .1rem 0 .35rem; border: 0; border-radius: .2rem;
  appearance: none; overflow: hidden; background: rgba(128, 136, 150, .22); }
.ac progress::-webkit-progress-bar { background: transparent; }
.ac progress::-webkit-progress-value { background: #3876e6; }
.ac progress::-moz-progress-bar { background: #3876e6; }
.ac progress.tight::-webkit-progress-value, .ac progress.critical::-webkit-progress-value { background: #d0762a; }
.ac progress.tight::-moz-progress-bar, .ac progress.critical::-moz-progress-bar { background: #d0762a; }
.ac.facts p { margin: 0 0 .35rem; }
.ac.document b { font-weight: 600; }
.ac.document .note { display: block; line-height: 1.45; }
.ac .wrong { color: light-dark(#b3261e, #ff9d94); }
.ac a.cite, .ac summary .where .number { color: light-dark(#2458b8, #8db4ff); }
@media (max-width: 640px) { div:has(> .st-key-remote-banner) { top: 3.6rem; } }
@media (max-width: 640px) { .block-container { padding: 4.5rem 1rem 6.5rem; } .ac.welcome { margin-top: 6vh; } }
</style>
"""
