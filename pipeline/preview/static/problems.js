/**
 * The problems dock: what stops, what wants a decision, notes; then what passed, and apart what did not run.
 */

import { lookAgain, openInEditor } from "./api.js";
import { show } from "./drawers.js";
import { grouped, SECTIONS, severityWord, tally } from "./findings.js";
import { icon, iconButton, node } from "./node.js";
import { redraw } from "./redraw.js";
import { checksAreOld, elementFor, onNews, sheet, unfit } from "./sheet.js";
import { copy, refused, say, toast } from "./speak.js";
import { look, looking, onChange, prefer, taste } from "./state.js";
import { pointAt } from "./view-email.js";

const age = node("p", { class: "dock-age" });
const list = node("div", { class: "dock-list" });
const opened = new Set();
const turns = new Map(); // of groups: which of its places was gone to last

/** Draw the dock's inside, and keep it so. */
export function mountProblems(dock) {
  dock.append(
    node("header", { class: "dock-head" }, node("h2", {}, "Problems"), age,
      iconButton("again", "Run the slow checks again (r)", checkAgain),
      iconButton(taste.side === "right" ? "below" : "dock", "Move the panel", moveDock, { class: "icon-button dock-move" }),
      iconButton("close", "Hide the problems", () => show("dock", false))),
    list);
  onNews((what, detail) => {
    if (["opened", "checks"].includes(what)) draw();
    else if (what === "built" || what === "issue") drawAge();
    if (what === "checks") announce(detail);
  });
  onChange((names) => names.has("problem") && light());
  setInterval(drawAge, 1000);
  draw();
}

/** Have everything checked again, a browser's look included. */
export function checkAgain() {
  if (!looking.issue) return;
  say("Checking again");
  lookAgain(looking.issue).catch(refused);
}

/** Go to the problem so many rows further down. */
export function stepProblem(step) {
  const groups = everyGroup();
  if (!groups.length) return;
  const at = groups.findIndex(({ key }) => key === looking.problem);
  look({ problem: groups[at < 0 ? (step > 0 ? 0 : groups.length - 1) : (at + step + groups.length) % groups.length].key });
}

/** Show the problem that is chosen: in the email and in the source. */
export function goToProblem(key = looking.problem) {
  const group = everyGroup().find((each) => each.key === key);
  if (!group) return;
  const turn = key === looking.problem ? (turns.get(key) ?? -1) + 1 : 0;
  turns.set(key, turn);
  const place = group.places[turn % group.places.length];
  const isHere = place.file === sheet.issue?.file && place.line;
  look({ problem: key, line: isHere ? place.line : looking.line, ...(isHere ? { part: "markdown" } : {}) });
  const element = elementFor(place);
  if (looking.view !== "source" && element < 0 && isHere) look({ view: "source" }, { step: true });
  else if (looking.view !== "source" && element >= 0) look({ view: "email" }, { step: true });
  pointAt(element);
}

/** Open the problem that is chosen in the editor. */
export function openProblem() {
  const group = everyGroup().find((each) => each.key === looking.problem);
  if (group && sheet.editor && group.first.openable) edit(group.first);
}

const everyGroup = () => SECTIONS.flatMap(({ key }) => grouped(sheet.checks?.[key] ?? []));

function edit({ file, line }) {
  openInEditor(file, line || 1).catch(refused);
}

function moveDock(event) {
  const side = taste.side === "right" ? "bottom" : "right";
  event.currentTarget.replaceChildren(icon(side === "right" ? "below" : "dock"));
  prefer({ side });
}

function announce({ fixed, added, before, isNew }) {
  const { counts, build } = sheet.checks;
  if (!isNew && !fixed && !added) return;
  say(`${before && before.build !== build ? "Rebuilt" : "Checked"}: ${tally(counts)}`);
  if (before && build === sheet.build && (fixed || added)) toast([fixed && `${fixed} fixed`, added && `${added} new`].filter(Boolean).join(", "));
}

