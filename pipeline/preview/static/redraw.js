/**
 * Drawing something anew under the hands of the person: the focus stays where it is, and so does the scrolled place.
 */

const FOCUSABLE = "a[href], button, summary, [tabindex]";

/**
 * Put other nodes into a box. What looks as it did is left alone.
 *
 * The focus goes on to the node with the same `data-key`, or inside of it to what is as far from its beginning;
 * where there is none any more, to the box, so that the next Tab goes on from there.
 *
 * @param {HTMLElement} box
 * @param {(Node|string)[]} nodes
 */
export function redraw(box, nodes) {
  const drawn = document.createDocumentFragment();
  drawn.append(...nodes.filter(Boolean));
  if (isSame(box, drawn)) return;
  const { scrollTop } = box;
  const spot = spotIn(box);
  box.replaceChildren(drawn);
  box.scrollTop = scrollTop;
  if (spot) focus(box, spot);
}

function isSame(box, drawn) {
  const [old, fresh] = [box.childNodes, drawn.childNodes];
  return old.length === fresh.length && [...old].every((child, n) => child.isEqualNode(fresh[n]));
}

/** Where the focus is: in the node with which key, as which of all inside of it; null when it is not in the box. */
function spotIn(box) {
  const focused = document.activeElement;
  if (focused === box || !box.contains(focused)) return null;
  const holder = focused.closest("[data-key]");
  return holder && box.contains(holder) ? { key: holder.dataset.key, nth: inside(holder).indexOf(focused) } : { key: "", nth: 0 };
}

function focus(box, { key, nth }) {
  const holder = [...box.querySelectorAll("[data-key]")].find((made) => made.dataset.key === key);
  const next = holder && (inside(holder)[nth] ?? inside(holder).find((made) => made.matches(FOCUSABLE)));
  if (!next && !box.hasAttribute("tabindex")) box.tabIndex = -1;
  (next ?? box).focus({ preventScroll: true });
}

/** A node, and what can have the focus inside of it. */
const inside = (holder) => [holder, ...holder.querySelectorAll(FOCUSABLE)];
