/**
 * The views, as a table: what the tabs, the number keys and the palette list, and what shows each.
 *
 * A view has an id (in the address), a title, `mount(panel)` called once, `draw(panel)` called when it is seen
 * and something changed, and `clear(panel)` called when another issue is opened: it shows nothing of the one
 * before. To add one, write its file and put it here.
 */

import { archiveView } from "./view-archive.js";
import { diffView } from "./view-diff.js";
import { emailView } from "./view-email.js";
import { headersView } from "./view-headers.js";
import { inboxView } from "./view-inbox.js";
import { sourceView } from "./view-source.js";
import { textView } from "./view-text.js";
import { node } from "./node.js";
import { onNews } from "./sheet.js";
import { look, looking, onChange } from "./state.js";
import { mountTrouble } from "./trouble.js";

export const VIEWS = [emailView, inboxView, textView, sourceView, headersView, archiveView, diffView];

const panels = new Map();

/** Build a panel for each view, and show the one that is looked at. */
export function mountViews() {
  const main = document.getElementById("views");
  for (const view of VIEWS) {
    const panel = node("section", { class: `view view-${view.id}`, id: `view-${view.id}`, role: "tabpanel", tabindex: 0, "aria-labelledby": `tab-${view.id}` });
    panels.set(view.id, panel);
    main.append(panel);
    view.mount(panel);
  }
  onNews((what) => {
    if (what === "opened") VIEWS.forEach((view) => view.clear(panels.get(view.id)));
    if (what !== "connection") draw();
  });
  onChange(draw);
  mountTrouble();
  draw();
}

/** Go to the view with this id. */
export function showView(id) {
  look({ view: id }, { step: true });
}

function draw() {
  const shown = panels.has(looking.view) ? looking.view : VIEWS[0].id;
  for (const view of VIEWS) {
    const panel = panels.get(view.id);
    const isShown = view.id === shown;
    panel.classList.toggle("away", !isShown); // not display: none, so that a frame keeps its place
    panel.inert = !isShown;
    if (isShown) view.draw(panel);
  }
}
