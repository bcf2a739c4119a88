"""
GitHub's reading of Markdown, on python-markdown.

python-markdown parts a text at its empty lines and indents by four; GitHub reads line by line and keeps a
stack of content columns. So the block parser is exchanged at the place python-markdown has for that, and a
few inline patterns with it; inline machinery, emphasis, footnotes and serialiser are python-markdown's.
"""
