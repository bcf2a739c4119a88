/**
 * The email view: the stage with one frame, or two side by side, at a real width; and what was clicked in it.
 */

import { hideInspector, inspect } from "./inspect.js";
import { node } from "./node.js";
import { SECTIONS } from "./findings.js";
import { pressed } from "./keys.js";
import { elementFor, readIssue, sheet } from "./sheet.js";
import { fit, slot } from "./slot.js";
import { look, looking, onChange, taste } from "./state.js";
import { nameOf, WIDTHS } from "./width.js";

const COLOURS = { blocking: "#c0392b", decide: "#b7791f", notes: "#4f7ea8" };
const stage = node("div", { class: "stage", tabindex: -1 });
const row = node("div", { class: "stage-row" });
const pending = { element: -1 };
let slots = [];
let late = 0;

export const emailView = {
  id: "email",
  title: "Email",
  mount(panel) {
    stage.append(row);
    panel.append(node("h2", { class: "spoken" }, "Email"), stage);
    new ResizeObserver(() => slots.forEach((made) => fit(made, stage, slots.length))).observe(stage);
    onChange((names) => names.has("marks") && outline());
    onChange((names) => names.has("persona") && looking.issue && readIssue());
  },
  draw() {
    arrange();
    slots.forEach(showIn);
    outline();
  },
  clear() {}, // without a build the stage is hidden, and its frames stay to be exchanged
};

/** Scroll the frame to an element; unless calm, ring it for a moment. */
export function pointAt(element, { calm = false } = {}) {
  if (element < 0) return;
  pending.element = element;
  slots.forEach(({ pane }) => pane.tell("highlight", { element, calm }));
}

/** What each pane shows that differs from the address: one row of these, or two. */
function sides() {
  switch (looking.compare) {
    case "look": return [{ look: "light", name: "Light" }, { look: looking.look === "forced" ? "forced" : "dark", name: looking.look === "forced" ? "Forced dark" : "Author's dark" }];
    case "width": return [{ width: "375", name: "Phone" }, { width: "1024", name: "Desktop" }];
    case "commit": return [{ name: "Now" }, { against: "commit", name: "Last commit" }];
    case "sent": return [{ name: "Now" }, { against: "sent", name: "Last sent issue" }];
    default: return [{ name: "" }];
  }
}

function arrange() {
  const wanted = sides();
  if (slots.length !== wanted.length) {
    slots.forEach(({ pane, box }) => (pane.end(), box.remove()));
    slots = wanted.map(() => slot(heed));
    row.replaceChildren(...slots.map(({ box }) => box));
  }
  slots.forEach((made, n) => {
    made.side = wanted[n];
    made.caption.textContent = wanted[n].name;
    made.caption.hidden = !wanted[n].name;
    fit(made, stage, slots.length);
  });
}

function showIn({ pane, side }) {
  const { issue } = looking;
  if (!issue || !sheet.build) return;
  const title = `${sheet.issue?.subject ?? issue}, ${nameOf(side.width ?? looking.width)}`;
  pane.show({ issue, build: sheet.build, look: side.look ?? looking.look, images: looking.images, persona: looking.persona, against: side.against ?? "", title });
  clearTimeout(late);
  late = setTimeout(() => sheet.issue?.build !== sheet.build && readIssue(), 700); // should no frame ever answer
}

function heed(kind, message, pane) {
  if (kind === "shown" && pane === slots[0]?.pane) shown(message.build);
  else if (kind === "anchor") slots.forEach((beside) => beside.pane !== pane && beside.pane.tell("follow", { anchor: message.anchor }));
  else if (kind === "ready" || kind === "placed") outline();
  else if (kind === "key") pressed(message);
  else if (kind === "click") inspect(message, pane.frame);
  if (kind === "key" && message.key === "Escape") hideInspector();
}

/** The new pixels are on the screen: now there is time for the rest. */
function shown(build) {
  if (document.documentElement.dataset.shown !== String(build)) {
    document.documentElement.dataset.shown = build;
    performance.mark("newsletter:shown", { detail: { build } });
  }
  if (sheet.issue?.build !== build || sheet.issue?.trouble) readIssue();
  if (looking.problem && pending.element >= 0) pending.element = -1;
}

function outline() {
  const marks = taste.marks && sheet.checks?.build === sheet.build
    ? SECTIONS.flatMap(({ key }) => sheet.checks[key].map((finding) => ({ element: elementFor(finding), colour: COLOURS[key] })).filter(({ element }) => element >= 0))
    : [];
  slots.forEach(({ pane }) => pane.tell("outline", { elements: marks }));
}

/** Go to the next of the usual widths. */
export function stepWidth() {
  const keys = WIDTHS.map(([key]) => key);
  look({ width: keys[(keys.indexOf(looking.width) + 1) % keys.length] });
}
