/**
 * Saying things: to those who listen, in the two live regions; to those who look, in a toast.
 */

import { node } from "./node.js";

const SHOWN_MS = 4200;
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
  const shown = node("p", { class: "toast" }, text);
  region("toasts").replaceChildren(shown);
  setTimeout(() => shown.remove(), SHOWN_MS);
}

/** Put *text* on the clipboard, and say so. */
export async function copy(text, what = "Copied") {
  try {
    await navigator.clipboard.writeText(text);
    say(what);
    toast(what);
  } catch {
    toast("The browser does not let this page copy: select the text instead");
  }
}
