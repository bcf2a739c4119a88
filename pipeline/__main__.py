"""`python -m pipeline` is the command `newsletter`."""

from pipeline.cli import main

main()
