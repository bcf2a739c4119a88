/**
 * The archive's page of the issue, in a frame like the email's; above it where the page stands, what search
 * results show of it, and what stops it. The server writes a page only when this view asks.
 */

import { askPage } from "./api.js";
import { hideInspector, inspect } from "./inspect.js";
import { pressed } from "./keys.js";
import { icon, iconButton, node, sentence } from "./node.js";
import { redraw } from "./redraw.js";
import { onNews, sheet } from "./sheet.js";
import { fit, slot } from "./slot.js";
import { copy } from "./speak.js";
import { looking } from "./state.js";
import { tellOfPage, where } from "./trouble.js";
import { nameOf } from "./width.js";

const STALE = new Set(["opened", "built", "issues", "page"]); // news after which the page may be another one
let parts = null; // of the view, built when it is first seen
let isStale = true;
let turn = 0; // counts the questions, so that an answer that comes late is left alone
let told = null; // the last answer

export const archiveView = {
  id: "archive",
  title: "Archive page",
  mount() {
    onNews((what) => (isStale ||= STALE.has(what)));
  },
  draw(panel) {
    parts ??= build(panel);
    if (isStale && looking.issue) ask();
    show();
  },
  clear() {
    [told, turn] = [null, turn + 1];
    parts?.facts.replaceChildren();
  },
};

function build(panel) {
  const facts = node("div", { class: "page-facts" });
  const frame = slot(heed);
  const row = node("div", { class: "stage-row" }, frame.box);
  const stage = node("div", { class: "stage", tabindex: -1 }, row);
  const room = node("div", { class: "page-stage" }, stage);
  panel.append(node("h2", { class: "spoken" }, "Archive page"), facts, room);
  new ResizeObserver(() => fit(frame, stage, 1)).observe(stage);
  return { facts, frame, row, stage, room };
}

async function ask() {
  const mine = ++turn;
  isStale = false;
  const answer = await askPage(looking.issue).catch((refusal) => ({ missing: refusal.message, stops: [] }));
  if (mine !== turn) return;
  told = answer;
  if (looking.view === "archive") show();
}

function show() {
  const { facts, frame, row, stage, room } = parts;
  fit(frame, stage, 1);
  room.hidden = !told || Boolean(told.missing);
  if (!told) return;
  redraw(facts, lines());
  row.hidden = !told.number;
  room.classList.toggle("stale", told.stale);
  tellOfPage(told.trouble, told.number ? "The last save cannot be shown" : "The page cannot be shown");
  if (!told.number) return;
  const look = looking.look === "light" ? "light" : "dark";
  const title = `Archive page of ${sheet.issue?.title ?? looking.issue}, ${nameOf(looking.width)}`;
  frame.pane.show({ issue: looking.issue, build: told.number, look, images: looking.images, persona: "", against: "", isPage: true, title });
}

function lines() {
  if (told.missing) return [node("p", { class: "page-missing" }, told.missing)];
  const { state, life, url, result, stops, record } = told;
  return [
    node("div", { class: "page-life" },
      life ? node("p", { class: "page-state", data: { state } }, life) : "",
      url ? node("p", { class: "page-url", data: { key: "url" } }, node("code", {}, url), iconButton("copy", "Copy the address", () => copy(url, "Address copied"))) : "",
      record ? node("p", { class: "quiet" }, `On record: ${record}.`) : ""),
    result ? found(result) : "",
    stops.length ? node("section", { class: "page-stops", "aria-label": "What stops the page" },
      node("h3", {}, icon("stop"), sentence("`newsletter archive` would not build this page")),
      node("ul", {}, stops.map(stop))) : "",
  ];
}

/** As search results show a page, roughly: each engine cuts and rewrites as it likes. */
function found({ title, url, description, is_asked_for: isAskedFor }) {
  return node("section", { class: "found", "aria-label": "In search results" },
    node("h3", {}, isAskedFor ? "In search results" : "In search results, once they may show it"),
    node("p", { class: "found-url" }, url),
    node("p", { class: "found-title" }, title),
    node("p", { class: description ? "found-description" : "quiet" }, description || "No description: search engines choose words of the page."));
}

function stop({ id, message, hint, file, line }) {
  return node("li", {},
    node("p", {}, message, " ", node("span", { class: "rule" }, id)),
    file ? where(file, line) : "",
    hint ? node("p", { class: "hint" }, node("b", {}, "To mend: "), hint) : "");
}

function heed(kind, message, pane) {
  if (kind === "key") pressed(message);
  else if (kind === "click") inspect({ ...message, path: null }, pane.frame); // its elements are not the mail's
  if (kind === "key" && message.key === "Escape") hideInspector();
}
