/**
 * The panel over the last good render when there is no newer one: what failed, where, and how to mend it.
 */

import { openInEditor } from "./api.js";
import { icon, iconButton, node } from "./node.js";
import { onNews, sheet } from "./sheet.js";
import { interrupt, toast } from "./speak.js";

const panel = node("section", { class: "trouble", "aria-label": "What failed", hidden: true });
const empty = node("div", { class: "stage-empty", hidden: true });
let told = "";

/** Put the panel over the stage. */
export function mountTrouble(view) {
  view.append(empty, panel);
  onNews((what) => ["opened", "issue", "built"].includes(what) && draw());
}

/** Hide the panel until something else fails; false when there was none to hide. */
export function hideTrouble() {
  if (panel.hidden) return false;
  panel.hidden = true;
  return true;
}

function draw() {
  const trouble = sheet.issue?.trouble ?? (sheet.failure ? { message: sheet.failure, hint: "choose an issue from the list" } : null);
  const state = JSON.stringify(trouble);
  document.body.classList.toggle("stale", Boolean(trouble));
  document.body.classList.toggle("without-build", !sheet.build);
  empty.hidden = Boolean(sheet.build);
  if (!sheet.build) rest(trouble);
  if (state === told) return;
  told = state;
  panel.hidden = !trouble;
  if (!trouble) return interrupt("");
  interrupt(`The build failed: ${trouble.message}`);
  panel.replaceChildren(...parts(trouble));
}

function rest(trouble) {
  empty.replaceChildren(
    node("p", { class: "stage-empty-title" }, trouble ? "Nothing to show yet" : sheet.issues.length ? "Opening the issue…" : "A clean desk"),
    node("p", {}, trouble ? "The email appears here as soon as the file can be read." : sheet.issues.length ? "" : "Begin an issue with newsletter new, and it appears here."));
}

function parts(trouble) {
  const { message, hint, file, line, excerpt = [], chain = [], problems = [] } = trouble;
  return [
    node("header", { class: "trouble-head" }, icon("stop"), node("h2", {}, sheet.build ? "The last save cannot be shown" : "This issue cannot be shown"), iconButton("close", "Hide (Esc)", hideTrouble)),
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

function where(file, line) {
  const text = `${file}${line ? `:${line}` : ""}`;
  if (!sheet.editor) return node("code", {}, text);
  return node("button", { type: "button", class: "place", title: "Open in the editor", click: () => openInEditor(file, line || 1).catch((refusal) => toast(refusal.message)) }, text);
}
