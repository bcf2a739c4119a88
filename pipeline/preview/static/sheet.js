/**
 * The issue on the desk: what the server last told of it. Everything shown is drawn from here.
 *
 * Nothing is cleared before its replacement has come: a new build's pixels come first, then its texts, then
 * what the checks say; until they do, the old ones stay, and say that they are old.
 */

import { askChecks, askIssue, askIssues, follow } from "./api.js";
import { compared } from "./findings.js";
import { refused } from "./speak.js";
import { looking } from "./state.js";

const GLANCE_MS = 3000; // between two questions of a page that nobody sees

/** What is known now; other modules only read it. */
export const sheet = {
  issues: [], newsletter: { id: "", name: "" }, editor: false,
  build: 0, // of the newest pixels that can be had
  issue: null, // the answer of /api/issues/ID
  checks: null, // the answer of /api/issues/ID/checks
  checkedAt: 0, // when that came, by performance.now()
  fresh: new Set(), // keys of findings that the save before did not have
  connection: "rebuilding", // connected, rebuilding or disconnected
  failure: null, // why the server did not tell of it: {message, hint}
};
const listeners = new Set();
let stop = () => {};
let asked = 0; // counts the questions, so that an answer that comes late is left alone
let askedChecks = 0; // as above
let isToTell = false; // whether what the checks say is to be told, be it what they said before

/** Have *listener*(what, detail) called after news: issues, opened, built, issue, checks, page, connection. */
export function onNews(listener) {
  listeners.add(listener);
}

/** Read the list of issues. */
export async function readIssues() {
  let failure = null;
  try {
    Object.assign(sheet, await askIssues());
  } catch (refusal) {
    failure = reason(refusal);
  }
  if (!looking.issue) sheet.failure = failure; // there is nothing else to show
  else if (failure) refused(failure);
  tell(failure ? "issue" : "issues");
}

/** Put another issue on the desk, and follow it; without an id, follow the list of issues. */
export function open(id) {
  let isBehind = false; // whether something may have happened that nobody told of
  stop();
  asked += 1;
  Object.assign(sheet, { build: 0, issue: null, checks: null, fresh: new Set(), failure: null });
  connection("rebuilding");
  tell("opened");
  const end = follow(id, heed, (connected) => {
    connection(connected ? "connected" : "disconnected");
    if (connected && isBehind) readIssues();
    isBehind = true;
    if (!connected && id && !sheet.issue) readIssue(); // which tells what is wrong
  });
  const glances = setInterval(() => id && document.hidden && glance(), GLANCE_MS);
  stop = () => {
    clearInterval(glances);
    end();
  };
}

/** Nobody sees the page, which follows nothing then; but its title is seen, and counts what stops the issue. */
function glance() {
  readIssue();
  readChecks();
}

/** Why there is nothing that the checks could look at, for people; "" while there is something, or may be soon. */
export function unfit() {
  if (!looking.issue) return sheet.newsletter.id ? "there is no issue yet" : "";
  if (sheet.issue?.trouble) return "the file cannot be rendered as it is now";
  return sheet.failure && !sheet.issue ? "the preview cannot show it" : "";
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
    Object.assign(sheet, { issue, failure: null });
    if (!sheet.build) sheet.build = issue.build;
  } catch (refusal) {
    if (turn !== asked) return;
    sheet.failure = reason(refusal);
  }
  tell("issue");
  connection(sheet.connection === "disconnected" ? "disconnected" : "connected");
}

/** Read what the checks say; where they did not just run, readiness alone may be another one. */
async function readChecks({ ran = false } = {}) {
  isToTell ||= ran;
  const turn = ++askedChecks;
  const issue = looking.issue;
  const checks = await askChecks(issue).catch(() => null);
  if (turn !== askedChecks || issue !== looking.issue || !checks) return;
  const { checks: before, checkedAt } = sheet;
  const change = compared(before, checks);
  const isNew = isToTell || before?.build !== checks.build || before.looked !== checks.looked;
  isToTell = false;
  if (before && before.build !== checks.build) sheet.fresh = change.fresh;
  Object.assign(sheet, { checks, checkedAt: isNew ? performance.now() : checkedAt });
  tell("checks", { ...change, before, isNew });
}

function heed(kind, event) {
  if (kind === "issues") listed();
  else if (kind === "checked" || kind === "looked") readChecks({ ran: true }).then(readIssues);
  else if (kind === "trouble") readIssue();
  else if (kind === "page") tell("page"); // templates were saved: the archive's page may be another one
  else if (kind === "hello") greet(event.build);
  else take(event.build);
}

/** The list may be another one; and so may what is on record, which readiness hangs on. */
function listed() {
  readIssues();
  if (sheet.checks && !checksAreOld()) readChecks(); // else they are read anyway, as soon as they ran
}

function greet(build) {
  if (!looking.issue) return;
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

const reason = ({ message, hint }) => ({ message, hint });

function connection(word) {
  if (sheet.connection === word) return;
  sheet.connection = word;
  tell("connection");
}

function tell(what, detail) {
  for (const listener of listeners) listener(what, detail);
}
