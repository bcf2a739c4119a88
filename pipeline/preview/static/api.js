/**
 * Talking to the preview's server: JSON there and back, and the stream of what happens.
 */

/** An answer that says no; `message` and `hint` are for people. */
export class Refusal extends Error {
  constructor(message, hint = "") {
    super(message);
    this.hint = hint;
  }
}

const path = (issue, rest = "") => `/api/issues/${encodeURIComponent(issue)}${rest}`;

/** The list of issues, the newsletter's name and id, and whether there is an editor. */
export const askIssues = () => ask("/api/issues");
/** The last good build of an issue, as the reader of this name gets it. */
export const askIssue = (issue, persona) => ask(path(issue, `?${new URLSearchParams({ persona })}`));
/** What the checks say of it, or null while they run. */
export const askChecks = async (issue) => {
  const answer = await ask(path(issue, "/checks"));
  return "build" in answer ? answer : null;
};
/** How it differs, word by word, as the reader of this name gets it. */
export const askDifference = (issue, against, persona) =>
  ask(path(issue, `/difference?${new URLSearchParams({ against, persona })}`));
/** Where its page in the archive stands. */
export const askPage = (issue) => ask(path(issue, "/page"));
/** Run the slow checks again. */
export const lookAgain = (issue) => post(path(issue, "/look"));
/** Open a line in the editor that the settings name. */
export const openInEditor = (file, line) => post("/api/open", { file, line });

/** The address of the finished document of an issue, as one reader gets it; or of its page in the archive. */
export function frameAddress(issue, { look, images, persona, against = "", build, isPage }) {
  if (isPage) return `/frame/${encodeURIComponent(issue)}/page?${new URLSearchParams({ images, build })}`;
  // light and the author's dark are one document: the frame's colour scheme alone tells them apart
  const query = new URLSearchParams({ look: look === "forced" ? "forced" : "light", images, persona });
  if (against) query.set("against", against);
  query.set("build", build);
  return `/frame/${encodeURIComponent(issue)}?${query}`;
}

/**
 * Follow what happens to an issue.
 *
 * @param {string} issue its id
 * @param {(kind: string, event: {build: number}) => void} heed
 * @param {(connected: boolean) => void} connection
 * @returns {() => void} ends it
 */
export function follow(issue, heed, connection) {
  const stream = new EventSource(`/api/events?issue=${encodeURIComponent(issue)}`);
  for (const kind of ["hello", "built", "trouble", "checked", "looked", "issues", "page"])
    stream.addEventListener(kind, (event) => heed(kind, JSON.parse(event.data)));
  stream.onopen = () => connection(true);
  stream.onerror = () => connection(false);
  return () => stream.close();
}

async function ask(address) {
  return answered(await fetch(address, { headers: { accept: "application/json" } }));
}

async function post(address, body) {
  const headers = { "X-Newsletter": "preview", "content-type": "application/json" };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
  if (!answer.ok) await answered(answer);
}

async function answered(answer) {
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  throw new Refusal(told.error?.message ?? `the preview answered ${answer.status}`, told.error?.hint);
}
