/**
 * The panel over all views when there is no newer render: what failed, where, and how to mend it. What the views
 * show meanwhile is the last good one, and dimmed.
 */

import { openInEditor } from "./api.js";
import { icon, iconButton, node } from "./node.js";
import { redraw } from "./redraw.js";
import { onNews, sheet } from "./sheet.js";
import { interrupt, refused } from "./speak.js";
import { looking, onChange } from "./state.js";

const views = document.getElementById("views");
const panel = node("section", { class: "trouble", "aria-label": "What failed", hidden: true });
const empty = node("div", { class: "stage-empty", hidden: true });
let ofPage = null; // what keeps the archive's page from being written anew; seen in its view alone
let told = "null"; // what the panel says, as JSON
let isHidden = false; // by the person, until something else fails

/** Put the panel over the views. */
export function mountTrouble() {
  views.append(empty, panel);
  onNews((what) => {
    if (what === "opened") ofPage = null;
    if (["opened", "issue", "issues", "built"].includes(what)) draw();
  });
  onChange((names) => names.has("view") && draw());
}

/** Tell what keeps the archive's page from being written anew, null for nothing. */
export function tellOfPage(trouble, title) {
  ofPage = trouble ? { trouble, title } : null;
  draw();
}

/** Hide the panel until something else fails; false when there was none to hide. */
export function hideTrouble() {
  if (panel.hidden) return false;
  isHidden = true;
  draw();
  return true;
}

function draw() {
  const ofMail = troubleOfMail();
  document.body.classList.toggle("stale", Boolean(ofMail));
  document.body.classList.toggle("without-build", !sheet.build);
  empty.hidden = Boolean(sheet.build);
  if (!sheet.build) empty.replaceChildren(...rest(ofMail));
  const shown = ofMail ?? ofPage;
  const isAbout = Boolean(ofMail) || looking.view === "archive"; // what is looked at
  if (JSON.stringify(shown) !== told) fill(shown, isAbout);
  show(Boolean(shown) && isAbout && !isHidden);
}

function troubleOfMail() {
  const { issue, failure, build } = sheet;
  if (issue?.trouble) return { trouble: issue.trouble, title: build ? "The last save cannot be shown" : "This issue cannot be shown" };
  if (!failure) return null;
  return { trouble: failure, title: looking.issue ? "This issue cannot be shown" : "The issues cannot be listed" };
}

function fill(shown, isAbout) {
  told = JSON.stringify(shown);
  isHidden = false;
  interrupt(shown && isAbout ? `${shown.title}: ${shown.trouble.message}` : "");
  if (shown) redraw(panel, parts(shown));
}

/** Show or hide the panel; what had the focus in it leaves it to the views. */
function show(isShown) {
  if (!isShown && panel.contains(document.activeElement)) views.focus();
  panel.hidden = !isShown;
}

function rest(trouble) {
  const isOpening = looking.issue || !sheet.newsletter.id;
  const title = trouble ? "Nothing to show yet" : isOpening ? "Opening the issue…" : "A clean desk";
  const more = trouble ? "The issue appears here as soon as it can be read." : isOpening ? "" : "Begin an issue with newsletter new, and it appears here.";
  return [node("p", { class: "stage-empty-title" }, title), node("p", {}, more)];
}

function parts({ trouble, title }) {
  const { message, hint, file, line, excerpt = [], chain = [], problems = [] } = trouble;
  return [
    node("header", { class: "trouble-head", data: { key: "head" } }, icon("stop"), node("h2", {}, title), iconButton("close", "Hide (Esc)", hideTrouble)),
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
  return node("button", { type: "button", class: "place", data: { key: text }, title: "Open in the editor", click: () => openInEditor(file, line || 1).catch(refused) }, text);
}
