/**
 * What changed since the last commit, or since the last sent issue, word by word.
 */

import { askDifference } from "./api.js";
import { node } from "./node.js";
import { redraw } from "./redraw.js";
import { sheet } from "./sheet.js";
import { look, looking } from "./state.js";

const AGAINST = [["commit", "Last commit"], ["sent", "Last sent issue"]];
const NEAR = 220; // characters of what stayed that are shown beside a change
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
    const wanted = [sheet.issue.id, sheet.issue.build, looking.against, looking.persona].join("|");
    if (asked === wanted) return;
    asked = wanted;
    askDifference(sheet.issue.id, looking.against, looking.persona).then(
      (told) => asked === wanted && show(panel, told),
      (refusal) => asked === wanted && show(panel, { missing: refusal.message }));
  },
  clear(panel) {
    asked = "";
    panel.querySelector(".difference").replaceChildren();
  },
};

function show(panel, told) {
  const { added, removed } = told.summary ?? {};
  const summary = added || removed ? `${added} words added, ${removed} removed` : "Nothing changed";
  redraw(panel.querySelector(".difference"),
    told.missing ? [node("p", { class: "empty" }, told.missing)] : [
      node("p", { class: "difference-summary" }, node("strong", {}, summary), told.label ? ` against ${told.label}` : ""),
      ...(told.parts ?? []).map((part) => section(part)),
    ]);
}

function section({ name, words }) {
  const isSame = words.every(([kind]) => kind === "same");
  return node("section", { class: "difference-part", data: { key: name } },
    node("h3", {}, name, isSame ? node("span", { class: "quiet" }, " · unchanged") : ""),
    isSame ? "" : node("div", { class: "words", tabindex: -1 }, words.map(([kind, text], n) => (kind === "same" ? folded(text, n > 0, n < words.length - 1) : piece([kind, text])))));
}

/** What stayed, without its middle when that is long; the ends beside a change stay to be read. */
function folded(text, after, before) {
  const [head, tail] = [after ? NEAR : 0, before ? NEAR : 0];
  if (text.length < head + tail + 2 * NEAR) return text;
  const from = head && head + Math.max(0, text.slice(head).search(/\s/));
  const to = tail ? text.length - tail + Math.max(0, text.slice(-tail).search(/\s/)) : text.length;
  const middle = text.slice(from, to);
  const unfold = () => {
    made.parentElement.focus({ preventScroll: true });
    made.replaceWith(made.dataset.middle);
  };
  const made = node("button", { type: "button", class: "unfold", data: { middle }, click: unfold }, `${middle.trim().split(/\s+/).length} words unchanged`);
  return [text.slice(0, from), made, text.slice(to)];
}

function piece([kind, text]) {
  if (kind === "added") return node("ins", {}, text);
  return kind === "removed" ? node("del", {}, text) : text;
}
