/**
 * Saying things: to those who listen, in the two live regions; to those who look, in a toast.
 */

import { node } from "./node.js";

const SHOWN_MS = 4200;
const READ_MS = 9000; // for a reason and how to mend it
const region = (name) => document.getElementById(name);

/** Say something without interrupting. */
export function say(text) {
  region("polite").textContent = text;
}

/** Interrupt: only for a build that failed. */
export function interrupt(text) {
  region("assertive").textContent = text;
}

/** Show a short text for a moment. What it says is said elsewhere, too. */
export function toast(text) {
  show(node("p", { class: "toast" }, text), SHOWN_MS);
}

/** Tell why something was not done, and how to mend it. */
export function refused({ message, hint }) {
  say(hint ? `${message}. To mend: ${hint}` : message);
  show(node("div", { class: "toast refused" }, node("p", {}, message), hint ? node("p", { class: "hint" }, node("b", {}, "To mend: "), hint) : ""), READ_MS);
}

function show(made, shownMs) {
  region("toasts").replaceChildren(made);
  setTimeout(() => made.remove(), shownMs);
}

/** Put *text* on the clipboard, and say so. */
export async function copy(text, what = "Copied") {
  try {
    await navigator.clipboard.writeText(text);
    say(what);
    toast(what);
  } catch {
    refused({ message: "the browser does not let this page copy", hint: "select the text, and copy it by hand" });
  }
}
