// Keeps the page as the server would write it now: asks for it again, and changes only what differs, so that focus,
// selection, scroll position and unfolded details stay.

const FAST = 1000;
const SLOW = 4000;
const MARKED = 1600;
const ASKED = { "X-Requested-With": "XMLHttpRequest" }; // A refusal shows no dialogue for a login.

const live = document.getElementById("live");
const said = document.getElementById("said");
const button = document.getElementById("pause");

let version = document.body.dataset.version;
let paused = false;
let pause = FAST;
let timer = 0;
let asking = false;

// Asks for the page; `wanted` also while it is paused, after a control.
async function refresh(wanted = false) {
  asking = true;
  try {
    const answer = await fetch(address(location.pathname + location.search), {
      headers: { ...ASKED, "If-None-Match": `"${version}"` },
      cache: "no-store",
    });
    const page = answer.status === 200 ? await answer.text() : null;
    if (paused && !wanted) return;
    if (page === null && answer.status !== 304) {
      lose(`The server refuses the page: ${answer.status}.`);
      return;
    }
    const returned = live.dataset.live === "lost";
    if (!paused) show("on");
    if (returned && !paused) say("Live again.");
    document.getElementById("clock").textContent = answer.headers.get("X-Groundwire-Clock");
    if (page === null) {
      pause = Math.min(pause * 2, SLOW);
    } else {
      pause = FAST;
      replace(new DOMParser().parseFromString(page, "text/html"));
    }
  } catch {
    if (!paused || wanted) lose("The server does not answer.");
  } finally {
    asking = false;
    plan();
  }
}

// An address of this server. The page's own one may hold a login, with which nothing can be fetched.
function address(path) {
  return location.origin + path;
}

function lose(why) {
  pause = SLOW;
  if (!paused) show("lost");
  say(why);
}

function plan() {
  clearTimeout(timer);
  if (!paused && !asking && !document.hidden) timer = setTimeout(refresh, pause);
}

function show(state) {
  live.dataset.live = state;
}

function say(text) {
  if (said.textContent !== text) said.textContent = text;
}

function replace(next) {
  const before = known();
  const anchor = window.scrollY > 0 ? firstInView() : null;
  const top = anchor?.getBoundingClientRect().top;
  version = next.body.dataset.version;
  for (const id of ["facts", "content"]) {
    merge(document.getElementById(id), next.getElementById(id));
  }
  if (anchor?.isConnected) window.scrollBy(0, anchor.getBoundingClientRect().top - top);
  report(before);
}

// What is announced: an operation in another state, and a request that was refused. Progress is only seen.
function known() {
  const states = new Map();
  for (const each of document.querySelectorAll(".operation, .request")) {
    states.set(each.id, each.dataset.state ?? each.dataset.verdict);
  }
  return states;
}

function report(before) {
  const news = [];
  for (const each of document.querySelectorAll(".operation")) {
    if (before.get(each.id) === each.dataset.state) continue;
    mark(each);
    news.push(`${each.querySelector("h3").textContent}: ${each.dataset.state}`);
  }
  for (const each of document.querySelectorAll(".request")) {
    if (before.has(each.id)) continue;
    mark(each);
    if (each.dataset.rule) news.push(`refused: ${each.dataset.rule}`);
  }
  if (news.length > 2) say(`${news.length} changes, the newest ${news[0]}`);
  else if (news.length > 0) say(news.join(", "));
}

function mark(changed) {
  changed.dataset.changed = "";
  setTimeout(() => delete changed.dataset.changed, MARKED);
}

function firstInView() {
  const rows = document.querySelectorAll(".operation, .request, #fired li, #rules");
  return [...rows].find((row) => row.getBoundingClientRect().bottom > 0);
}

function merge(here, there) {
  if (here.isEqualNode(there)) return;
  mergeAttributes(here, there);
  const wanted = new Set([...there.children].map((child) => child.id).filter(Boolean));
  for (const child of [...here.children]) {
    if (child.id && !wanted.has(child.id)) child.remove();
  }
  let at = here.firstChild;
  for (const child of [...there.childNodes]) {
    if (at && alike(at, child)) {
      const next = at.nextSibling;
      if (at.nodeType === Node.ELEMENT_NODE) merge(at, child);
      else if (at.nodeValue !== child.nodeValue) at.nodeValue = child.nodeValue;
      at = next;
    } else {
      here.insertBefore(document.importNode(child, true), at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function alike(here, there) {
  return here.nodeName === there.nodeName && (here.id ?? "") === (there.id ?? "");
}

// The server knows neither what the reader has unfolded nor what is marked as changed.
function mergeAttributes(here, there) {
  for (const { name } of [...here.attributes]) {
    const ours = ["open", "data-changed", "aria-disabled", "tabindex"].includes(name);
    if (!ours && !there.hasAttribute(name)) here.removeAttribute(name);
  }
  for (const { name, value } of there.attributes) {
    if (here.getAttribute(name) !== value) here.setAttribute(name, value);
  }
}

button.addEventListener("click", () => {
  paused = !paused;
  button.setAttribute("aria-pressed", String(paused));
  show(paused ? "off" : "on");
  say(paused ? "Paused." : "Live.");
  clearTimeout(timer);
  if (!paused && !asking) refresh();
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else if (!paused && !asking) refresh();
});

// The control buttons: the server says who may use them, and the browser sends what it was asked for to enter.
async function control(pressed) {
  const { call, arguments: given } = pressed.dataset;
  const row = pressed.closest(".operation");
  // A button that is disabled would lose the focus.
  pressed.setAttribute("aria-disabled", "true");
  try {
    const done = pressed.textContent;
    const answer = await fetch(address(`/$contract/call/${call}`), {
      method: "POST",
      headers: { ...ASKED, "Content-Type": "application/json" },
      body: given,
    });
    const result = await answer.json();
    pause = FAST;
    clearTimeout(timer);
    if (!asking) await refresh(true);
    say(answer.ok ? `Done: ${done}.` : `Not done: ${result.error.message}`);
  } catch {
    say("The server does not answer.");
  } finally {
    pressed.removeAttribute("aria-disabled");
  }
  if (!pressed.isConnected && row?.isConnected && document.activeElement === document.body) {
    row.tabIndex = -1;
    row.focus();
  }
}

document.getElementById("content").addEventListener("click", (event) => {
  const pressed = event.target.closest("button[data-call]");
  if (pressed && !pressed.hasAttribute("aria-disabled")) control(pressed);
});

document.body.classList.add("scripted");
button.hidden = false;
show("on");
say("Live.");
plan();
