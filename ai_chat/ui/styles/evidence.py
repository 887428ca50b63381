"""Cards of evidence and the viewer."""

from __future__ import annotations

EVIDENCE = """
.ac .heading { font-size: .8rem; color: var(--quiet); margin: .2rem 0 .35rem; letter-spacing: .02em; }
.ac details { border: 1px solid rgba(128, 136, 150, .28); border-radius: .7rem; margin: 0 0 .5rem; padding: .5rem .8rem; }
.ac details:has(.passage:target) { border-color: #3876e6; box-shadow: 0 0 0 2px rgba(56, 118, 230, .18); }
.ac summary { cursor: pointer; list-style: none; }
.ac summary::-webkit-details-marker { display: none; }
.ac summary .where { display: flex; gap: .5rem; align-items: baseline; font-size: .84rem; color: var(--quiet); }
.ac summary .where b, .ac summary .where .unit { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.ac summary .where b { color: inherit; font-weight: 600; flex: 0 0 auto; max-width: 62%; }
.ac summary .where .number { color: var(--accent); font-weight: 600; }
.ac summary .where .strength { margin-left: auto; flex: 0 0 auto; white-space: nowrap; }
.ac summary .where .strength.strong { color: light-dark(#1a7a45, #58c98a); }
.ac summary .best { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; font-size: .95rem; }
.ac details.card:first-of-type summary .best { -webkit-line-clamp: 5; }
.ac details.card[open] > summary .best { display: none; }
.ac details.more { border: 0; padding: 0; margin: 0; }
.ac details.more > summary { color: var(--quiet); font-size: .84rem; padding: .1rem .8rem .4rem; }
.ac details.more[open] > summary { display: none; }
.ac .passage { white-space: pre-wrap; font-size: .95rem; margin-top: .3rem; scroll-margin: 5rem; }
.ac .passage, .ac summary .best, .ac summary .where b { unicode-bidi: plaintext; text-align: start; }
.ac p.open { margin: .5rem 0 0; font-size: .84rem; }
.ac p.open a { color: var(--accent); }
.ac mark { background: rgba(255, 205, 60, .42); color: inherit; padding: .05em 0; border-radius: .2em; }
"""
