/**
 * The top bar: which issue, which view of it, and how the email is looked at.
 */

import { isShown, onDrawer, show } from "./drawers.js";
import { tally } from "./findings.js";
import { showHelp } from "./help.js";
import { icon, iconButton, node } from "./node.js";
import { onNews, sheet, unfit } from "./sheet.js";
import { look, looking, onChange, prefer, taste } from "./state.js";
import { showView, VIEWS } from "./views.js";
import { NARROWEST, WIDEST, WIDTHS } from "./width.js";

export const LOOKS = [["light", "Light", "sun"], ["dark", "Author's dark", "moon"], ["forced", "Forced dark", "forced"]];
export const COMPARISONS = [["", "Compare…"], ["look", "Light and dark"], ["width", "Phone and desktop"], ["commit", "This and last commit"], ["sent", "This and last sent"]];
const CONNECTION = { connected: "Connected", rebuilding: "Rebuilding", disconnected: "Disconnected" };

const title = node("h1", {}, "Newsletter");
const file = node("p", { class: "bar-file" });
const issues = iconButton("rail", "Issues", () => show("rail"), { class: "icon-button rail-button", "aria-controls": "rail" });
const dot = node("p", { class: "connection" }, node("i"), node("span"));
const problems = node("button", { type: "button", class: "button problems-button", "aria-controls": "dock", click: () => show("dock") });
const px = node("input", { type: "number", class: "px", min: NARROWEST, max: WIDEST, step: 1, "aria-label": "Width in pixels", placeholder: "px", change: typed });
const persona = node("select", { "aria-label": "Reader", title: "Reader (p)", change: () => look({ persona: persona.value }) });
const compare = node("select", { "aria-label": "Compare", title: "Two side by side", change: () => look({ compare: compare.value }) },
  COMPARISONS.map(([value, text]) => node("option", { value }, text)));
const widths = segments("Width of the frame", WIDTHS.map(([key, text, shape = key === "375" ? "phone" : key === "768" ? "tablet" : key === "1024" ? "desktop" : "fit"]) => [key, text, shape]), (width) => look({ width }));
const looks = segments("Appearance", LOOKS, (key) => look({ look: key }));
const images = iconButton("image", "Images", () => look({ images: looking.images === "on" ? "off" : "on" }));
const marks = iconButton("marks", "Outline problems in the email", () => prefer({ marks: !taste.marks }));
const tabs = node("div", { class: "tabs", role: "tablist", "aria-label": "Views", keydown: stepTab },
  VIEWS.map((view, n) => node("button", { type: "button", role: "tab", id: `tab-${view.id}`, "aria-controls": `view-${view.id}`, title: `${view.title} (${n + 1})`, click: () => showView(view.id) }, view.title)));
const controls = node("div", { class: "controls", role: "group", "aria-label": "The frame" }, widths, px, looks, images, marks, persona, compare);

/** Draw the bar, and keep it so. */
export function mountBar() {
  document.getElementById("bar").append(
    node("div", { class: "bar-top" },
      issues,
      node("div", { class: "bar-title" }, title, file), dot, problems,
      iconButton("help", "Keyboard and help (?)", showHelp)),
    node("div", { class: "bar-views" }, tabs, controls));
  onNews(draw);
  onChange(draw);
  onDrawer(draw);
  draw();
}

/** A page of the web is looked at: no mail client forces its colours, and it is the same for every reader. */
const isPage = () => looking.view === "archive";
/** Go on to the next appearance. */
export const stepLook = () => {
  const known = isPage() ? LOOKS.slice(0, 2) : LOOKS;
  look({ look: known[(known.findIndex(([key]) => key === looking.look) + 1) % known.length][0] });
};
/** Go on to the next reader. */
export const stepPersona = () => {
  const names = (sheet.issue?.personas ?? []).map(({ name }) => name);
  if (names.length) look({ persona: names[(names.indexOf(looking.persona) + 1) % names.length] });
};

function draw() {
  const { issue, checks } = sheet;
  title.textContent = issue?.title || issue?.subject || (looking.issue ? looking.issue : sheet.newsletter.name || "Newsletter");
  file.textContent = issue?.file ?? "";
  dot.dataset.state = sheet.connection;
  dot.lastChild.textContent = CONNECTION[sheet.connection];
  dot.title = sheet.connection === "disconnected" ? "The preview has ended, or cannot be reached; it is tried again" : issue?.took_ms ? `rendered in ${issue.took_ms} ms` : "";
  const stops = checks?.counts.stops ?? 0;
  document.title = issue ? `${stops ? `(${stops}!) ` : ""}${issue.subject || issue.title || issue.id}` : "Newsletter preview";
  issues.setAttribute("aria-expanded", String(isShown("rail")));
  problems.setAttribute("aria-expanded", String(isShown("dock")));
  problems.dataset.tone = stops ? "stop" : checks?.counts.warnings ? "warning" : checks ? "good" : "wait";
  problems.replaceChildren(icon(stops ? "stop" : checks?.counts.warnings ? "warning" : checks ? "good" : "wait"), checks ? node("span", {}, tally(checks.counts)) : node("span", {}, unfit() ? "not checked" : "checking…"));
  for (const tab of tabs.children) {
    const isShown = tab.id === `tab-${VIEWS.some(({ id }) => id === looking.view) ? looking.view : "email"}`;
    tab.setAttribute("aria-selected", String(isShown));
    tab.tabIndex = isShown ? 0 : -1;
  }
  controls.hidden = !["email", "archive"].includes(looking.view);
  press(widths, looking.width);
  press(looks, isPage() && looking.look === "forced" ? "dark" : looking.look);
  looks.lastChild.hidden = marks.hidden = compare.hidden = isPage();
  if (document.activeElement !== px) px.value = looking.width === "fit" ? "" : looking.width;
  images.setAttribute("aria-pressed", String(looking.images === "on"));
  marks.setAttribute("aria-pressed", String(taste.marks));
  compare.value = looking.compare;
  const names = issue?.personas ?? [];
  if (names.length !== persona.length) persona.replaceChildren(...names.map(({ name, label }) => node("option", { value: name }, label)));
  persona.hidden = !names.length || isPage();
  persona.value = looking.persona;
}

function segments(label, rows, choose) {
  return node("div", { class: "segments", role: "group", "aria-label": label }, rows.map(([key, text, shape]) =>
    node("button", { type: "button", data: { key }, "aria-label": text, title: text, click: () => choose(key) }, icon(shape))));
}

function press(group, key) {
  for (const button of group.children) button.setAttribute("aria-pressed", String(button.dataset.key === key));
}

function typed() {
  const width = Number.parseInt(px.value, 10);
  look({ width: width ? String(Math.min(WIDEST, Math.max(NARROWEST, width))) : "fit" });
}

function stepTab(event) {
  const all = [...tabs.children];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  const next = all[(to + all.length) % all.length];
  next.focus();
  next.click();
}
