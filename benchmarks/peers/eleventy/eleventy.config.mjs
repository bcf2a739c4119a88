// Settings of Eleventy: the pages and feeds that every contender makes, and no others.

export default (config) => {
  config.addPassthroughCopy("issues/**/*.png");
  config.addPassthroughCopy("site.css");
  config.addGlobalData("address", "https://steady.example");
  config.addCollection("letters", (all) => all.getFilteredByGlob("issues/*/index.md").reverse());
  config.addFilter("day", (date) => date.toISOString().slice(0, 10));
  config.addFilter("moment", (date) => date.toISOString());
};

export const config = { markdownTemplateEngine: false, dir: { output: "_site" } };
