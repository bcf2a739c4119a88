/**
 * What is looked at, kept in the address, so that it can be shared and gone back to; and taste, kept by the
 * browser under one key for each newsletter, because many tools share this machine's address.
 */

const DEFAULTS = {
  issue: "", view: "email", width: "fit", look: "light", images: "on", persona: "reader",
  compare: "", against: "commit", part: "markdown", problem: "", line: 0,
};
const TASTE = { rail: true, dock: true, side: "right", dockWidth: 372, dockHeight: 280, marks: false, letters: true };
const listeners = new Set();
let tasteKey = "";

/** What is looked at now; change it by `look`. */
export const looking = { ...DEFAULTS };
/** How this person likes the page; change it by `prefer`. */
export const taste = { ...TASTE };

/** Have *listener*(changed names, true when it is taste) called after each change. */
export function onChange(listener) {
  listeners.add(listener);
}

/**
 * Look at something else.
 *
 * @param {Partial<typeof DEFAULTS>} change
 * @param {{step?: boolean}} [how] step: a new entry in the browser's history, which "back" returns from
 */
export function look(change, { step = false } = {}) {
  const names = Object.keys(change).filter((name) => looking[name] !== change[name]);
  if (!names.length) return;
  Object.assign(looking, change);
  history[step ? "pushState" : "replaceState"](null, "", address());
  tell(names, false);
}

/** Prefer something else, from now on. */
export function prefer(change) {
  Object.assign(taste, change);
  try {
    if (tasteKey) localStorage.setItem(tasteKey, JSON.stringify(taste));
  } catch {} // private windows may refuse; then it holds for this page only
  tell(Object.keys(change), true);
}

/** Read the taste of the newsletter with this id. */
export function recallTaste(id) {
  const key = `newsletter-preview:${id}`;
  if (key === tasteKey) return;
  tasteKey = key;
  try {
    const kept = JSON.parse(localStorage.getItem(tasteKey) ?? "{}");
    for (const name of Object.keys(TASTE)) if (typeof kept[name] === typeof TASTE[name]) taste[name] = kept[name];
  } catch {} // whatever else stands there is not ours
  tell(Object.keys(TASTE), true);
}

/** The address that shows what is looked at, with some of it changed. */
export function address(change = {}) {
  const wanted = { ...looking, ...change };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted))
    if (name !== "line" && value !== DEFAULTS[name]) query.set(name, value);
  const text = query.toString();
  return `/${text ? `?${text}` : ""}${wanted.line ? `#L${wanted.line}` : ""}`;
}

function recall() {
  const query = new URLSearchParams(location.search);
  const read = {};
  for (const name of Object.keys(DEFAULTS)) read[name] = query.get(name) ?? DEFAULTS[name];
  read.line = Number(/^#L(\d+)$/.exec(location.hash)?.[1] ?? 0);
  const names = Object.keys(read).filter((name) => looking[name] !== read[name]);
  Object.assign(looking, read);
  return names;
}

function tell(names, isTaste) {
  for (const listener of listeners) listener(new Set(names), isTaste);
}

recall();
addEventListener("popstate", () => tell(recall(), false));
