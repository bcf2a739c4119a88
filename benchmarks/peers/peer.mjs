// A Node peer: `node peer.mjs NAME MAIL.json MODULES` does its work on the mail once for every line it is sent,
// and answers each line with the milliseconds the work took. MODULES is the folder npm installed into.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [name, mailPath, modules] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));

// juice inlines the very document that our own inliner is given.
function juice(mail) {
  const inline = require("juice");
  return () => inline(mail.document, { preserveImportant: true });
}

// mjml lays out the article's blocks in its own components, and inlines the rules of our style sheet.
function mjml(mail) {
  const compile = require("mjml");
  const sections = mail.blocks
    .map((block) => `<mj-section><mj-column><mj-text>${block}</mj-text></mj-column></mj-section>`)
    .join("\n");
  const head = `<mj-title>${mail.title}</mj-title><mj-style inline="inline">${mail.css}</mj-style>`;
  const source = `<mjml><mj-head>${head}</mj-head><mj-body>${sections}</mj-body></mjml>`;
  return () => compile(source).html;
}

// react-email renders the finished mail's elements, their styles as props: it has no style sheet to inline.
function reactEmail(mail) {
  const { createElement } = require("react");
  const { render } = require("@react-email/render");
  const build = (node) => {
    if (typeof node === "string") return node;
    const [tag, attributes, children] = node;
    const properties = props(attributes);
    if (tag !== "style") return createElement(tag, properties, ...children.map(build));
    return createElement(tag, { ...properties, dangerouslySetInnerHTML: { __html: children.join("") } });
  };
  return () => render(build(mail.tree));
}

const RENAMED = { class: "className", colspan: "colSpan", rowspan: "rowSpan", charset: "charSet" };
Object.assign(RENAMED, { cellpadding: "cellPadding", cellspacing: "cellSpacing", bgcolor: "bgColor", valign: "vAlign" });

function props(attributes) {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [RENAMED[key] ?? key, key === "style" ? styles(value) : value]),
  );
}

function styles(declarations) {
  const pairs = declarations.split(";").filter((one) => one.includes(":"));
  return Object.fromEntries(
    pairs.map((one) => {
      const [property, ...value] = one.split(":");
      const camel = property.trim().replace(/^-ms-/, "ms-").replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
      return [camel, value.join(":").trim()];
    }),
  );
}

const work = { juice, mjml, "react-email": reactEmail }[name](JSON.parse(readFileSync(mailPath, "utf8")));
for await (const _ of createInterface({ input: process.stdin })) {
  const start = performance.now();
  await work();
  console.log(performance.now() - start);
}
