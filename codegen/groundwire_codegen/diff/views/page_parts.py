"""The style and the script of the page."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root { --back: #fbfbf9; --card: #fff; --text: #1d2021; --faint: #63696e; --line: #e2e2dc;
  --types: #b3261e; --run: #8e24aa; --behaviour: #9a6700; --compatible: #1a7f37; --same: #8a9096; }
@media (prefers-color-scheme: dark) {
  :root { --back: #141617; --card: #1d2022; --text: #e8e8e3; --faint: #a0a6ab; --line: #33383b;
    --types: #ff8a80; --run: #d8a1ec; --behaviour: #e6b450; --compatible: #6fd08c; --same: #7f868c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 1.2rem 0 0; } h1 span { color: var(--faint); font-weight: 400; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
h3 { font-size: .95rem; font-weight: 400; margin: 0; }
header p { margin: .2rem 0 .6rem; color: var(--faint); }
.types { --tone: var(--types); } .run { --tone: var(--run); } .behaviour { --tone: var(--behaviour); }
.compatible { --tone: var(--compatible); } .same { --tone: var(--same); }
.bar { display: block; width: 100%; height: .6rem; border-radius: .3rem; } rect { fill: var(--tone); }
.controls { display: flex; flex-wrap: wrap; gap: .5rem; padding: .6rem 0; align-items: center; }
.controls label { border: 1px solid var(--tone); color: var(--tone); border-radius: 1rem; padding: .1rem .7rem; }
#search { flex: 1 1 14rem; min-width: 0; font: inherit; padding: .35rem .7rem; color: inherit;
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; padding: .25rem .7rem; cursor: pointer; }
#none { width: 100%; }
details, .leaf { border-left: 3px solid var(--tone); margin: .25rem 0; padding-left: .7rem; }
details details, details .leaf { margin-left: .3rem; }
summary { cursor: pointer; padding: .2rem 0; color: var(--tone); font-weight: 600; }
summary small { font-weight: 400; border: 1px solid; border-radius: 1rem; padding: 0 .4rem; }
.leaf { color: var(--faint); }
article { background: var(--card); border: 1px solid var(--line); border-left: 3px solid var(--tone);
  border-radius: .4rem; padding: .45rem .7rem; margin: .35rem 0; }
article b { color: var(--tone); }
.sides { margin: .25rem 0; font-family: ui-monospace, monospace; font-size: .85rem; }
del, ins { display: block; text-decoration: none; padding: 0 .5rem; border-left: 2px solid; }
del { color: var(--types); } del::before { content: "- "; }
ins { color: var(--compatible); } ins::before { content: "+ "; }
.why { margin: .2rem 0 0; color: var(--faint); font-size: .85rem; }
code { font-family: ui-monospace, monospace; font-size: .9em; color: var(--faint); }
.links { margin: .2rem 0; font-size: .85rem; color: var(--faint); }
.links a { color: var(--tone); margin-right: .5rem; }
[hidden] { display: none !important; }
""".strip()

SCRIPT: Final = """
(() => {
  const search = document.getElementById("search"), none = document.getElementById("none");
  const boxes = [...document.querySelectorAll("input[data-verdict]")];
  const cards = [...document.querySelectorAll("article")], nodes = [...document.querySelectorAll("details, .leaf")];
  const texts = new Map(cards.map(card => [card, card.textContent.toLowerCase()]));
  function apply() {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const on = new Set(boxes.filter(box => box.checked).map(box => box.dataset.verdict));
    const narrowed = words.length > 0 || on.size < boxes.length;
    let shown = 0;
    for (const card of cards) {
      const hit = on.has(card.dataset.verdict) && words.every(word => texts.get(card).includes(word));
      card.hidden = !hit;
      shown += hit;
    }
    for (const node of nodes.reverse()) {
      const name = (node.querySelector(":scope > summary") || node).textContent.toLowerCase();
      const named = words.length > 0 && words.every(word => name.includes(word));
      const inside = node.querySelector("article:not([hidden]), details:not([hidden]), .leaf:not([hidden])");
      node.hidden = narrowed && !named && !inside;
      if (words.length > 0 && !node.hidden && node.tagName === "DETAILS") node.open = true;
      shown += named;
    }
    nodes.reverse();
    none.hidden = !narrowed || shown > 0;
  }
  function all(open) { for (const node of nodes) if (node.tagName === "DETAILS") node.open = open; }
  function reveal() {
    for (let node = document.getElementById(location.hash.slice(1)); node; node = node.parentElement)
      if (node.tagName === "DETAILS") { node.hidden = false; node.open = true; }
  }
  search.addEventListener("input", apply);
  boxes.forEach(box => box.addEventListener("change", apply));
  document.getElementById("unfold").addEventListener("click", () => all(true));
  document.getElementById("fold").addEventListener("click", () => all(false));
  addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
""".strip()
