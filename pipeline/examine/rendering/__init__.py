"""The same question, asked of a real browser; needs the extra `browser`."""
