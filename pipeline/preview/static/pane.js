/**
 * A pane: one sandboxed frame with the finished document, exchanged without a flash.
 *
 * A new build of the same document is handed to the helper in the frame, which puts it in place between two
 * frames of the screen: no navigation, no new process, the place kept. Another document (forced dark,
 * without images, another reader) is loaded in a second frame beneath the first, which stays until it is in place.
 */

import { frameAddress } from "./api.js";
import { node } from "./node.js";

const SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox";
const WORDS = { light: "light", dark: "the author's dark", forced: "forced dark" };
const PATIENCE_MS = 1500; // a frame whose helper does not answer is shown all the same
const panes = new Set();

/** A frame, and the one that is to follow it. */
export class Pane {
  /** @param {(kind: string, message: object, pane: Pane) => void} heed called with what its helper says */
  constructor(heed) {
    this.heed = heed;
    this.note = node("p", { class: "sheet-note", hidden: true });
    this.sheet = node("div", { class: "sheet" }, this.note);
    this.frame = null; // what is seen
    this.coming = null; // what is loading
    this.wanted = null;
    this.hasHelper = false; // in the frame that is seen
    this.anchor = null;
    this.turn = 0;
    panes.add(this);
  }

  /** Forget this pane. */
  end() {
    panes.delete(this);
    this.sheet.remove();
  }

  /**
   * Show a document.
   *
   * @param {{issue: string, build: number, look: string, images: string, persona: string, against: string, title: string, isPage?: boolean}} wanted
   *   isPage: the issue's page in the archive, in place of its mail; `build` is then the page's number
   */
  show(wanted) {
    const before = this.wanted;
    this.wanted = wanted;
    const document = (of) => of && [of.issue, of.look === "forced", of.images, of.persona, of.against].join("|");
    const isSame = document(before) === document(wanted);
    if (isSame && this.frame) this.dress(this.frame);
    if (isSame && before.build === wanted.build) return;
    if (before?.issue !== wanted.issue) this.anchor = null;
    if (isSame && this.hasHelper && !this.coming) this.refill();
    else this.load();
  }

  /** Tell the helper something. */
  tell(kind, more = {}) {
    this.frame?.contentWindow?.postMessage({ newsletter: "page", kind, ...more }, "*");
  }

  dress(frame) {
    const { look, title } = this.wanted;
    frame.style.colorScheme = look === "dark" ? "dark" : "light";
    frame.title = `${title}, ${WORDS[look]}`;
    this.sheet.dataset.look = look;
  }

  async refill() {
    const turn = ++this.turn;
    const { issue, build } = this.wanted;
    const answer = await fetch(frameAddress(issue, this.wanted)).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (turn !== this.turn || !html) return;
    this.tell("take", { html, build });
    this.sheet.dataset.build = build;
  }

  async load() {
    const turn = ++this.turn;
    if (this.wanted.against) {
      const isMissing = await this.isMissing();
      if (isMissing || turn !== this.turn) return;
    }
    this.note.hidden = true;
    this.coming?.remove();
    const frame = node("iframe", { sandbox: SANDBOX, referrerpolicy: "no-referrer", class: "coming" });
    this.coming = frame;
    const { issue, build } = (frame.wanted = this.wanted);
    this.dress(frame);
    const at = this.anchor ? `#${encodeURIComponent(JSON.stringify(this.anchor))}` : "";
    frame.src = frameAddress(issue, this.wanted) + at;
    this.sheet.prepend(frame);
    frame.patience = setTimeout(() => this.exchange(frame, build), PATIENCE_MS);
  }

  /** Say why there is nothing to compare with, where there is not. */
  async isMissing() {
    const answer = await fetch(frameAddress(this.wanted.issue, this.wanted)).catch(() => null);
    if (answer?.ok) return false;
    this.note.textContent = (await answer?.text()) || "There is nothing to compare with yet.";
    this.note.hidden = false;
    return true;
  }

  exchange(frame, build) {
    if (frame !== this.coming) return;
    clearTimeout(frame.patience);
    const old = this.frame;
    this.frame = frame;
    this.hasHelper = Boolean(frame.isReady);
    this.coming = null;
    frame.classList.remove("coming");
    old?.remove();
    this.sheet.dataset.build = build;
    this.heed("ready", {}, this);
    requestAnimationFrame(() => setTimeout(() => this.heed("shown", { build }, this)));
    if (this.wanted.build !== frame.wanted.build) this[this.hasHelper ? "refill" : "load"]();
  }

  hear(source, message) {
    if (source === this.coming?.contentWindow && message.kind === "ready") this.coming.isReady = true;
    if (source === this.coming?.contentWindow && message.kind === "shown") this.exchange(this.coming, this.coming.wanted.build);
    if (source !== this.frame?.contentWindow) return;
    if (message.kind === "anchor") this.anchor = message.anchor;
    if (message.kind === "anchor" && message.follows) return; // two frames would chase each other
    if (message.kind !== "shown" || message.build) this.heed(message.kind, message, this);
  }
}

const KINDS = { ready: [], placed: ["build"], shown: ["build"], anchor: ["anchor"], click: ["path", "at", "tag", "href"], key: ["key"] };

addEventListener("message", ({ source, data }) => {
  if (data?.newsletter !== "frame" || !Object.hasOwn(KINDS, data.kind)) return;
  if (KINDS[data.kind].some((name) => data[name] === undefined || data[name] === null)) return;
  for (const pane of panes) pane.hear(source, data);
});
