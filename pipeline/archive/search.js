/**
 * The search page: words find the issues that they stand in.
 *
 * pagefind, which lies in the folder beside this one, is loaded when somebody begins to search. What it says
 * of an issue is data: it is set as text, never parsed as HTML.
 */

const PAGEFIND = "../pagefind/pagefind.js"; // from here, wherever the site stands
const SHOWN = 20; // results at first, and with each press of the button
const PAUSE_MS = 250; // after the last key

const form = document.getElementById("search");
const count = document.getElementById("search-count");
const list = document.getElementById("search-results");
const more = document.getElementById("search-more");
const field = form.elements.namedItem("q");

let loading; // the promise of pagefind
let results = []; // of the words asked last, not yet shown ones as well
let asked = 0; // counts questions: an answer to an older one is dropped
let timer;

/** Return pagefind, loaded once; a try that failed is made again. */
function pagefind() {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load() {
  const module = await import(PAGEFIND);
  await module.init();
  return module;
}

/** Find what the field asks for, show it, and keep the question in the address. */
async function search() {
  clearTimeout(timer);
  const words = field.value.trim();
  const number = ++asked;
  remember(words);
  if (!words) {
    show([], "");
    return;
  }
  try {
    const found = await (await pagefind()).search(words);
    if (number !== asked) return;
    const first = await read(found.results.slice(0, SHOWN));
    if (number === asked) show(found.results, told(found.results.length, words), first);
  } catch (error) {
    console.error(error);
    if (number === asked) show([], "The search could not be loaded. Try again, or look through past issues by year.");
  }
}

/** Say how many issues were found. */
function told(number, words) {
  if (number === 0) return `Nothing found for “${words}”. Try fewer words, or others.`;
  return `${number === 1 ? "1 issue" : `${number.toLocaleString("en-US")} issues`} found for “${words}”`;
}

/** Load what is to be shown of some results. */
function read(some) {
  return Promise.all(some.map((result) => result.data()));
}

/** Show the first results in place of those that were there, and say how many there are. */
function show(found, words, first = []) {
  results = found;
  list.replaceChildren(...first.map(entry));
  more.hidden = found.length <= first.length;
  count.textContent = words;
}

/** Show the next results, and take whoever uses the keyboard to the first of them. */
async function showMore() {
  const number = asked;
  const next = await read(results.slice(list.childElementCount, list.childElementCount + SHOWN));
  if (number !== asked) return;
  const entries = next.map(entry);
  list.append(...entries);
  more.hidden = list.childElementCount >= results.length;
  entries[0]?.querySelector("a").focus();
}

/** Return one result: title, date, and the words around what was found. */
function entry(result) {
  const link = node("a", { href: result.url }, result.meta.title);
  const date = result.meta.date ? [node("p", { class: "facts" }, result.meta.date)] : [];
  const spoken = { class: "entry-text", dir: "auto" };
  if (result.meta.lang) spoken.lang = result.meta.lang;
  const text = node("div", spoken, node("h2", { class: "entry-title" }, link), node("p", {}, ...excerpt(result.excerpt)));
  return node("li", { class: "entry" }, ...date, text);
}

/** Return an excerpt as nodes: pagefind escapes < and > alone, and marks what was found. */
function excerpt(html) {
  return html.split(/<mark>(.*?)<\/mark>/s).map((piece, place) => {
    const text = piece.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
    return place % 2 ? node("mark", {}, text) : text;
  });
}

function node(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Keep the question in the address, so that it can be linked to and is there after the way back. */
function remember(words) {
  const address = new URL(location.href);
  if (words) address.searchParams.set("q", words);
  else address.searchParams.delete("q");
  if (address.href !== location.href) history.replaceState(null, "", address);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(search, PAUSE_MS);
});
field.addEventListener("focus", () => pagefind().catch(() => {}), { once: true });
more.addEventListener("click", showMore);
for (const control of form.elements) control.disabled = false;
field.value = new URL(location.href).searchParams.get("q") ?? "";
if (field.value) search();
