/**
 * The mail among others in each client's list, cut where the client cuts it.
 */

import { node } from "./node.js";
import { redraw } from "./redraw.js";
import { sheet } from "./sheet.js";

let drawn = null;

export const inboxView = {
  id: "inbox",
  title: "Inbox",
  mount() {},
  draw(panel) {
    const { issue } = sheet;
    if (!issue?.build || drawn === issue) return;
    drawn = issue;
    const rows = issue.inbox ?? [];
    const leaks = rows.filter((row) => row.leak).length;
    redraw(panel, [
      node("div", { class: "column" },
        node("header", { class: "view-head" },
          node("h2", {}, "In the inbox"),
          node("p", {}, "Where each client cuts the subject and the preview text. Clients cut by pixels, so every limit here is approximate."),
          legend(leaks)),
        rows.length ? rows.map(client) : node("p", { class: "empty" }, "There are no inbox rows for this build.")),
    ]);
  },
  clear(panel) {
    drawn = null;
    panel.replaceChildren();
  },
};

function legend(leaks) {
  return node("ul", { class: "legend" },
    node("li", {}, node("span", { class: "cut" }, "faded"), " is cut off"),
    leaks ? node("li", {}, node("span", { class: "leak" }, "underlined"), " is body text that leaks in behind the preheader") : "");
}

function client(row) {
  return node("section", { class: "client" },
    node("header", { class: "client-head" },
      node("h3", {}, row.client),
      node("p", { title: row.source }, `subject ≈ ${row.subject_limit}, preview ≈ ${row.preview_limit} characters`)),
    node("div", { class: "client-lists" }, ["light", "dark"].map((scheme) => list(row, scheme))));
}

function list(row, scheme) {
  const kind = /phone|samsung/i.test(row.client) ? "stacked" : "lined";
  return node("div", { class: `inbox ${kind} ${scheme}`, role: "group", "aria-label": `${row.client}, ${scheme}` },
    ghost(),
    node("div", { class: "inbox-row" },
      node("span", { class: "avatar", "aria-hidden": "true" }, [...row.sender][0] ?? ""),
      node("span", { class: "inbox-sender" }, row.sender),
      node("span", { class: "inbox-time", "aria-hidden": "true" }, /\d\d:\d\d/.exec(sheet.issue.send_at ?? "")?.[0] ?? "now"),
      node("span", { class: "inbox-subject" }, row.subject, cut(row.subject_cut)),
      node("span", { class: "inbox-preview" },
        row.preview || row.leak ? row.preview : node("em", {}, "no preview text"),
        row.leak ? node("span", { class: "leak" }, node("span", { class: "spoken" }, " leaks: "), ` ${row.leak}`) : "",
        cut(row.preview_cut))),
    ghost());
}

function cut(text) {
  return text ? node("span", { class: "cut" }, node("span", { class: "spoken" }, " cut off: "), text) : "";
}

/** Another mail of the list, without words: it gives the row its place and takes no look away from it. */
function ghost() {
  return node("div", { class: "inbox-row ghost", "aria-hidden": "true" },
    node("span", { class: "avatar" }), node("span", { class: "inbox-sender" }), node("span", { class: "inbox-time" }),
    node("span", { class: "inbox-subject" }), node("span", { class: "inbox-preview" }));
}
