/**
 * The page of the preview, put together: every part is mounted, then the issue is opened.
 */

import { COMPARISONS, LOOKS, mountBar, stepLook, stepPersona } from "./bar.js";
import { mountDock } from "./dock.js";
import { showHelp, showPalette } from "./help.js";
import { everyAction, mountKeys } from "./keys.js";
import { checkAgain, goToProblem, mountProblems, openProblem, stepProblem } from "./problems.js";
import { filterIssues, firstIssue, goTo, mountRail, stepIssue } from "./rail.js";
import { mountReadiness } from "./readiness.js";
import { onNews, open, readIssues, sheet } from "./sheet.js";
import { look, looking, recallTaste } from "./state.js";
import { stepWidth } from "./view-email.js";
import { mountViews, showView, VIEWS } from "./views.js";
import { WIDTHS } from "./width.js";

const ACTIONS = [
  { keys: ["?"], title: "This help", run: showHelp },
  { keys: ["palette"], title: "Find an issue, a view or an action", run: () => showPalette(entries()) },
  { keys: ["/"], title: "Filter the issues", run: filterIssues },
  { keys: ["["], title: "Previous issue", run: () => stepIssue(-1) },
  { keys: ["]"], title: "Next issue", run: () => stepIssue(1) },
  { keys: VIEWS.map((_view, n) => String(n + 1)), title: "Views, in order", run: (key) => showView(VIEWS[Number(key) - 1].id) },
  { keys: ["j"], title: "Next problem", run: () => stepProblem(1) },
  { keys: ["k"], title: "Previous problem", run: () => stepProblem(-1) },
  { keys: ["Enter"], title: "Go to the problem", run: () => goToProblem() },
  { keys: ["o"], title: "Open the problem in the editor", run: openProblem },
  { keys: ["w"], title: "Next width", run: stepWidth },
  { keys: ["d"], title: "Next appearance", run: stepLook },
  { keys: ["i"], title: "Images on or off", run: () => look({ images: looking.images === "on" ? "off" : "on" }) },
  { keys: ["p"], title: "Next reader", run: stepPersona },
  { keys: ["r"], title: "Run the slow checks again", run: checkAgain },
  { keys: ["Esc"], title: "Close what lies on top", run: () => {} },
];

function entries() {
  const toEmail = (change) => () => look({ view: "email", ...change });
  return [
    ...VIEWS.map(({ id, title }) => ({ title, note: "view", run: () => showView(id) })),
    ...sheet.issues.map((issue) => ({ title: issue.title, note: `${issue.date ?? ""} ${issue.group}`.trim(), run: () => goTo(issue.id) })),
    ...WIDTHS.map(([width, title]) => ({ title, note: "width", run: toEmail({ width }) })),
    ...LOOKS.map(([key, title]) => ({ title, note: "appearance", run: toEmail({ look: key }) })),
    ...(sheet.issue?.personas ?? []).map(({ name, label }) => ({ title: label, note: "reader", run: toEmail({ persona: name }) })),
    ...COMPARISONS.slice(1).map(([key, title]) => ({ title, note: "compare", run: toEmail({ compare: key }) })),
    ...everyAction().filter(({ keys }) => keys.length === 1 && !["palette", "Esc"].includes(keys[0])).map(({ title, run, keys }) => ({ title, note: keys[0], run: () => run(keys[0]) })),
  ];
}

/** The list is there: with it, how this person likes the page, and the issue to begin with. */
function listed() {
  recallTaste(sheet.newsletter.id);
  if (!looking.issue) look({ issue: firstIssue() });
}

mountViews(); // the first to hear of a new build: its pixels come before all else
mountRail();
mountBar();
mountReadiness();
mountDock();
mountProblems(document.getElementById("dock"));
mountKeys(ACTIONS);
onNews((what) => what === "issues" && listed());
open(looking.issue); // the pixels first; the list may follow
readIssues();
