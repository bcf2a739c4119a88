/**
 * The width of a frame: the usual ones, a typed one, or dragged by its edge.
 */

import { node } from "./node.js";
import { look } from "./state.js";

/** What the address says, what people call it, and its icon. */
export const WIDTHS = [["375", "Phone"], ["768", "Tablet"], ["1024", "Desktop"], ["fit", "Fit"]];
export const NARROWEST = 240;
export const WIDEST = 1920;

/** The width in pixels that a word or number of the address stands for. */
export function widthOf(wanted, room) {
  return wanted === "fit" ? Math.min(room, 1024) : clamp(Number.parseInt(wanted, 10) || 375);
}

/** What people call it: in the title of a frame. */
export const nameOf = (wanted) => (WIDTHS.find(([key]) => key === wanted)?.[1] ?? `${wanted} pixels wide`).toLowerCase();

/** Build the edge by which a frame is dragged; *now* tells its present width. */
export function handle(now) {
  const made = node("div", { class: "handle", role: "slider", tabindex: 0, "aria-label": "Width of the frame", "aria-valuemin": NARROWEST, "aria-valuemax": WIDEST, "aria-valuenow": 0 },
    node("span", { class: "handle-grip" }), node("output", { class: "handle-px" }));
  const set = (width) => {
    look({ width: String(clamp(width)) });
    made.querySelector("output").textContent = `${clamp(width)} px`;
  };
  made.addEventListener("pointerdown", (event) => drag(event, made, now(), set));
  made.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -8, ArrowDown: -8, ArrowRight: 8, ArrowUp: 8, PageDown: -64, PageUp: 64 }[event.key];
    const to = { Home: NARROWEST, End: WIDEST }[event.key] ?? (step ? now() + step : 0);
    if (!to) return;
    event.preventDefault();
    set(to);
  });
  return made;
}

function drag(event, made, width, set) {
  event.preventDefault();
  made.focus();
  made.setPointerCapture(event.pointerId);
  document.body.classList.add("dragging");
  const isCentred = made.parentElement.offsetWidth < made.closest(".stage").clientWidth - 48;
  const move = ({ clientX }) => set(width + (clientX - event.clientX) * (isCentred ? 2 : 1));
  const end = () => {
    document.body.classList.remove("dragging");
    made.removeEventListener("pointermove", move);
  };
  set(width);
  made.addEventListener("pointermove", move);
  made.addEventListener("lostpointercapture", end, { once: true });
}

function clamp(width) {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
}
