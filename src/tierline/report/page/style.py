"""How a page looks, in light and in dark, on a wide screen, a telephone and paper."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root {
  color-scheme: light dark;
  --ground: #fbfbfa; --paper: #ffffff; --ink: #1d2126; --soft: #5c6670; --line: #dcdfe3;
  --go: #1a7f4b; --hold: #9a6700; --stop: #c0362c; --wait: #7a838c; --accent: #2557a7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --paper: #1c2024; --ink: #e6e8ea; --soft: #9aa4ae; --line: #333a41;
    --go: #4cc38a; --hold: #e2b340; --stop: #ff7b6e; --wait: #87919b; --accent: #7cb0ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .75rem; }
p { margin: .35rem 0; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
code { font: .875em/1.5 ui-monospace, monospace; background: var(--ground); border: 1px solid var(--line);
  border-radius: 4px; padding: .05rem .3rem; }
.soft { color: var(--soft); }
.decision { display: inline-block; font-weight: 700; letter-spacing: .02em; padding: .15rem .6rem;
  border-radius: 6px; border: 2px solid currentColor; }
.go { color: var(--go); } .hold { color: var(--hold); } .stop { color: var(--stop); } .wait { color: var(--wait); }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem;
  margin: .6rem 0; }
.card > p:first-child { margin-top: 0; }
.card ul { margin: .35rem 0; padding-left: 1.25rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: 1rem; }
.scroll { overflow: auto; max-height: 32rem; border: 1px solid var(--line); border-radius: 8px;
  background: var(--paper); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid var(--line);
  overflow-wrap: break-word; }
th { position: sticky; top: 0; background: var(--paper); font-size: .8rem; color: var(--soft); font-weight: 600;
  white-space: nowrap; }
tr:target td { background: color-mix(in srgb, var(--accent) 14%, transparent); }
td.name { min-width: 11rem; } td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
.state { white-space: nowrap; font-weight: 600; }
.state::before, .chip::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .4em;
  border-radius: 50%; background: currentColor; }
.stop.state::before, .stop.chip::before { border-radius: 0; }
.wait.state::before, .wait.chip::before { background: none; border: 2px solid currentColor; }
.tier { display: grid; grid-template-columns: 7.5rem 1fr; gap: .25rem .75rem; padding: .6rem .75rem;
  border-bottom: 1px solid var(--line); }
.tier:last-child { border-bottom: 0; }
.tier > div:first-child { display: flex; flex-flow: row wrap; align-content: start; gap: 0 .4rem; }
.chips { display: flex; flex-wrap: wrap; align-items: start; align-content: start; gap: .3rem; }
.chip { font-size: .8rem; padding: .05rem .5rem; border: 1px solid currentColor; border-radius: 99px;
  white-space: nowrap; max-width: 100%; overflow: hidden; text-overflow: ellipsis; }
.time { display: grid; grid-template-columns: minmax(6rem, 16rem) 1fr; align-items: center; gap: 0 .75rem;
  padding: .1rem .75rem; font-size: .8rem; }
.time > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.track { position: relative; height: 1.1rem; border-left: 1px solid var(--line);
  border-right: 1px solid var(--line); }
.bar { position: absolute; top: .2rem; height: .7rem; min-width: 3px; border-radius: 3px; background: currentColor; }
.axis { position: sticky; top: 0; background: var(--paper); color: var(--soft); padding-top: .4rem; z-index: 1; }
.axis .track { border: 0; height: 1.3rem; }
.axis .track > span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.axis .track > span:first-child { transform: none; } .axis .track > span:last-child { transform: translateX(-100%); }
.basis { font-size: .8rem; } .matrix th { white-space: normal; }
@media (max-width: 40rem) {
  .tier { grid-template-columns: 1fr; }
  .time { grid-template-columns: 5.5rem 1fr; }
  th, td { padding: .35rem .5rem; } td.name { min-width: 8rem; }
}
@media print { .scroll { max-height: none; overflow: visible; } }
"""
