/**
 * The strip that says whether the issue may be sent, and the next steps as commands to copy.
 */

import { icon, iconButton, node, sentence } from "./node.js";
import { redraw } from "./redraw.js";
import { checksAreOld, onNews, sheet, unfit } from "./sheet.js";
import { copy } from "./speak.js";

const TONES = { good: "Ready", wait: "Not yet", stop: "Stopped" };
const strip = document.getElementById("readiness");
const steps = node("div", { class: "steps", id: "steps", popover: "auto", "aria-label": "Next steps" });
const button = node("button", { type: "button", class: "button", popovertarget: "steps" }, "Next steps", icon("chevron"));

/** Draw the strip, and keep it so. */
export function mountReadiness() {
  strip.append(node("p", { class: "readiness-said" }, icon("wait"), node("span", {}, "Checking…")), node("div", { class: "readiness-command" }), button);
  strip.after(steps);
  steps.addEventListener("toggle", place);
  onNews((what) => ["opened", "issue", "issues", "checks", "built"].includes(what) && draw());
  draw();
}

function draw() {
  const { checks } = sheet;
  const told = checks?.readiness;
  const isBroken = unfit() !== "";
  strip.dataset.tone = isBroken ? "stop" : (told?.tone ?? "wait");
  strip.classList.toggle("old", !isBroken && Boolean(told) && checksAreOld());
  const said = isBroken ? `Cannot be sent: ${unfit()}` : (told?.sentence ?? (checks ? "Checked" : "Checking…"));
  redraw(strip.querySelector(".readiness-said"), [icon(strip.dataset.tone), node("b", {}, TONES[strip.dataset.tone]), node("span", {}, sentence(said))]);
  const command = isBroken ? "" : told?.command;
  redraw(strip.querySelector(".readiness-command"), command ? [commandLine(command)] : []);
  button.hidden = !checks?.next?.length;
  redraw(steps, [node("h2", {}, "Next steps"), node("p", { class: "quiet" }, "The preview sends nothing. Run these in a terminal."),
    node("ol", {}, (checks?.next ?? []).map((step) => node("li", {}, node("h3", {}, step.label), node("p", {}, step.why), commandLine(step.command))))]);
}

function commandLine(command) {
  return node("div", { class: "command", data: { key: command } }, node("code", { tabindex: 0 }, command), iconButton("copy", `Copy: ${command}`, () => copy(command, "Command copied")));
}

function place(event) {
  if (event.newState !== "open") return;
  const box = button.getBoundingClientRect();
  Object.assign(steps.style, { top: `${box.bottom + 6}px`, left: `${Math.max(8, Math.min(innerWidth - steps.offsetWidth - 8, box.right - steps.offsetWidth))}px` });
}
