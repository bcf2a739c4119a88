/**
 * Building nodes: what a page shows of an issue is data, so it is set as text and never parsed as HTML.
 */

/**
 * Build one element.
 *
 * @param {string} tag its name
 * @param {Object<string, unknown>} [given] attributes; functions are listeners, `class` and `data` are what
 *   they say, true gives an empty attribute, and false, null or undefined none
 * @param {...(Node|string|number|null|undefined|false)} children what is inside
 * @returns {HTMLElement}
 */
export function node(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) give(made, name, value);
  made.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return made;
}

function give(made, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") made.addEventListener(name, value);
  else if (name === "data") Object.assign(made.dataset, value);
  else made.setAttribute(name, value === true ? "" : String(value));
}

const SHAPES = {
  rail: "M3 4h14v12H3zM8 4v12",
  dock: "M3 4h14v12H3zM12.5 4v12",
  below: "M3 4h14v12H3zM3 11.5h14",
  phone: "M6.5 2.5h7v15h-7zM9 15h2",
  tablet: "M4.5 3h11v14h-11zM9 14.5h2",
  desktop: "M2.5 4h15v9.5h-15zM7 16.5h6M10 13.5v3",
  fit: "M2.5 5v10M17.5 5v10M5.5 10h9M7.5 8l-2 2 2 2M12.5 8l2 2-2 2",
  sun: "M10 6.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8zM10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.3 4.3l1.2 1.2M14.5 14.5l1.2 1.2M4.3 15.7l1.2-1.2M14.5 5.5l1.2-1.2",
  moon: "M15.8 12.2A6.6 6.6 0 0 1 7.8 4.2a6.6 6.6 0 1 0 8 8z",
  forced: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 3v14M10 5.5h4.5M10 8.5h6.6M10 11.5h6.6M10 14.5h4.5",
  image: "M3 4h14v12H3zM3 13.5l4-4 3.5 3.5 2-2 4.5 4.5M12.8 7.2a.9.9 0 1 0 .1 0z",
  marks: "M4 4h3M4 4v3M16 4h-3M16 4v3M4 16h3M4 16v-3M16 16h-3M16 16v-3M8 10h4",
  copy: "M7 7h9.5v9.5H7zM4 13H3.5V3.5H13V4",
  editor: "M4 16l.8-3.4L13.6 3.8l2.6 2.6-8.8 8.8zM11.8 5.6l2.6 2.6",
  go: "M4 10h11M10.5 5.5L15 10l-4.5 4.5",
  open: "M8 4H4v12h12v-4M11 4h5v5M16 4l-7 7",
  close: "M5 5l10 10M15 5L5 15",
  chevron: "M6 8l4 4 4-4",
  again: "M15.5 8A6 6 0 1 0 16 11M16 4v4h-4",
  stop: "M7 2.5h6L17.5 7v6L13 17.5H7L2.5 13V7zM10 6v5M10 13.4v.2",
  warning: "M10 3l7.5 13.5h-15zM10 8v4M10 14v.2",
  note: "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM10 9v4.5M10 6.4v.2",
  good: "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM6.6 10.2l2.4 2.3 4.4-4.8",
  wait: "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM10 6v4.2l2.8 1.8",
  unrun: "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM6.5 10h7",
  help: "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM8 8a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6.9v.5M10 13.4v.2",
};

/** Draw one of the line icons; it is decoration, words say the same beside it or as the button's name. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }))
    svg.setAttribute(key, value);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** What a sentence says, its commands between backticks as code. */
export function sentence(text) {
  return text.split(/`([^`]+)`/).map((piece, n) => (n % 2 ? node("code", {}, piece) : piece));
}

/** A button with an icon; `label` is its name for those who hear it, and the tip of those who point at it. */
export function iconButton(name, label, press, given = {}) {
  return node("button", { type: "button", class: "icon-button", "aria-label": label, title: label, click: press, ...given }, icon(name));
}
