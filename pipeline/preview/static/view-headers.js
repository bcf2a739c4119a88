/**
 * The headers the mail will have, and how much of the room that Gmail shows it takes.
 */

import { icon, node } from "./node.js";
import { redraw } from "./redraw.js";
import { sheet } from "./sheet.js";

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
let drawn = null;

export const headersView = {
  id: "headers",
  title: "Headers",
  mount() {},
  draw(panel) {
    const { issue } = sheet;
    if (!issue?.build || drawn === issue) return;
    drawn = issue;
    redraw(panel, [
      node("div", { class: "column" },
        node("header", { class: "view-head" }, node("h2", {}, "Headers and size"), node("p", {}, "What the provider is given, and what it adds by itself.")),
        issue.size ? meter(issue.size) : "",
        facts(issue),
        issue.headers?.length ? table(issue.headers) : ""),
    ]);
  },
  clear(panel) {
    drawn = null;
    panel.replaceChildren();
  },
};

function table(headers) {
  return node("div", { class: "scrolled", data: { key: "headers" }, tabindex: 0, role: "region", "aria-label": "Headers" },
    node("table", { class: "headers" },
      node("caption", { class: "spoken" }, "Headers of the mail"),
      node("thead", {}, node("tr", {}, ["Header", "Value", "What to know"].map((text) => node("th", { scope: "col" }, text)))),
      node("tbody", {}, headers.map((header) =>
        node("tr", { class: header.wrong ? "wrong" : null },
          node("th", { scope: "row" }, header.name),
          node("td", {}, header.value ? node("code", {}, header.value) : node("em", {}, "not in the file")),
          node("td", { class: "header-note" }, header.wrong ? icon("warning") : "", header.wrong ? node("span", { class: "spoken" }, "to mend: ") : "", header.note))))));
}

function meter(size) {
  const whole = Math.max(size.limit * 1.08, size.delivered * 1.04);
  const at = (bytes) => `${(100 * bytes) / whole}%`;
  const tone = size.delivered >= size.limit ? "stop" : size.delivered >= size.near ? "warning" : "good";
  const bar = (kind, bytes) => sized(node("div", { class: `meter-${kind}` }), "width", at(bytes));
  const told = `${kib(size.html)} of HTML now, about ${kib(size.delivered)} as delivered: ${size.percent} % of the ${kib(size.limit)} that Gmail shows.`;
  return node("section", { class: `meter ${tone}` },
    node("h3", {}, icon(tone), `${size.percent} % of what Gmail shows`),
    node("p", {}, told),
    node("div", { class: "meter-bar", role: "img", "aria-label": told }, bar("delivered", size.delivered), bar("now", size.html),
      sized(node("div", { class: "meter-limit" }), "left", at(size.limit)),
      flags(size.marks.filter((mark) => mark.end >= 0), whole).map(({ mark, level }, n) => sized(node("div", { class: "meter-mark", data: { level } }, String(n + 1)), "left", at(mark.delivered)))),
    node("ul", { class: "meter-key" },
      node("li", {}, node("i", { class: "key-now" }), `now ${kib(size.html)}`),
      node("li", {}, node("i", { class: "key-delivered" }), `as delivered ≈ ${kib(size.delivered)}`),
      node("li", {}, node("i", { class: "key-limit" }), `Gmail cuts ${kib(size.limit)}`)),
    node("ol", { class: "meter-marks" }, size.marks.filter((mark) => mark.end >= 0).map((mark) =>
      node("li", {}, node("span", {}, mark.name === "unsubscribe" ? "unsubscribe link" : `disclaimer ${mark.name}`), node("b", {}, `ends at ${kib(mark.delivered)}`)))),
    size.marks.filter((mark) => mark.end < 0).map((mark) => node("p", { class: "meter-missing" }, icon("stop"), `${mark.name} is not there`)),
    node("p", { class: "quiet" }, size.note));
}

/** Each mark with the level of its flag: those too near to the one before stand higher. */
function flags(marks, whole) {
  let level = 0;
  return marks.map((mark, n) => {
    level = n && mark.delivered - marks[n - 1].delivered < whole * 0.03 ? (level + 1) % 3 : 0;
    return { mark, level };
  });
}

function facts({ facts: told, digest }) {
  if (!told) return "";
  const rows = [["Words", `${told.words}, about ${told.minutes} minutes`], ["Links", told.links], ["Images", told.images.length + (told.remote_images ? ` and ${told.remote_images} remote` : "")], ["Content digest", node("code", {}, digest)]];
  return node("dl", { class: "facts" }, rows.map(([name, value]) => node("div", {}, node("dt", {}, name), node("dd", {}, value))));
}

function sized(made, property, value) {
  made.style[property] = value;
  return made;
}
