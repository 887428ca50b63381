"""The list of documents and the uploader."""

from __future__ import annotations

LIBRARY = """
div[data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
section[data-testid="stFileUploaderDropzone"] { justify-content: center; }
section[data-testid="stFileUploaderDropzone"] button p { font-size: 0; }
section[data-testid="stFileUploaderDropzone"] button p::after { content: "UPLOAD_WORDS"; font-size: .95rem; }
div[class*="st-key-line-"], div[class*="st-key-doc-"] { flex-wrap: nowrap; }
div[class*="st-key-line-"] > div:first-child { flex: 1 1 auto; min-width: 0; }
div[class*="st-key-doc-"] { gap: .35rem; padding: .5rem 0; border-bottom: 1px solid rgba(128, 136, 150, .18); }
div[class*="st-key-doc-"] > div { flex: 0 0 auto; width: auto; }
div[class*="st-key-doc-"] > div:has(.document) { flex: 1 1 auto; min-width: 0; }
div[class*="st-key-open-row-"] button p { font-size: 0; }
.st-key-upload-way > div:first-child { max-width: 18rem; }
div[class*="st-key-unlock-"], div[class*="st-key-panel-"] { margin: .5rem 0 .7rem; }
div[data-testid="stFileUploader"]::after { display: block; padding-top: .4rem; font-size: .9rem; color: light-dark(#b3261e, #ff8f86); }
.ac.document { line-height: 1.45; }
.ac.document.inside { padding-left: 1.6rem; }
.ac.document a { color: inherit; text-decoration: none; }
.ac.document a:hover, .ac.document a:focus-visible { text-decoration: underline; }
.ac.document b { font-weight: 600; }
.ac.document .note { display: block; font-size: .84rem; }
.ac .state { font-weight: 600; }
.ac .state.good { color: light-dark(#1a7a45, #58c98a); }
.ac .state.busy { color: light-dark(#2f6fdb, #7fb0ff); }
.ac .state.wants { color: light-dark(#8a5a00, #f0b357); }
.ac .state.bad { color: light-dark(#b3261e, #ff8f86); }
div:has(> .st-key-shelf-refused:empty), div:has(> .st-key-line-done:empty), div:has(> .st-key-shelf-end:empty) { display: none; }
.ac.shelf { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
.ac.shelf .span { white-space: nowrap; }
div:has(> .st-key-chosen-bar button), div:has(> .st-key-line-done button) { position: sticky; top: .4rem; z-index: 80;
  border-radius: .5rem; backdrop-filter: blur(12px); background: light-dark(rgba(255, 255, 255, .85), rgba(14, 17, 23, .85)); }
@media (max-width: 640px) { div:has(> .st-key-chosen-bar button), div:has(> .st-key-line-done button) { top: 3.6rem; } }
.st-key-chosen-bar { gap: .6rem; padding: .2rem 0; }
.ac.details .links a { color: light-dark(#2458b8, #8db4ff); margin-right: 1.1rem; }
.ac.summary .counts { font-weight: 600; }
.ac.summary ul { margin: .3rem 0 0; padding-left: 1.1rem; max-height: 18rem; overflow-y: auto; font-size: .9rem; }
.ac.summary summary { cursor: pointer; }
"""
