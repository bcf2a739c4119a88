/**
 * What changed since the last commit, or since the last sent issue, word by word.
 */

import { askDifference } from "./api.js";
import { node } from "./node.js";
import { sheet } from "./sheet.js";
import { look, looking } from "./state.js";

const AGAINST = [["commit", "Last commit"], ["sent", "Last sent issue"]];
let asked = "";

export const diffView = {
  id: "diff",
  title: "Diff",
  mount(panel) {
    panel.append(node("div", { class: "column" },
      node("header", { class: "view-head" }, node("h2", {}, "What changed"),
        node("div", { class: "segments", role: "group", "aria-label": "Compare with" }, AGAINST.map(([key, title]) =>
          node("button", { type: "button", data: { against: key }, click: () => look({ against: key }) }, title)))),
      node("div", { class: "difference", "aria-live": "polite" })));
  },
  draw(panel) {
    panel.querySelectorAll("[data-against]").forEach((made) => made.setAttribute("aria-pressed", String(made.dataset.against === looking.against)));
    if (!sheet.issue?.build) return;
    const wanted = [sheet.issue.id, sheet.issue.build, looking.against].join("|");
    if (asked === wanted) return;
    asked = wanted;
    askDifference(sheet.issue.id, looking.against).then(
      (told) => asked === wanted && show(panel, told),
      (refusal) => asked === wanted && panel.querySelector(".difference").replaceChildren(node("p", { class: "empty" }, refusal.message)));
  },
};

function show(panel, told) {
  const { added, removed } = told.summary ?? {};
  const summary = added || removed ? `${added} words added, ${removed} removed` : "Nothing changed";
  panel.querySelector(".difference").replaceChildren(
    ...(told.missing ? [node("p", { class: "empty" }, told.missing)] : [
      node("p", { class: "difference-summary" }, node("strong", {}, summary), told.label ? ` against ${told.label}` : ""),
      ...(told.parts ?? []).map((part) => node("section", { class: "difference-part" }, node("h3", {}, part.name), node("div", { class: "words" }, part.words.map(piece)))),
    ]));
}

function piece([kind, text]) {
  if (kind === "added") return node("ins", {}, text);
  return kind === "removed" ? node("del", {}, text) : text;
}
