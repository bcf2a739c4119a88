/**
 * The text part, as a reader of plain text gets it: 78 columns, links to click.
 */

import { node } from "./node.js";
import { redraw } from "./redraw.js";
import { sheet } from "./sheet.js";

let drawn = null;

export const textView = {
  id: "text",
  title: "Text",
  mount() {},
  draw(panel) {
    const lines = sheet.issue?.text;
    if (!lines || drawn === lines) return;
    drawn = lines;
    const wide = lines.filter((line) => line.map(([text]) => text).join("").length > 78).length;
    redraw(panel, [
      node("h2", { class: "spoken" }, "Text part"),
      node("div", { class: "leaf" },
        node("p", { class: "leaf-note" }, `${lines.length} lines`, wide ? ` · ${wide} wider than 78 columns, for their links` : ""),
        node("pre", { class: "plain", data: { key: "text" }, tabindex: 0, "aria-label": "Text part" }, lines.map(row))),
    ]);
  },
  clear(panel) {
    drawn = null;
    panel.replaceChildren();
  },
};

function row(line) {
  const pieces = line.map(([text, href]) => (href ? node("a", { href, target: "_blank", rel: "noopener noreferrer" }, text) : text));
  return node("span", { class: "plain-line" }, pieces, "\n");
}
