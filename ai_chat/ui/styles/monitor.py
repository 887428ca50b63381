"""Memory, models and figures."""

from __future__ import annotations

MONITOR = """
.ac.facts { font-size: .82rem; line-height: 1.5; }
.ac.facts div { display: flex; justify-content: space-between; gap: .6rem; }
.ac.facts span { color: var(--quiet); white-space: nowrap; }
.ac progress { display: block; width: 100%; height: .22rem; margin: .1rem 0 .35rem; border: 0; border-radius: .2rem;
  appearance: none; overflow: hidden; background: rgba(128, 136, 150, .22); }
.ac progress::-webkit-progress-bar { background: transparent; }
.ac progress::-webkit-progress-value { background: #3876e6; }
.ac progress::-moz-progress-bar { background: #3876e6; }
.ac progress.tight::-webkit-progress-value, .ac progress.critical::-webkit-progress-value { background: #d0762a; }
.ac progress.tight::-moz-progress-bar, .ac progress.critical::-moz-progress-bar { background: #d0762a; }
.ac.facts p { margin: 0 0 .35rem; }
.ac h1 { font-size: 1.5rem; padding: 0; margin: 0; }
.ac.monitor h2 { font-size: 1.05rem; font-weight: 650; padding: 0; margin: 1.1rem 0 .35rem; }
.ac.monitor { font-size: .92rem; }
.ac.monitor p { margin: 0 0 .4rem; }
.ac.monitor p.figure { font-size: 1.3rem; font-weight: 600; margin: 0; }
.ac.monitor p.tight, .ac.monitor p.critical { font-weight: 600; }
.ac.monitor .head { display: flex; justify-content: space-between; gap: .8rem; font-size: .82rem; opacity: .8; }
.ac.monitor .chart { margin: .45rem 0; }
.ac.monitor .chart img { display: block; width: 100%; border-radius: .25rem; background: rgba(128, 136, 150, .16); }
.ac.monitor .chart img.stack { height: 1.15rem; }
.ac.monitor .chart img.line, .ac.monitor .chart img.bars { height: 4.2rem; }
.ac.monitor table { width: 100%; border-collapse: collapse; font-size: .86rem; margin: .4rem 0; }
.ac.monitor th, .ac.monitor td { border: 0; border-bottom: 1px solid rgba(128, 136, 150, .25); padding: .28rem .5rem .28rem 0;
  text-align: left; font-weight: 400; vertical-align: top; font-variant-numeric: tabular-nums; }
.ac.monitor thead th { opacity: .8; font-size: .8rem; }
.ac.monitor td:nth-child(2), .ac.monitor td:nth-child(3) { white-space: nowrap; }
.ac.monitor .times th:last-child { white-space: nowrap; }
.ac.monitor table i { display: inline-block; width: .7rem; height: .7rem; border-radius: .15rem; margin-right: .45rem; }
.ac.monitor .row { display: flex; flex-wrap: wrap; gap: 0 .7rem; padding: .12rem 0; }
.ac.monitor .row b { font-weight: 600; min-width: 6.5rem; }
.ac.monitor ul { margin: .2rem 0; padding-left: 1.1rem; }
.ac.monitor li { font-size: .86rem; margin: 0 0 .2rem; }
.ac.monitor li span { opacity: .75; margin-left: .3rem; }
"""
