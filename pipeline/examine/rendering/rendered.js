// What a rendered mail is asked. The mail's own scripts are off; this is called from outside.
//
// A mail may name a form field "parentElement" or an image "getAnimations" and so stand before the real
// property. So whatever lies on elements and documents is taken from its prototype.
(() => {
  const getter = (type, name) => (on) => Reflect.get(type.prototype, name, on);
  const call = (type, name) => (on, ...rest) => Reflect.get(type.prototype, name).apply(on, rest);
  const parentOf = getter(Node, "parentElement"), firstOf = getter(Node, "firstChild");
  const nextOf = getter(Node, "nextSibling"), kindOf = getter(Node, "nodeType"), dataOf = getter(CharacterData, "data");
  const upOf = getter(Node, "parentNode"), slotOf = getter(Element, "assignedSlot"), textOf = getter(Node, "textContent");
  const tagOf = (on) => (on instanceof Element ? Reflect.get(Element.prototype, "localName", on) : "");
  const attribute = call(Element, "getAttribute"), hasAttribute = call(Element, "hasAttribute");
  const boxOf = call(Element, "getBoundingClientRect"), contains = call(Node, "contains");
  const all = (selector) => [...call(Document, "querySelectorAll")(document, selector)];
  const root = getter(Document, "documentElement")(document);

  const name = `newsletter-${Math.random().toString(36).slice(2)}`; // no sheet of the mail can mean it
  const sheet = new CSSStyleSheet();
  const STILL = "*,*::before,*::after{transition:none!important;caret-color:transparent!important}";
  const CLEAR = `:root::highlight(${name}){color:transparent!important;-webkit-text-fill-color:transparent!important;
    -webkit-text-stroke-color:transparent!important;text-decoration-color:transparent!important}`;
  const BARE = `*,*::before,*::after,*::marker{color:transparent!important;-webkit-text-fill-color:transparent!important;
      -webkit-text-stroke-color:transparent!important;text-shadow:none!important;
      text-decoration-color:transparent!important;text-emphasis-color:transparent!important;
      background:none!important;border-color:transparent!important;border-image:none!important;
      outline-color:transparent!important;box-shadow:none!important;filter:none!important;backdrop-filter:none!important;
      opacity:1!important;mix-blend-mode:normal!important;clip-path:none!important;clip:auto!important;
      mask:none!important;-webkit-mask-box-image:none!important;border-radius:0!important;
      column-rule-color:transparent!important}
    img,svg,video,canvas,iframe,object,embed,input,button,select,textarea,meter,progress,hr{
      visibility:hidden!important}
    html{background:#fff!important}`;
  const CLEAR_FIRST = `*::first-letter{color:transparent!important;-webkit-text-fill-color:transparent!important;
    -webkit-text-stroke-color:transparent!important;text-decoration-color:transparent!important}`;
  const BARE_FIRST = `*::first-letter,*::first-line{
      -webkit-text-fill-color:inherit!important;-webkit-text-stroke-color:inherit!important;
      text-shadow:none!important;text-decoration-color:transparent!important;background:none!important;
      border-color:transparent!important;box-shadow:none!important;opacity:1!important}`;
  // Rules for first letters where there are none would make them letters apart, and move the others.
  const apart = all("style").some((one) => /first-l/i.test(textOf(one)));
  const DRESS = { plain: "", clear: CLEAR + (apart ? CLEAR_FIRST : ""), black: BARE + (apart ? BARE_FIRST : "") };
  // In a layer, "important" beats every important rule of a sheet without layers, whatever its selector.
  const layered = (rules) => `@layer ${name}{${STILL}${rules}}`;
  sheet.replaceSync(layered(""));
  Reflect.set(Document.prototype, "adoptedStyleSheets", [sheet], document);

  const restyled = new Map();
  let nodes = [], holders = [], words = null;

  // ----- text -----

  const flows = (element) => tagOf(element) !== "br" && /^(inline|contents|ruby)/.test(getComputedStyle(element).display);

  // All text in reading order: a string per text node, null where a block begins or ends.
  function read(silent) {
    const skipped = new Set(silent), found = [];
    nodes = [];
    const breaks = (node) => kindOf(node) === Node.ELEMENT_NODE && !skipped.has(tagOf(node)) && !flows(node);
    const leave = (node) => { if (breaks(node)) found.push(null); };
    let node = root;
    while (node) {
      if (breaks(node)) found.push(null);
      if (kindOf(node) === Node.TEXT_NODE) { nodes.push(node); found.push(dataOf(node)); }
      if (firstOf(node) && !skipped.has(tagOf(node))) { node = firstOf(node); continue; }
      while (node !== root && !nextOf(node)) { leave(node); node = parentOf(node); }
      leave(node);
      node = node === root ? null : nextOf(node);
    }
    return found;
  }

  // ----- place -----

  function step(element) {
    const id = attribute(element, "id"), classes = (attribute(element, "class") || "").trim();
    return tagOf(element) + (id ? `#${id}` : "") + (classes ? `.${classes.split(/\s+/).join(".")}` : "");
  }

  function chainOf(node) {
    const line = [];
    for (let on = node; on; on = slotOf(on) || parentOf(on) || (upOf(on) && upOf(on).host)) line.push(on);
    return line;
  }

  function pathOf(element) {
    const line = chainOf(element).reverse();
    return (line.length > 4 ? "… > " : "") + line.slice(-4).map(step).join(" > ");
  }

  const at = (element, what) => ({ what, path: pathOf(element) });
  const absent = /url\((?!["']?data:)/i; // what is not in the mail itself does not come
  const remote = (style) => absent.test(style.backgroundImage + style.borderImageSource);
  const opaque = (style) => /^rgb\(/.test(style.backgroundColor) && style.backgroundClip !== "text";
  const number = (value, otherwise) => (Number.isFinite(parseFloat(value)) ? parseFloat(value) : otherwise);

  function turn(style) {
    const parts = (style.transform.match(/^matrix\((.*)\)$/) || ["", ""])[1].split(",").map(Number);
    const [a, b, c, d] = parts.length === 6 ? parts : [1, 0, 0, 1];
    const own = style.scale === "none" ? [1] : style.scale.split(" ").map(Number);
    const turned = Math.abs(b) > 0.01 || Math.abs(c) > 0.01 || a < 0 || d < 0 || own.some((one) => !(one >= 0)) ||
      style.rotate !== "none" || /matrix3d/.test(style.transform) || (style.offsetPath || "none") !== "none";
    return { turned, scale: Math.min(Math.abs(a), Math.abs(d)) * Math.min(...own.map(Math.abs), 1) };
  }

  // What all ancestors together make of the text right inside `holder`.
  function factsOf(holder) {
    const facts = { path: pathOf(holder), opacity: 1, scale: 1, gone: null, shut: null, turned: null,
      cut: null, faded: null, picture: null };
    let covered = false, child = null;
    for (const element of chainOf(holder)) {
      const style = getComputedStyle(element), tag = tagOf(element), { turned, scale } = turn(style);
      facts.opacity *= number(style.opacity, 1);
      facts.scale *= scale;
      if (turned) facts.turned = at(element, `transform: ${style.transform}, rotate: ${style.rotate}`);
      const why = hasAttribute(element, "hidden") ? "hidden" : "display: none";
      if (style.display === "none") facts.gone = at(element, why);
      if (style.contentVisibility === "hidden") facts.gone = at(element, "content-visibility: hidden");
      if (tag === "details" && !hasAttribute(element, "open") && !(child && tagOf(child) === "summary")) {
        facts.shut = at(element, "a closed <details>");
      }
      if (tag === "marquee") facts.shut = at(element, "<marquee>");
      for (const property of ["clipPath", "maskImage", "webkitMaskImage"]) {
        if ((style[property] || "none") !== "none") facts.cut = at(element, `${property}: ${style[property]}`);
      }
      if (style.clip !== "auto" && /absolute|fixed/.test(style.position)) facts.cut = at(element, `clip: ${style.clip}`);
      if (style.filter !== "none") facts.faded = at(element, `filter: ${style.filter}`);
      if (style.mixBlendMode !== "normal") facts.faded = at(element, `mix-blend-mode: ${style.mixBlendMode}`);
      if (!covered) {
        const around = ["", "::before", "::after"].map((pseudo) => getComputedStyle(element, pseudo));
        if (around.some(remote)) facts.picture = at(element, "a remote background image");
        covered = opaque(style);
      }
      child = element;
    }
    const style = getComputedStyle(holder), size = number(style.fontSize, 0);
    const zoom = Reflect.get(Element.prototype, "currentCSSZoom", holder) || 1;
    const inEm = (value, otherwise) => number(value, otherwise * size) / (size || 1);
    return { ...facts, size: size * zoom * facts.scale, visibility: style.visibility, direction: style.direction,
      bidi: style.unicodeBidi, writing: style.writingMode, security: style.webkitTextSecurity || "none",
      colour: style.webkitTextFillColor, line: inEm(style.lineHeight, 1.2), letters: inEm(style.letterSpacing, 0),
      words: inEm(style.wordSpacing, 0) };
  }

  // ----- boxes -----

  function clipOf(holder) {
    let clip = null;
    for (const element of chainOf(holder)) {
      const style = getComputedStyle(element), page = /^(html|body)$/.test(tagOf(element));
      const cuts = (page ? [style.overflowY] : [style.overflowX, style.overflowY])
        .some((flow) => (page ? /hidden|clip/ : /hidden|clip|auto|scroll/).test(flow)) ||
        /paint|content|strict/.test(style.contain);
      if (!cuts || /^(inline|contents|table-(row|column|header|footer).*)$/.test(style.display)) continue;
      const box = boxOf(element);
      const side = (edge) => number(style[`border${edge}Width`], 0);
      const one = { left: box.left + side("Left"), top: box.top + side("Top"), right: box.right - side("Right"),
        bottom: box.bottom - side("Bottom"), path: pathOf(element) };
      clip = clip === null ? one : { left: Math.max(clip.left, one.left), top: Math.max(clip.top, one.top),
        right: Math.min(clip.right, one.right), bottom: Math.min(clip.bottom, one.bottom), path: clip.path };
    }
    return clip;
  }

  function seenShare(box, clip) {
    if (!clip) return 1;
    const width = Math.min(box.right, clip.right) - Math.max(box.left, clip.left);
    const height = Math.min(box.bottom, clip.bottom) - Math.max(box.top, clip.top);
    return Math.max(0, width) * Math.max(0, height) / (box.width * box.height);
  }

  function rangeOf([index, start, end]) {
    const range = new Range();
    range.setStart(nodes[index], start);
    range.setEnd(nodes[index], end);
    return range;
  }

  function boxesOf(piece) {
    return [...rangeOf(piece).getClientRects()].filter((box) => box.width > 0 && box.height > 0);
  }

  // ----- motion and pictures -----

  // Whether the middle of a line of words meets a box; their upper and lower edges may touch what is beside them.
  function meets(words, box) {
    const edge = 0.25 * words.height;
    const beside = words.left >= box.right || box.left >= words.right;
    return !beside && words.top + edge < box.bottom && box.top < words.bottom - edge;
  }

  // Bring every animation to its end; tell of those that leave the words' look to the moment.
  function settle(chains, boxes) {
    const moving = [];
    for (const animation of call(Document, "getAnimations")(document)) {
      const effect = animation.effect, target = effect && effect.target;
      if (!target) continue;
      if (chains.has(target)) moving.push(at(target, "an animation"));
      try { animation.finish(); continue; } catch { animation.pause(); }
      const length = number(effect.getComputedTiming().duration, 0);
      const near = [0, 0.25, 0.5, 0.75].some((share) => {
        try { animation.currentTime = share * length; } catch { return true; }
        return boxes.some((box) => meets(box, boxOf(target)));
      });
      if (near || effect.pseudoElement) moving.push(at(target, "an animation without end"));
    }
    return moving;
  }

  // List the pictures that are not there offline and lie over or under words, with the copies they touch.
  function picturesNear(chains, boxesOfCopies) {
    const found = [], sources = new Set(all("img,video,object,embed,image,iframe,input[type=image i]"));
    const placed = (style) => /absolute|fixed/.test(style.position) && (remote(style) || absent.test(style.content));
    for (const element of all("*")) {
      if (chains.has(element)) continue;
      const generated = ["::before", "::after"].some((pseudo) => placed(getComputedStyle(element, pseudo)));
      if (!generated && !sources.has(element) && !remote(getComputedStyle(element))) continue;
      const box = boxOf(element);
      const near = boxesOfCopies.map((boxes) => generated || boxes.some((one) => meets(one, box)));
      const copies = [...near.keys()].filter((copy) => near[copy]);
      if (copies.length) found.push({ ...at(element, "a picture"), copies });
    }
    return found;
  }

  // ----- what is asked -----

  // The pieces of one text node as one.
  function joined(found, [index, start, end]) {
    const last = found[found.length - 1];
    if (last && last[0] === index && last[2] <= start) last[2] = end;
    else found.push([index, start, end]);
    return found;
  }

  // For each copy, a list of pieces [text node, start, end]: their boxes in px of the document, and facts.
  function measure(copies) {
    const numbers = new Map(), flat = copies.flat();
    holders = [];
    for (const [index] of flat) {
      const holder = parentOf(nodes[index]);
      if (!numbers.has(holder)) { numbers.set(holder, holders.length); holders.push(holder); }
    }
    const chains = new Set(holders.flatMap(chainOf));
    const moving = settle(chains, flat.flatMap(boxesOf));
    const clips = holders.map(clipOf), boxes = copies.map((pieces) => pieces.flatMap(boxesOf));
    words = new Highlight(...flat.reduce(joined, []).map(rangeOf));
    return {
      width: root.scrollWidth, height: root.scrollHeight, view: [innerWidth, innerHeight],
      moving, pictures: picturesNear(chains, boxes), holders: holders.map(factsOf),
      clips: clips.map((clip) => clip && clip.path),
      copies: copies.map((pieces) => pieces.map((piece) => {
        const holder = numbers.get(parentOf(nodes[piece[0]])), inPage = (box) => [box.left + scrollX, box.top + scrollY];
        const told = (box) => [...inPage(box), box.width, box.height, seenShare(box, clips[holder])];
        return { holder, boxes: boxesOf(piece).map(told) };
      })),
    };
  }

  // Scroll there; for each [text node, box in px of the document], name what lies over it, or "".
  function visit(left, top, asked) {
    scrollTo({ left, top, behavior: "instant" });
    const over = asked.map(([index, x, y, width, height]) => {
      const holder = parentOf(nodes[index]);
      for (const share of [0.15, 0.5, 0.85]) {
        const hit = call(Document, "elementFromPoint")(document, x - scrollX + share * width, y - scrollY + height / 2);
        if (!hit) return "nothing at all";
        if (!contains(hit, holder) && !contains(holder, hit)) return pathOf(hit);
      }
      return "";
    });
    return { scroll: [scrollX, scrollY], over };
  }

  const ownStyle = (element) => getter(element instanceof SVGElement ? SVGElement : HTMLElement, "style")(element);

  function keepStyle(element) {
    if (!restyled.has(element)) restyled.set(element, attribute(element, "style"));
    return ownStyle(element);
  }

  function restore() {
    for (const [element, style] of restyled) {
      if (style === null) call(Element, "removeAttribute")(element, "style");
      else call(Element, "setAttribute")(element, "style", style);
    }
    restyled.clear();
  }

  // No sheet is stronger than what a style attribute calls important; so nothing there is, for a moment.
  function blacken() {
    for (const element of all("[style*=important i]")) {
      const style = keepStyle(element);
      for (const property of [...style]) style.setProperty(property, style.getPropertyValue(property), "");
    }
    for (const holder of holders) keepStyle(holder).setProperty("-webkit-text-fill-color", "#000", "important");
  }

  // Paint the words as they are ("plain"), not at all ("clear"), or black on white and nothing else ("black").
  function dress(how) {
    restore();
    // Only the clear state has a highlight: even without a style it would move glyphs by parts of a pixel.
    if (how === "clear") CSS.highlights.set(name, words);
    else CSS.highlights.delete(name);
    if (how === "black") blacken();
    sheet.replaceSync(layered(DRESS[how]));
  }

  // Show an opaque picture wherever the mail has one: what it would push away or cover is then seen.
  async function showPictures(picture) {
    const images = all("img");
    for (const source of all("picture source")) call(Element, "remove")(source);
    for (const image of images) {
      call(Element, "removeAttribute")(image, "srcset");
      call(Element, "setAttribute")(image, "src", picture);
    }
    await Promise.all(images.map((image) => call(HTMLImageElement, "decode")(image).catch(() => null)));
  }

  return { read, measure, visit, dress, showPictures };
})()
