/**
 * The dock that the problems stand in: right or below, as wide or high as this person likes.
 */

import { node } from "./node.js";
import { onChange, prefer, taste } from "./state.js";

const dock = document.getElementById("dock");
const edge = node("div", { class: "dock-edge", role: "slider", tabindex: 0, "aria-label": "Size of the problems panel" });

/** Give the dock its edge and its size, and keep both so. */
export function mountDock() {
  dock.prepend(edge);
  edge.addEventListener("pointerdown", drag);
  edge.addEventListener("keydown", pressed);
  onChange((_names, isTaste) => isTaste && arrange());
  addEventListener("resize", arrange);
  arrange();
}

const isRight = () => taste.side === "right";
const least = () => (isRight() ? 260 : 140);
const most = () => Math.max(least(), Math.round((isRight() ? innerWidth : innerHeight) * 0.6));

function arrange() {
  const size = Math.min(most(), isRight() ? taste.dockWidth : taste.dockHeight);
  document.body.dataset.side = taste.side;
  document.body.classList.toggle("without-dock", !taste.dock);
  dock.style.setProperty("--size", `${size}px`);
  edge.setAttribute("aria-orientation", isRight() ? "horizontal" : "vertical");
  edge.setAttribute("aria-valuemin", String(least()));
  edge.setAttribute("aria-valuemax", String(most()));
  edge.setAttribute("aria-valuenow", String(size));
  edge.setAttribute("aria-valuetext", `${size} pixels`);
}

function resize(size) {
  prefer({ [isRight() ? "dockWidth" : "dockHeight"]: Math.round(Math.min(most(), Math.max(least(), size))) });
}

function drag(event) {
  event.preventDefault();
  edge.setPointerCapture(event.pointerId);
  document.body.classList.add("dragging");
  const began = isRight() ? dock.offsetWidth + event.clientX : dock.offsetHeight + event.clientY;
  const move = (at) => resize(began - (isRight() ? at.clientX : at.clientY));
  edge.addEventListener("pointermove", move);
  edge.addEventListener("lostpointercapture", () => {
    edge.removeEventListener("pointermove", move);
    document.body.classList.remove("dragging");
  }, { once: true });
}

function pressed(event) {
  const grows = isRight() ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  if (!grows.includes(event.key)) return;
  event.preventDefault();
  resize((isRight() ? dock.offsetWidth : dock.offsetHeight) + (event.key === grows[0] ? 16 : -16));
}