function drawAge() {
  const { checks } = sheet;
  const seconds = Math.round((performance.now() - sheet.checkedAt) / 1000);
  const ago = seconds < 2 ? "just now" : seconds < 60 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
  const text = unfit() ? (checks ? "of the last good build" : "") : !checks || checksAreOld() ? "checking…" : `checked ${ago}`;
  if (age.textContent !== text) age.textContent = text;
  list.classList.toggle("old", Boolean(checks) && checksAreOld());
  if (!checks) redraw(list, [node("p", { class: "empty" }, unfit() ? "The checks run on the next good build." : "Checking…")]);
}

function draw() {
  drawAge();
  const { checks } = sheet;
  if (!checks) return;
  redraw(list, [...SECTIONS.map(section), folded("passed", "Passed", "good", checks.passed.length, checks.passed.map((check) => node("li", {}, node("span", {}, check.title), node("code", {}, check.id)))), unrun(checks.not_run)]);
  light();
}

function section(kind) {
  const findings = sheet.checks[kind.key] ?? [];
  return node("section", { class: `problems ${kind.key}`, "aria-labelledby": `problems-${kind.key}` },
    node("h3", { id: `problems-${kind.key}` }, kind.title, node("span", { class: "count" }, String(findings.length))),
    findings.length ? node("ul", {}, grouped(findings).map((group) => row(group, kind))) : node("p", { class: "empty" }, kind.empty));
}

function row({ key, first, places }, kind) {
  const isNew = sheet.fresh.has(key);
  const text = `${first.file}${first.line ? `:${first.line}` : ""}: ${first.severity} ${first.id} ${first.message}`;
  return node("li", { class: "problem", data: { key } },
    node("button", { type: "button", class: "problem-main", click: () => goToProblem(key) },
      node("span", { class: `severity ${kind.key}` }, icon(kind.icon), severityWord(first, kind), places.length > 1 ? node("b", { class: "times" }, `×${places.length}`) : "", isNew ? node("span", { class: "new" }, "new") : ""),
      node("span", { class: "message" }, first.message)),
    first.hint ? node("p", { class: "hint" }, first.hint) : "",
    node("p", { class: "problem-place" }, first.file ? node("code", { title: first.file }, `${shortened(first.file)}${places.some((p) => p.line) ? `:${places.map((p) => p.line).join(", ")}` : ""}`) : "",
      first.profile ? node("span", { class: "profile" }, first.profile) : "",
      node("span", { class: "rule", title: first.title }, `${first.id}${first.title ? ` · ${first.title}` : ""}`)),
    node("div", { class: "problem-actions" },
      iconButton("go", `Go to: ${first.message}`, () => goToProblem(key)),
      sheet.editor && first.openable ? iconButton("editor", "Open in editor", () => edit(first)) : "",
      iconButton("copy", "Copy this problem", () => copy(`${text}${first.hint ? `\n  mend: ${first.hint}` : ""}`, "Problem copied"))));
}

/** The end of a path that says enough in a narrow row: "index.md" with its folder, or the file. */
const shortened = (file) => file.split("/").slice(-1)[0];

function folded(key, title, shape, count, rows) {
  const made = node("details", { class: `problems folded ${key}`, open: opened.has(key), toggle: () => opened[made.open ? "add" : "delete"](key) },
    node("summary", { data: { key } }, icon(shape), title, node("span", { class: "count" }, String(count))), node("ul", {}, rows));
  return made;
}

function unrun(rows) {
  return node("section", { class: "problems unrun" },
    node("h3", {}, icon("unrun"), "Not run", node("span", { class: "count" }, String(rows.length))),
    rows.length ? node("ul", {}, rows.map(({ what, why }) => node("li", {}, node("span", {}, what), node("p", { class: "hint" }, why)))) : node("p", { class: "empty" }, "Everything ran."));
}

function light() {
  for (const made of list.querySelectorAll(".problem")) {
    const isChosen = made.dataset.key === looking.problem;
    made.classList.toggle("chosen", isChosen);
    if (isChosen) made.setAttribute("aria-current", "true");
    else made.removeAttribute("aria-current");
    if (isChosen) made.scrollIntoView({ block: "nearest" });
  }
}
