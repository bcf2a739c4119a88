/**
 * The issue on the desk: what the server last told of it. Everything shown is drawn from here.
 *
 * Nothing is cleared before its replacement has come: a new build's pixels come first, then its texts, then
 * what the checks say; until they do, the old ones stay, and say that they are old.
 */

import { askChecks, askIssue, askIssues, follow } from "./api.js";
import { looking } from "./state.js";
import { compared } from "./findings.js";

/** What is known now; other modules only read it. */
export const sheet = {
  issues: [], newsletter: { id: "", name: "" }, editor: false,
  build: 0, // of the newest pixels that can be had
  issue: null, // the answer of /api/issues/ID
  checks: null, // the answer of /api/issues/ID/checks
  checkedAt: 0, // when that came, by performance.now()
  fresh: new Set(), // keys of findings that the save before did not have
  connection: "rebuilding", // connected, rebuilding or disconnected
  failure: "", // why there is nothing to show at all
};
const listeners = new Set();
let stop = () => {};
let asked = 0; // counts the questions, so that an answer that comes late is left alone

/** Have *listener*(what, detail) called after news: issues, opened, built, issue, checks, page, connection. */
export function onNews(listener) {
  listeners.add(listener);
}

/** Read the list of issues. */
export async function readIssues() {
  Object.assign(sheet, await askIssues());
  tell("issues");
}

/** Put another issue on the desk, and follow it. */
export function open(id) {
  stop();
  asked += 1;
  Object.assign(sheet, { build: 0, issue: null, checks: null, fresh: new Set(), failure: "" });
  connection("rebuilding");
  tell("opened");
  stop = follow(id, heed, (connected) => {
    connection(connected ? "connected" : "disconnected");
    if (!connected && !sheet.issue) readIssue(); // which tells what is wrong
  });
}

/** Whether what the checks said is of an older build than the one that is shown. */
export const checksAreOld = () => !sheet.checks || sheet.checks.build !== sheet.build;

/** The element that stands for a line, or for the nearest one before it; -1 when there is none. */
export function elementOf(line, file = sheet.issue?.file) {
  let best = -1;
  let nearest = 0;
  (sheet.checks?.places ?? []).forEach((place, element) => {
    if (place && place[0] === file && place[1] <= line && place[1] > nearest) [best, nearest] = [element, place[1]];
  });
  return best;
}

/** The element of the mail that a finding is about; -1 when it is about none. */
export function elementFor({ element, file, line }) {
  if (element >= 0) return element;
  return line && file === sheet.issue?.file ? elementOf(line) : -1;
}

/** Ask for what belongs to the pixels: called when they are shown, so that it does not delay them. */
export async function readIssue() {
  const turn = ++asked;
  try {
    const issue = await askIssue(looking.issue, looking.persona);
    if (turn !== asked) return;
    sheet.issue = issue;
    if (!sheet.build) sheet.build = issue.build;
  } catch (refusal) {
    if (turn !== asked) return;
    sheet.failure = refusal.message;
  }
  tell("issue");
  connection(sheet.connection === "disconnected" ? "disconnected" : "connected");
}

async function readChecks() {
  const issue = looking.issue;
  const checks = await askChecks(issue).catch(() => null);
  if (issue !== looking.issue || !checks) return;
  const change = compared(sheet.checks, checks);
  if (sheet.checks && sheet.checks.build !== checks.build) sheet.fresh = change.fresh;
  const first = !sheet.checks;
  Object.assign(sheet, { checks, checkedAt: performance.now() });
  tell("checks", { ...change, first });
}

function heed(kind, event) {
  if (kind === "issues") readIssues().catch(() => {});
  else if (kind === "checked" || kind === "looked") readChecks().then(readIssues, () => {});
  else if (kind === "trouble") readIssue();
  else if (kind === "page") tell("page"); // templates were saved: the archive's page may be another one
  else if (kind === "hello") greet(event.build);
  else take(event.build);
}

function greet(build) {
  const isNew = build && build !== sheet.build;
  if (isNew) take(build);
  if (!isNew || !sheet.issue) readIssue();
  readChecks();
}

function take(build) {
  sheet.build = build;
  connection("rebuilding");
  tell("built");
  if (looking.view !== "email") readIssue(); // else the frame asks for it, once it is shown
}

function connection(word) {
  if (sheet.connection === word) return;
  sheet.connection = word;
  tell("connection");
}

function tell(what, detail) {
  for (const listener of listeners) listener(what, detail);
}
