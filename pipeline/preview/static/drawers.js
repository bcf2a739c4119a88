/**
 * The rail and the dock: beside the rest, each shown or hidden as this person likes; on a narrow screen drawers above
 * the rest, of which one is open or none.
 */

import { prefer, taste } from "./state.js";

const isNarrow = matchMedia("(max-width: 900px)");
const listeners = new Set();
let open = ""; // "rail", "dock" or "": the drawer that is open

/** Have *listener*() called after a drawer was opened or closed, or the screen became a narrow or a wide one. */
export function onDrawer(listener) {
  listeners.add(listener);
}

/** Whether the part of this name is seen. */
export const isShown = (name) => (isNarrow.matches ? open === name : taste[name]);

/** Show or hide the part of this name. */
export function show(name, shown = !isShown(name)) {
  if (shown === isShown(name)) return;
  if (!shown) leave(name);
  if (isNarrow.matches) draw(shown ? name : "");
  else prefer({ [name]: shown });
}

/** Close the drawer that is open; false when none is. */
export function closeDrawer() {
  const isOpen = open !== "";
  if (isOpen) show(open, false);
  return isOpen;
}

function draw(name) {
  open = name;
  document.body.classList.toggle("rail-drawer", name === "rail");
  document.body.classList.toggle("dock-drawer", name === "dock");
  listeners.forEach((listener) => listener());
}

/** Take the focus out of a part that is about to be hidden, to the button that shows it again. */
function leave(name) {
  const hasFocus = document.getElementById(name).contains(document.activeElement);
  if (hasFocus) document.querySelector(`[aria-controls="${name}"]`).focus();
}

isNarrow.addEventListener("change", () => draw(""));
