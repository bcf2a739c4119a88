/**
 * The source: the issue's Markdown with its problems in the margin, then the compiled HTML.
 */

import { openInEditor } from "./api.js";
import { icon, iconButton, node } from "./node.js";
import { allFindings } from "./findings.js";
import { redraw } from "./redraw.js";
import { elementOf, sheet } from "./sheet.js";
import { refused } from "./speak.js";
import { look, looking } from "./state.js";
import { pointAt } from "./view-email.js";

const PARTS = [["markdown", "Markdown"], ["html", "Compiled HTML"]];
let drawn = "";
let lit = "";

export const sourceView = {
  id: "source",
  title: "Source",
  mount(panel) {
    panel.append(node("header", { class: "source-head" },
      node("h2", { class: "spoken" }, "Source"),
      node("div", { class: "segments", role: "group", "aria-label": "Which source" }, PARTS.map(([key, title]) =>
        node("button", { type: "button", data: { part: key }, click: () => look({ part: key, line: 0 }) }, title))),
      node("p", { class: "source-file" }), node("div", { class: "source-actions" })),
      node("div", { class: "source-body", tabindex: 0, role: "region", "aria-label": "Source lines" }, node("ol", { class: "lines" })));
  },
  draw(panel) {
    const { issue, checks } = sheet;
    if (!issue?.source) return;
    const isHtml = looking.part === "html";
    panel.querySelectorAll("[data-part]").forEach((made) => made.setAttribute("aria-pressed", String(made.dataset.part === looking.part)));
    const state = [issue.id, issue.build, checks?.build, checks?.looked, looking.part].join("|");
    const body = panel.querySelector(".source-body");
    if (drawn !== state) {
      const kept = drawn.split("|")[0] === issue.id ? body.scrollTop : 0;
      redraw(body.querySelector("ol"), (isHtml ? issue.source.html : issue.source.markdown).map((text, n) => line(text, n + 1, isHtml ? [] : marked(n + 1))));
      body.scrollTop = kept;
      body.classList.toggle("html", isHtml);
      drawn = state;
    }
    light(panel);
    panel.querySelector(".source-file").textContent = isHtml ? "as pushed, in the provider's merge syntax" : issue.file;
    actions(panel.querySelector(".source-actions"), isHtml);
  },
  clear(panel) {
    drawn = lit = "";
    for (const part of [".lines", ".source-file", ".source-actions"]) panel.querySelector(part).replaceChildren();
  },
};

function marked(number) {
  return allFindings(sheet.checks).filter((finding) => finding.file === sheet.issue.file && finding.line === number);
}

function line(text, number, findings) {
  const worst = findings[0];
  const tone = worst && (worst.severity === "block" || worst.severity === "error" ? "stop" : worst.severity);
  const told = findings.map((finding) => finding.message).join("\n");
  return node("li", { id: `L${number}`, data: { key: number }, class: tone ?? null },
    node("button", { type: "button", class: "line-number", "aria-label": `Line ${number}${told ? `: ${told}` : ""}`, tabindex: worst ? 0 : -1, title: told || null, click: () => choose(number) },
      worst ? icon(tone) : "", String(number)),
    node("code", {}, text || " "));
}

function choose(number) {
  look({ line: number });
  if (looking.part === "markdown") pointAt(elementOf(number), { calm: true });
}

function light(panel) {
  const wanted = [sheet.issue.id, looking.part, looking.line].join("|");
  const row = looking.line ? panel.querySelector(`#L${looking.line}`) : null;
  panel.querySelector("li.lit")?.classList.remove("lit");
  row?.classList.add("lit");
  if (lit !== wanted) row?.scrollIntoView({ block: "center" }); // once: after a save the reader may be elsewhere
  lit = wanted;
}

function actions(box, isHtml) {
  const { line } = looking;
  if (!line || isHtml) return redraw(box, []);
  const show = () => {
    look({ view: "email" }, { step: true });
    pointAt(elementOf(line)); // asked anew: this button outlives builds
  };
  redraw(box, [
    node("span", { class: "quiet" }, `line ${line}`),
    elementOf(line) >= 0 ? node("button", { type: "button", class: "button", data: { key: "email" }, click: show }, icon("go"), "Show in email") : "",
    sheet.editor ? iconButton("editor", `Open line ${line} in the editor`, () => openInEditor(sheet.issue.file, line).catch(refused), { data: { key: "editor" } }) : "",
  ]);
}
