/**
 * Keys: single letters outside of fields, which can be switched off, and Ctrl or Cmd with K. The browser's own
 * (copy, print, find, save) are never taken.
 */

import { closeDrawer } from "./drawers.js";
import { isInspecting, hideInspector } from "./inspect.js";
import { taste } from "./state.js";
import { hideTrouble } from "./trouble.js";

let actions = [];

/**
 * Take the table of what there is to do.
 *
 * @param {{keys: string[], title: string, run: (key: string) => void}[]} table
 */
export function mountKeys(table) {
  actions = table;
  addEventListener("keydown", (event) => {
    if (pressed(event, isField(event.target))) event.preventDefault();
  });
}

/** What there is to do, for the help and the palette. */
export const everyAction = () => actions;

/** Do what a key stands for, pressed here or in a frame; true when it was taken. */
export function pressed({ key, ctrlKey, metaKey, altKey, target }, inField = false) {
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k" && !inField) return done("palette");
  if (ctrlKey || metaKey || altKey) return false;
  if (key === "Escape") return close();
  if (inField || document.querySelector("dialog[open]") || (!taste.letters && key !== "Enter")) return false;
  if (key === "Enter" && target?.closest?.("button, a, summary, [role=slider], select")) return false;
  return done(key);
}

function done(key) {
  const action = actions.find(({ keys }) => keys.includes(key));
  action?.run(key);
  return Boolean(action);
}

function close() {
  if (document.querySelector("dialog[open], :popover-open")) return false; // the browser closes these
  if (isInspecting()) return hideInspector(), true;
  return hideTrouble() || closeDrawer();
}

function isField(target) {
  return target instanceof Element && Boolean(target.closest("input, textarea, select, [contenteditable]"));
}
