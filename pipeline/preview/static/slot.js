/**
 * A slot on a stage: a pane at a real width, the edge it is dragged by, and a caption.
 */

import { node } from "./node.js";
import { Pane } from "./pane.js";
import { looking } from "./state.js";
import { handle, widthOf } from "./width.js";

/**
 * Build one.
 *
 * @param {(kind: string, message: object, pane: Pane) => void} heed called with what the frame's helper says
 * @returns {{pane: Pane, caption: HTMLElement, side: {width?: string}, handle: HTMLElement, box: HTMLElement}}
 *   side: what it shows that differs from the address; box: put it on the stage
 */
export function slot(heed) {
  const pane = new Pane(heed);
  const caption = node("p", { class: "slot-caption" });
  const made = { pane, caption, side: {} };
  made.handle = handle(() => made.pane.sheet.offsetWidth);
  made.box = node("div", { class: "slot" }, caption, node("div", { class: "slot-frame" }, pane.sheet, made.handle));
  return made;
}

/** Give a slot the width that is asked for, or its part of the stage that it shares with *count* of them. */
export function fit({ pane, side, handle: made }, stage, count) {
  const margin = innerWidth > 640 ? 48 + 16 * count : 0;
  const room = Math.max(240, (stage.clientWidth - margin - 24 * (count - 1)) / count);
  const width = widthOf(side.width ?? looking.width, Math.floor(room));
  pane.sheet.style.width = `${width}px`;
  made.hidden = Boolean(side.width);
  made.setAttribute("aria-valuenow", String(width));
  made.setAttribute("aria-valuetext", `${width} pixels`);
}
