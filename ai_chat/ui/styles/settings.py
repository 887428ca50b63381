"""The settings and the card of the first visit."""

from __future__ import annotations

SETTINGS = """
.ac h2 { margin: 1.2rem 0 .1rem; }
.ac.choice { line-height: 1.45; }
.ac.choice i { font-style: normal; font-weight: 600; color: light-dark(#1a7a45, #58c98a); }
.ac.choice .note { display: block; font-size: .84rem; }
.ac.choice code { display: block; width: fit-content; font-size: .84rem; overflow-wrap: anywhere; }
.ac.choice + .ac.choice { margin-top: .9rem; }
div[class*="st-key-actions-"] > div { flex: 0 0 auto; width: auto; }
div[class*="st-key-line-model-"] { padding: .5rem 0; border-bottom: 1px solid rgba(128, 136, 150, .18); }
div[class*="st-key-line-model-"] > div:first-child { flex: 1 1 auto; min-width: 0; }
.st-key-welcome-card { margin-top: 1.2rem; }
.st-key-welcome-card p { margin: 0 0 .5rem; }
.st-key-line-changed { padding: .3rem .8rem; border-radius: .5rem; background: rgba(47, 111, 219, .09); }
"""
