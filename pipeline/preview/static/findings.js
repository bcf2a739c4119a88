/**
 * Findings as lists to show: in sections, identical ones together, compared with those before.
 */

/** The sections of the dock, in order; `key` is the field of the checks that holds each. */
export const SECTIONS = [
  { key: "blocking", title: "Blocking", word: "Error", icon: "stop", empty: "Nothing stops this issue." },
  { key: "decide", title: "Needs a decision", word: "Warning", icon: "warning", empty: "Nothing to decide." },
  { key: "notes", title: "Notes", word: "Note", icon: "note", empty: "No notes." },
];

/** What a severity is called, where the section's own word would say less. */
export const severityWord = (finding, section) => (finding.severity === "block" ? "Blocked" : section.word);

/** What a finding is, wherever its line has moved to: its rule, and a short number (FNV-1a) for the rest. */
export function keyOf({ id, file, part, profile, message }) {
  let hash = 0x811c9dc5;
  for (const letter of [file, part, profile, message].join("|")) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
  return `${id}-${(hash >>> 0).toString(36)}`;
}

/** Every finding of the checks, sections in order. */
export const allFindings = (checks) => (checks ? SECTIONS.flatMap(({ key }) => checks[key] ?? []) : []);

/**
 * Put identical findings together.
 *
 * @param {object[]} findings of one section
 * @returns {{key: string, first: object, places: object[]}[]} in order of the first of each
 */
export function grouped(findings) {
  const groups = new Map();
  for (const finding of findings) {
    const key = keyOf(finding);
    if (!groups.has(key)) groups.set(key, { key, first: finding, places: [] });
    groups.get(key).places.push(finding);
  }
  return [...groups.values()];
}

/** How many of the findings *before* are gone, and which of those *now* are new. */
export function compared(before, now) {
  const count = (checks) => {
    const counts = new Map();
    for (const finding of allFindings(checks)) counts.set(keyOf(finding), (counts.get(keyOf(finding)) ?? 0) + 1);
    return counts;
  };
  const [old, fresh] = [count(before), count(now)];
  const more = (from, than) => [...from].filter(([key, n]) => n > (than.get(key) ?? 0));
  const sum = (rows, than) => rows.reduce((total, [key, n]) => total + n - (than.get(key) ?? 0), 0);
  const [gone, added] = [more(old, fresh), more(fresh, old)];
  return { fixed: sum(gone, fresh), added: sum(added, old), fresh: new Set(added.map(([key]) => key)) };
}

/** "2 errors, 3 warnings", or "no problems". */
export function tally(counts) {
  const some = (n, word) => (n ? `${n} ${word}${n === 1 ? "" : "s"}` : "");
  const parts = [some(counts.stops, "error"), some(counts.warnings, "warning")].filter(Boolean);
  return parts.join(", ") || "no problems";
}
