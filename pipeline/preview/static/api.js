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

const AGAIN_MS = 2000; // after a stream was refused

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
 * Follow what happens to an issue, or, without one, to the list of issues.
 *
 * While nobody sees the page nothing is followed: a stream takes one of the six connections that a browser has
 * for a host. And one that the server refused is asked for again, which browsers do by themselves only
 * where a connection broke.
 *
 * @param {string} issue its id, or "" for none
 * @param {(kind: string, event: {build: number}) => void} heed
 * @param {(connected: boolean) => void} connection
 * @returns {() => void} ends it
 */
export function follow(issue, heed, connection) {
  const address = `/api/events${issue && `?${new URLSearchParams({ issue })}`}`;
  let stream = null;
  let waiting = 0;
  const end = () => {
    clearTimeout(waiting);
    stream?.close();
  };
  const begin = () => {
    end();
    if (document.hidden) return;
    const begun = (stream = new EventSource(address));
    for (const kind of ["hello", "built", "trouble", "checked", "looked", "issues", "page"])
      begun.addEventListener(kind, (event) => heed(kind, JSON.parse(event.data)));
    begun.onopen = () => connection(true);
    begun.onerror = () => {
      if (begun.readyState === EventSource.CLOSED) waiting = setTimeout(begin, AGAIN_MS);
      connection(false);
    };
  };
  document.addEventListener("visibilitychange", begin);
  begin();
  return () => {
    document.removeEventListener("visibilitychange", begin);
    end();
  };
}

async function ask(address) {
  return answered(await sent(address, { headers: { accept: "application/json" } }));
}

async function post(address, body) {
  const headers = { "X-Newsletter": "preview", "content-type": "application/json" };
  const answer = await sent(address, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
  if (!answer.ok) await answered(answer);
}

function sent(address, request) {
  return fetch(address, request).catch(() => {
    throw new Refusal("the preview does not answer", "see in its terminal whether it still runs; else start it again");
  });
}

async function answered(answer) {
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text);
  const { message, hint } = told(text);
  throw new Refusal(message || `the preview answered ${answer.status}`, hint);
}

/** What a refusal says: as JSON of the routes, or in plain words of the layer before them. */
function told(text) {
  try {
    return JSON.parse(text).error;
  } catch {
    return { message: text.trim() };
  }
}
