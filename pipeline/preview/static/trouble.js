/**
 * The panel over the last good render when there is no newer one: what failed, where, and how to mend it.
 */

import { openInEditor } from "./api.js";
import { icon, iconButton, node } from "./node.js";
import { onNews, sheet } from "./sheet.js";
import { interrupt, toast } from "./speak.js";

const panels = new Set();
const empty = node("div", { class: "stage-empty", hidden: true });

/** A panel; put its `element` over a stage. */
export class TroublePanel {
  constructor() {
    this.element = node("section", { class: "trouble", "aria-label": "What failed", hidden: true });
    this.told = "null";
    panels.add(this.element);
  }

  /** Show what failed, null for nothing; one that was hidden stays so while it is the same trouble. */
  show(trouble, title) {
    const state = JSON.stringify(trouble);
    if (state === this.told) return;
    this.told = state;
    this.element.hidden = !trouble;
    interrupt(trouble ? `${title}: ${trouble.message}` : "");
    if (trouble) this.element.replaceChildren(...parts(trouble, title));
  }
}

const panel = new TroublePanel();

/** Put the panel over the stage. */
export function mountTrouble(view) {
  view.append(empty, panel.element);
  onNews((what) => ["opened", "issue", "built"].includes(what) && draw());
}

/** Hide the panel that is seen until something else fails; false when there was none to hide. */
export function hideTrouble() {
  const seen = [...panels].find((element) => !element.hidden && !element.closest("[inert]"));
  if (seen) seen.hidden = true;
  return Boolean(seen);
}

function draw() {
  const trouble = sheet.issue?.trouble ?? (sheet.failure ? { message: sheet.failure, hint: "choose an issue from the list" } : null);
  document.body.classList.toggle("stale", Boolean(trouble));
  document.body.classList.toggle("without-build", !sheet.build);
  empty.hidden = Boolean(sheet.build);
  if (!sheet.build) rest(trouble);
  panel.show(trouble, sheet.build ? "The last save cannot be shown" : "This issue cannot be shown");
}

function rest(trouble) {
  empty.replaceChildren(
    node("p", { class: "stage-empty-title" }, trouble ? "Nothing to show yet" : sheet.issues.length ? "Opening the issue…" : "A clean desk"),
    node("p", {}, trouble ? "The email appears here as soon as the file can be read." : sheet.issues.length ? "" : "Begin an issue with newsletter new, and it appears here."));
}

function parts(trouble, title) {
  const { message, hint, file, line, excerpt = [], chain = [], problems = [] } = trouble;
  return [
    node("header", { class: "trouble-head" }, icon("stop"), node("h2", {}, title), iconButton("close", "Hide (Esc)", hideTrouble)),
    node("p", { class: "trouble-message" }, message),
    file ? node("p", { class: "trouble-place" }, where(file, line)) : "",
    excerpt.length ? node("pre", { class: "excerpt" }, excerpt.map(([number, text]) =>
      node("span", { class: number === line ? "failing" : null }, node("b", {}, number === line ? "▸" : " ", String(number).padStart(4)), ` ${text}\n`))) : "",
    chain.length ? node("p", { class: "chain" }, "Included by ", chain.map(([from, at], n) => [n ? " → " : "", node("code", {}, `${from}:${at}`)])) : "",
    problems.length > 1 ? node("ol", { class: "trouble-problems" }, problems.map((problem) =>
      node("li", {}, node("span", {}, problem.message), problem.file ? where(problem.file, problem.line) : "", problem.hint ? node("p", { class: "hint" }, problem.hint) : ""))) : "",
    hint && problems.length < 2 ? node("p", { class: "hint" }, node("b", {}, "To mend: "), hint) : "", // several have one each
  ];
}

/** A place in a file, which opens in the editor where there is one. */
export function where(file, line) {
  const text = `${file}${line ? `:${line}` : ""}`;
  if (!sheet.editor) return node("code", {}, text);
  return node("button", { type: "button", class: "place", title: "Open in the editor", click: () => openInEditor(file, line || 1).catch((refusal) => toast(refusal.message)) }, text);
}
