/**
 * What was clicked in the email: which line it comes from, where a link leads, what an image is.
 */

import { openInEditor } from "./api.js";
import { icon, node } from "./node.js";
import { sheet } from "./sheet.js";
import { refused } from "./speak.js";
import { look } from "./state.js";

const NAMES = {
  a: "link", p: "paragraph", li: "list item", img: "image", td: "cell", th: "heading cell", h1: "heading", h2: "heading",
  h3: "heading", h4: "heading", ul: "list", ol: "list", strong: "strong words", em: "stressed words", span: "words",
  pre: "code", code: "code", table: "table", body: "page", html: "page", div: "block", blockquote: "quotation",
};
const box = node("div", { class: "inspector", role: "dialog", "aria-label": "What was clicked", hidden: true });

/** Show it beside the place that was clicked; a *path* of null says that no line of it can be known. */
export function inspect({ path, tag, href, image, at }, frame) {
  const places = sheet.checks?.places ?? [];
  const place = path?.map((number) => places[number]).find(Boolean);
  const [file, line] = place ?? [];
  const isOwn = file === sheet.issue?.file;
  box.replaceChildren(
    node("p", { class: "crumb" }, node("b", {}, NAMES[tag] ?? tag), place ? node("code", {}, `${file}:${line}`) : path && node("span", {}, sheet.checks ? "comes from no line of its own" : "its line is known once the checks ran")),
    href ? node("p", { class: "inspector-fact" }, icon("open"), node("span", {}, href)) : "",
    image ? node("p", { class: "inspector-fact" }, icon("image"), node("span", {}, facts(image))) : "",
    node("div", { class: "inspector-actions" },
      place && isOwn ? node("button", { type: "button", class: "button", click: () => (hideInspector(), look({ view: "source", part: "markdown", line }, { step: true })) }, "Source") : "",
      place && sheet.editor ? node("button", { type: "button", class: "button", click: () => openInEditor(file, line).catch(refused) }, "Open in editor") : "",
      /^(https?:|mailto:|tel:)/i.test(href) ? node("a", { class: "button", href, target: "_blank", rel: "noopener noreferrer" }, "Open link") : "",
      node("button", { type: "button", class: "icon-button", "aria-label": "Close", click: hideInspector }, icon("close"))));
  box.hidden = false;
  if (!box.isConnected) document.body.append(box);
  const from = frame.getBoundingClientRect();
  const x = Math.min(Math.max(8, from.left + at.x - 24), innerWidth - box.offsetWidth - 8);
  const below = from.top + at.y + 14;
  Object.assign(box.style, { left: `${x}px`, top: `${below + box.offsetHeight > innerHeight - 8 ? Math.max(8, from.top + at.y - box.offsetHeight - 14) : below}px` });
}

/** Take it away. */
export function hideInspector() {
  box.hidden = true;
}

/** Whether it is shown. */
export const isInspecting = () => !box.hidden;

function facts({ alt, hasAlt, width, height, shown, bytes }) {
  const said = alt ? `alt “${alt}”` : hasAlt ? "empty alt: decoration" : "no alt";
  return [width ? `${width} × ${height} px, shown ${shown} wide` : "not loaded", bytes ? `${Math.ceil(bytes / 1024)} KiB` : "", said].filter(Boolean).join(" · ");
}

addEventListener("pointerdown", (event) => box.contains(event.target) || hideInspector(), true);
