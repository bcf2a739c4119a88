"""From a style sheet to style attributes; `stages.inline` is the door."""
