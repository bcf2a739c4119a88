/**
 * Two dialogs: the keys there are, and the palette that finds an issue, a view or an action by its words.
 */

import { iconButton, node } from "./node.js";
import { everyAction } from "./keys.js";
import { prefer, taste } from "./state.js";

const help = node("dialog", { class: "help", "aria-labelledby": "help-title" });
const field = node("input", { type: "text", role: "combobox", "aria-label": "Find an issue, a view or an action", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", placeholder: "Go to…", autocomplete: "off", spellcheck: "false", input: () => find(0), keydown: typed });
const found = node("ul", { id: "palette-list", role: "listbox", "aria-label": "Found" });
const palette = node("dialog", { class: "palette", "aria-label": "Go to", click: (event) => event.target === palette && palette.close() }, field, found);
let entries = [];
let hits = [];
let chosen = 0;

/** Show the keys. */
export function showHelp() {
  const letters = node("input", { type: "checkbox", change: () => prefer({ letters: letters.checked }) });
  letters.checked = taste.letters;
  help.replaceChildren(
    node("header", {}, node("h2", { id: "help-title" }, "Keyboard"), iconButton("close", "Close", () => help.close())),
    node("dl", { class: "keys" }, everyAction().filter(({ keys }) => keys.length).map(({ keys, title }) =>
      node("div", {}, node("dt", {}, keys.map((key) => node("kbd", {}, key === "palette" ? "Ctrl/⌘ K" : key))), node("dd", {}, title)))),
    node("label", { class: "letters" }, letters, "Single letters do something"),
    node("p", { class: "quiet" }, "They never do in fields. Copy, print, find and save stay the browser's."));
  present(help);
}

/** Show the palette over *list*: {title, note, run}. */
export function showPalette(list) {
  entries = list;
  field.value = "";
  find(0);
  present(palette);
}

function present(dialog) {
  if (!dialog.isConnected) document.body.append(dialog);
  if (!dialog.open) dialog.showModal();
}

function find(at) {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  hits = entries.filter(({ title, note }) => words.every((word) => `${title} ${note}`.toLowerCase().includes(word))).slice(0, 40);
  chosen = Math.min(Math.max(0, at), Math.max(0, hits.length - 1));
  found.replaceChildren(...hits.map((hit, n) =>
    node("li", { id: `hit-${n}`, role: "option", "aria-selected": String(n === chosen), click: () => run(hit) }, node("span", {}, hit.title), node("span", { class: "quiet" }, hit.note))));
  field.setAttribute("aria-activedescendant", hits.length ? `hit-${chosen}` : "");
  found.children[chosen]?.scrollIntoView({ block: "nearest" });
}

function typed(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    find(chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter" && hits[chosen]) {
    event.preventDefault();
    run(hits[chosen]);
  }
}

function run(hit) {
  palette.close();
  hit.run();
}
