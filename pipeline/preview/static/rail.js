/**
 * The rail: all issues in groups, newest first, with their counts; type to filter.
 */

import { closeDrawer, show } from "./drawers.js";
import { icon, iconButton, node } from "./node.js";
import { redraw } from "./redraw.js";
import { onNews, open, sheet } from "./sheet.js";
import { address, look, looking, onChange, taste } from "./state.js";

const GROUPS = [
  ["broken", "Cannot be read"], ["draft", "Draft"], ["ready", "Ready"], ["hold", "On hold"],
  ["scheduled", "Scheduled"], ["sent", "Sent"],
];
const rail = document.getElementById("rail");
const lists = node("div", { class: "rail-lists" });
const filter = node("input", { type: "search", class: "filter", placeholder: "Filter issues", "aria-label": "Filter issues", input: draw, autocomplete: "off", spellcheck: "false" });
const name = node("p", { class: "rail-name" });
const scrim = node("div", { class: "scrim", click: closeDrawer });
let shownIssue = "";

/** Draw the rail, and keep it so. */
export function mountRail() {
  rail.append(
    node("div", { class: "rail-head" }, name, iconButton("close", "Hide the issues", () => show("rail", false), { class: "icon-button rail-close" })),
    node("div", { class: "rail-filter" }, filter, node("kbd", { "aria-hidden": "true" }, "/")),
    lists,
  );
  rail.after(scrim);
  filter.addEventListener("keydown", typed);
  onNews((what) => what === "issues" && draw());
  onChange((names) => (names.has("issue") || names.has("rail")) && draw());
}

/** Show the rail, and begin to type. */
export function filterIssues() {
  show("rail", true);
  filter.focus();
  filter.select();
}

/** Go to the issue so many rows further down. */
export function stepIssue(step) {
  const ids = found().flatMap(([, , issues]) => issues.map((issue) => issue.id));
  const next = ids[ids.indexOf(looking.issue) + step];
  if (next) goTo(next);
}

/** Put an issue on the desk. */
export function goTo(id) {
  if (id === looking.issue) return;
  look({ issue: id, problem: "", line: 0 }, { step: true });
  closeDrawer();
}

/** The issue to begin with: the next one that is to go out, else the newest. */
export function firstIssue() {
  const open = sheet.issues.filter(({ group }) => ["draft", "ready", "hold"].includes(group));
  const today = new Date().toISOString().slice(0, 10);
  const next = open.filter(({ date }) => date && date >= today).at(-1);
  return (next ?? open[0] ?? sheet.issues[0])?.id ?? "";
}

onChange((names) => names.has("issue") && looking.issue && open(looking.issue));

function found() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (issue) => {
    const text = [issue.title, issue.subject, issue.id, issue.date, issue.group, issue.number].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return GROUPS.map(([key, title]) => [key, title, sheet.issues.filter((issue) => issue.group === key && fits(issue))]);
}

function draw() {
  document.body.classList.toggle("without-rail", !taste.rail);
  name.textContent = sheet.newsletter.name;
  const groups = found().filter(([, , issues]) => issues.length);
  redraw(lists, [
    ...groups.map(([key, title, issues]) =>
      node("section", { class: "rail-group", "aria-labelledby": `group-${key}` },
        node("h2", { id: `group-${key}` }, title),
        node("ul", {}, issues.map(row)))),
    groups.length ? "" : node("p", { class: "rail-empty" }, sheet.issues.length ? "No issue has these words." : "No issues yet. Begin one with newsletter new."),
  ]);
  if (shownIssue !== looking.issue) lists.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  shownIssue = looking.issue;
}

function row(issue) {
  const isOpen = issue.id === looking.issue;
  const press = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    goTo(issue.id);
  };
  return node("li", {},
    node("a", { class: "rail-row", data: { key: issue.id }, href: address({ issue: issue.id, problem: "", line: 0 }), "aria-current": isOpen ? "page" : null, click: press },
      node("span", { class: "rail-date" }, issue.date ? day(issue.date) : "no date", issue.number ? node("span", {}, `No ${issue.number}`) : ""),
      node("span", { class: "rail-title" }, issue.title || issue.subject),
      badge(issue.counts)));
}

function badge(counts) {
  if (!counts) return "";
  const { stops, warnings } = counts;
  if (!stops && !warnings) return node("span", { class: "badge good" }, icon("good"), node("span", { class: "spoken" }, "no problems"));
  return node("span", { class: "badges" },
    stops ? node("span", { class: "badge stop" }, icon("stop"), String(stops), node("span", { class: "spoken" }, ` error${stops === 1 ? "" : "s"} `)) : "",
    warnings ? node("span", { class: "badge warning" }, icon("warning"), String(warnings), node("span", { class: "spoken" }, ` warning${warnings === 1 ? "" : "s"}`)) : "");
}

/** "1 Dec 2026" of 2026-12-01, wherever the browser is. */
function day(iso) {
  return new Date(`${iso}T00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

function typed(event) {
  if (event.key === "Enter") {
    const first = found().flatMap(([, , issues]) => issues)[0];
    if (first) goTo(first.id);
  } else if (event.key === "Escape") {
    filter.value = "";
    draw();
    filter.blur();
  }
}
