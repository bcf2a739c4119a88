"""
The corpus: small mails that must pass, and small mails that must fail, by the rule each is about.

A rule's mails that pass are harmless look-alikes of those that fail: the same means, used for something else.
"""

from corpus_hidden import HIDDEN
from corpus_missed import MISSED
from corpus_wording import DISC

from pipeline.rules import TITLES

CORPUS = DISC | HIDDEN | MISSED

# Rules about a wording that the finished mail alone cannot break; each has its own tests where it is checked.
ELSEWHERE = {
    "DISC014": "looks at the Markdown that an author wrote",
    "VIS017": "looks at the subjects of earlier issues",
    "VIS019": "compares what is shown before and after a step of the pipeline",
}

RULES = {rule for rule in TITLES if rule.startswith(("DISC", "VIS"))} - ELSEWHERE.keys()

PASSES = [(rule, name) for rule, (passes, _fails) in CORPUS.items() for name in passes]
FAILS = [(rule, name) for rule, (_passes, fails) in CORPUS.items() for name in fails]
