"""Which style an element has in which client: sheets, selectors, media queries, the cascade."""
