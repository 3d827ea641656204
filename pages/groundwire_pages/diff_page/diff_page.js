// Folds, searches and filters the tree. Nothing here writes markup: rows are shown, hidden, unfolded and focused.

// What narrows to this many changes is unfolded, and this many hits are marked.
const FEW = 200;

const search = document.getElementById("search");
const found = document.getElementById("found");
const verdicts = document.getElementById("verdicts");
const boxes = [...document.querySelectorAll("#verdicts input")];
const sections = [...document.querySelectorAll("section")];

// Rows and changes in the order of the page, each with the row that it stands in and the text that is searched.
const parts = new Map();
for (const part of document.querySelectorAll(".branch, article")) {
  const row = part.parentElement.closest(".branch");
  const around = row ? parts.get(row).path : (part.closest("section").dataset.path ?? "");
  const name = part.querySelector(":scope > summary > .name, :scope > .name, :scope > h3 > code")?.textContent ?? "";
  const path = around && name ? `${around}.${name}` : around + name;
  const text = part.matches("article") ? `${path} ${part.textContent}` : path;
  parts.set(part, { row, path, text: text.toLowerCase(), named: name !== "" });
}
const rows = [...parts.keys()].filter((part) => part.matches("details"));
const changes = [...parts.keys()].filter((part) => part.matches("article"));

let folds = null;

function words() {
  return search.value.toLowerCase().split(/\s+/).filter(Boolean);
}

function narrow() {
  const wanted = words();
  const chosen = new Set(boxes.filter((box) => box.checked).map((box) => box.dataset.verdict));
  const narrowed = wanted.length > 0 || chosen.size > 0;
  const holding = new Set();
  const shown = [];
  // From the end: what a row holds is known before the row is.
  for (const [part, { row, text, named }] of [...parts].reverse()) {
    const said = wanted.every((word) => text.includes(word));
    const hit = part.matches("article")
      ? said && (chosen.size === 0 || chosen.has(part.dataset.verdict))
      : named && wanted.length > 0 && chosen.size === 0 && said;
    part.hidden = narrowed && !hit && !holding.has(part);
    if (part.hidden) continue;
    holding.add(row);
    if (hit) shown.push(part);
  }
  for (const section of sections) {
    section.hidden = narrowed && !section.querySelector(".branch:not([hidden]), article:not([hidden])");
  }
  unfold(narrowed, shown.length <= FEW ? holding : new Set());
  report(narrowed, shown);
  highlight(wanted);
}

// What the reader had unfolded is so again when all is shown again.
function unfold(narrowed, holding) {
  if (!narrowed) {
    folds?.forEach((open, row) => (row.open = open));
    folds = null;
    return;
  }
  folds ??= new Map(rows.map((row) => [row, row.open]));
  for (const row of rows) if (!row.hidden) row.open = holding.has(row) || folds.get(row);
}

function report(narrowed, shown) {
  found.toggleAttribute("data-none", narrowed && shown.length === 0);
  const count = shown.filter((part) => part.matches("article")).length;
  const all = `${changes.length.toLocaleString("en")} change${changes.length === 1 ? "" : "s"}`;
  if (!narrowed) found.textContent = all;
  else if (shown.length === 0) found.textContent = "Nothing matches.";
  else found.textContent = `${count.toLocaleString("en")} of ${all}`;
}

function highlight(wanted) {
  if (!CSS.highlights) return;
  const ranges = [];
  const texts = document.createTreeWalker(document.getElementById("changes"), NodeFilter.SHOW_TEXT);
  while (wanted.length > 0 && ranges.length < FEW && texts.nextNode()) {
    const { parentElement: holder, data } = texts.currentNode;
    if (holder.closest(".links") || !holder.checkVisibility()) continue;
    const text = data.toLowerCase();
    if (text.length !== data.length) continue;
    for (const word of wanted) {
      for (let at = text.indexOf(word); at >= 0 && ranges.length < FEW; at = text.indexOf(word, at + word.length)) {
        const range = new Range();
        range.setStart(texts.currentNode, at);
        range.setEnd(texts.currentNode, at + word.length);
        ranges.push(range);
      }
    }
  }
  CSS.highlights.set("found", new Highlight(...ranges));
}

function clear() {
  search.value = "";
  for (const box of boxes) box.checked = false;
  narrow();
}

// Shows what the address names: unfolds all around it, and gives up a search that hides it.
function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  if (target.closest("[hidden]")) clear();
  for (let row = target.closest(".branch"); row; row = parts.get(row).row) row.open = true;
  target.scrollIntoView({ block: "start" });
  // The browser itself begins at any other target with the next key.
  if (parts.has(target)) (target.querySelector(":scope > summary") ?? target).focus({ preventScroll: true });
}

function foldAll(open) {
  for (const row of rows) row.open = open;
}

search.addEventListener("input", narrow);
verdicts?.addEventListener("change", narrow);
document.getElementById("unfold").addEventListener("click", () => foldAll(true));
document.getElementById("fold").addEventListener("click", () => foldAll(false));

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== search && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape" && event.target === search) {
    clear();
  }
});

// A link to where the address already is changes no hash.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) reveal();
});
addEventListener("hashchange", reveal);

if (verdicts) verdicts.disabled = false;
document.getElementById("tools").hidden = false;
narrow();
reveal();
