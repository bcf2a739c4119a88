/**
 * The helper inside the frame: it tells the page what was clicked and where the reader is, marks what the page
 * points at, and takes over a new build without a navigation. It is the only script that may run here, and
 * it changes nothing of the mail: its marks lie in a layer of their own.
 *
 * Elements are numbered in document order from 0, as the checks number them.
 */
(() => {
  const own = document.currentScript;
  const BLOCKS = "p, h1, h2, h3, h4, h5, h6, li, td, th, pre, blockquote, img, dt, dd";
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let elements = [];
  let numbers = new Map();
  let layer = null;
  let outlined = [];
  let waiting = 0;
  let followed = -1; // where the frame beside this one took it

  const say = (kind, more) => parent.postMessage({ newsletter: "frame", kind, ...more }, "*");
  const words = (element) => (element.alt ?? element.textContent).replace(/\s+/g, " ").trim().slice(0, 90);

  function count() {
    elements = [...document.querySelectorAll("*")].filter((element) => element !== own && element !== layer);
    numbers = new Map(elements.map((element, number) => [element, number]));
  }

  // ----- where the reader is: a block by its words, since lines above it may come and go -----

  function anchor() {
    const blocks = [...document.querySelectorAll(BLOCKS)];
    const top = blocks.find((block) => {
      const box = block.getBoundingClientRect();
      return box.height && box.bottom > 4 && words(block) && !block.querySelector(BLOCKS);
    });
    if (!top || !scrollY) return { y: scrollY, x: scrollX };
    const text = words(top);
    const twins = blocks.filter((block) => block.tagName === top.tagName && words(block) === text);
    return { y: scrollY, x: scrollX, tag: top.tagName, text, nth: twins.indexOf(top), top: top.getBoundingClientRect().top };
  }

  function restore(at) {
    if (!at) return;
    const twins = at.text ? [...document.querySelectorAll(at.tag)].filter((block) => words(block) === at.text) : [];
    const block = twins[Math.min(at.nth, twins.length - 1)];
    scrollTo(at.x, block ? scrollY + block.getBoundingClientRect().top - at.top : at.y);
  }

  /** Go where the reader of the frame beside this one is. */
  function follow({ anchor: at }) {
    restore(at);
    followed = scrollY;
  }

  // ----- marks -----

  function place(mark, box) {
    Object.assign(mark.style, { left: `${box.left + scrollX - 4}px`, top: `${box.top + scrollY - 4}px` });
    Object.assign(mark.style, { width: `${box.width + 8}px`, height: `${box.height + 8}px` });
  }

  function mark(element, colour, filled) {
    const box = element.getBoundingClientRect();
    if (!box.width && !box.height) return null;
    if (!layer?.isConnected) {
      layer = document.createElement("newsletter-marks");
      Object.assign(layer.style, { position: "absolute", left: 0, top: 0, width: 0, height: 0, zIndex: 2147483647, pointerEvents: "none" });
      layer.attachShadow({ mode: "closed" }).append((layer.sheet = document.createElement("div")));
      document.documentElement.append(layer);
    }
    const made = document.createElement("div");
    Object.assign(made.style, { position: "absolute", boxSizing: "border-box", borderRadius: "6px", pointerEvents: "none" });
    made.style.border = `2px solid ${colour}`;
    if (filled) made.style.boxShadow = `0 0 0 4px color-mix(in srgb, ${colour} 26%, transparent)`;
    place(made, box);
    layer.sheet.append(made);
    return made;
  }

  function highlight({ element, calm }) {
    let found = elements[element];
    while (found && !found.getBoundingClientRect().height) found = found.parentElement; // such as a title in the head
    if (!found) return;
    const box = found.getBoundingClientRect();
    if (box.top < 24 || box.bottom > innerHeight - 24)
      scrollTo({ top: scrollY + box.top - Math.max(24, (innerHeight - box.height) / 3), behavior: still.matches ? "auto" : "smooth" });
    if (calm) return;
    const ring = mark(found, "#b3541e", true);
    if (!still.matches) ring?.animate([{ opacity: 0 }, { opacity: 1 }, { opacity: 0.35 }, { opacity: 1 }, { opacity: 1 }, { opacity: 0 }], 2200);
    setTimeout(() => ring?.remove(), 2150);
  }

  function outline({ elements: wanted }) {
    outlined.forEach(({ made }) => made.remove());
    outlined = wanted
      .map(({ element, colour }) => ({ element: elements[element], colour }))
      .filter(({ element }) => element && document.body?.contains(element) && element !== document.body)
      .map(({ element, colour }) => ({ element, made: mark(element, colour, false) }))
      .filter(({ made }) => made);
  }

  // ----- a new build, in place: the same bytes, parsed without running anything -----

  function take({ html, build }) {
    const at = anchor();
    const parsed = new DOMParser().parseFromString(html, "text/html");
    parsed.querySelectorAll("script[data-newsletter=frame]").forEach((script) => script.remove());
    keepPictures(parsed);
    outlined = [];
    document.documentElement.replaceWith(document.adoptNode(parsed.documentElement));
    count();
    restore(at);
    tellShown(build);
  }

  /** Put pictures that are on the screen already in place of the same ones: they need no second decoding. */
  function keepPictures(parsed) {
    const old = new Map([...document.images].map((image) => [image.getAttribute("src"), image]));
    for (const image of parsed.images) {
      const twin = old.get(image.getAttribute("src"));
      if (!twin) continue;
      old.delete(image.getAttribute("src"));
      for (const name of twin.getAttributeNames()) if (!image.hasAttribute(name)) twin.removeAttribute(name);
      for (const { name, value } of [...image.attributes]) if (twin.getAttribute(name) !== value) twin.setAttribute(name, value);
      image.replaceWith(twin);
    }
  }

  /** Tell that the pixels are there: after the next frame was made. */
  function tellShown(build) {
    say("placed", { build, height: document.documentElement.scrollHeight });
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => say("shown", { build });
      port2.postMessage(0);
    });
  }

  // ----- what the reader does -----

  function clicked(event) {
    event.preventDefault();
    const target = event.target instanceof Element ? event.target : document.body;
    const path = [];
    for (let at = target; at; at = at.parentElement) if (numbers.has(at)) path.push(numbers.get(at));
    const image = target.closest("img");
    const box = target.getBoundingClientRect();
    say("click", {
      path, tag: target.tagName.toLowerCase(),
      href: target.closest("a[href]")?.getAttribute("href") ?? "",
      image: image && { alt: image.alt, hasAlt: image.hasAttribute("alt"), width: image.naturalWidth, height: image.naturalHeight, shown: image.width, bytes: bytesOf(image.src) },
      at: { x: event.clientX, y: event.clientY, top: box.top, bottom: box.bottom },
    });
  }

  function bytesOf(address) {
    const data = /^data:[^,]*;base64,/.exec(address.slice(0, 100));
    return data ? Math.floor(((address.length - data[0].length) * 3) / 4) : 0;
  }

  function pressed(event) {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const isPalette = (ctrlKey || metaKey) && key.toLowerCase() === "k";
    if (isPalette || key === "/") event.preventDefault();
    say("key", { key, ctrlKey, metaKey, altKey, shiftKey });
  }

  function heed(event) {
    if (event.source !== parent || event.data?.newsletter !== "page") return;
    ({ highlight, outline, take, follow, anchor: () => say("anchor", { anchor: anchor() }) })[event.data.kind]?.(event.data);
  }

  function rest() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const follows = scrollY === followed;
      if (!follows) followed = -1;
      say("anchor", { anchor: anchor(), follows });
    }, 60);
  }

  count();
  addEventListener("message", heed);
  addEventListener("click", clicked, true);
  addEventListener("auxclick", clicked, true);
  addEventListener("submit", (event) => event.preventDefault(), true);
  addEventListener("keydown", pressed, true);
  addEventListener("scroll", rest, { passive: true });
  addEventListener("resize", () => outlined.forEach(({ element, made }) => place(made, element.getBoundingClientRect())));

  let at = null;
  try {
    at = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  } catch {} // opened without one
  restore(at);
  addEventListener("load", () => { restore(scrollY ? anchor() : at); tellShown(0); });
  say("ready", { height: document.documentElement.scrollHeight });
})();
