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

# Mails that the examination judges wrongly, and how; a test fails as soon as one of them is judged rightly.
_LEAF = "passes: a length in em or % is taken of the words' own font, not of where it is declared"
_PREHEADER = "stops, but by the rules of what hides the preheader"
_GROUND = "passes: a ground counts wherever it stands"
_PHONE = "passes: a phone is narrower than what a push may come to"
MISJUDGED = {
    ("DISC013", "a word taken aside"): "passes: a float may hold a part of the words",
    (
        "DISC013",
        "sentences that change places",
    ): "passes: only the element caption is known to be shown elsewhere",
    ("DISC013", "torn apart by empty lines"): "passes: emptiness between the words is not measured",
    ("VIS004", "letters larger than a window"): "passes: no type is too large",
    ("VIS005", "a ground that is not behind the block in it"): _GROUND,
    ("VIS005", "a ground without height"): _GROUND,
    ("VIS007", "a box that cuts off, in a narrow one"): "passes: the widths around a box are not looked at",
    ("VIS007", "a column without room"): "passes: the columns beside it are not looked at",
    ("VIS007", "a whole page high, and cut off"): "passes: a height of 100% counts as roomy",
    ("VIS007", "line height of the tiny letters around it"): _LEAF,
    ("VIS008", "a line that nothing breaks"): "passes: an unbreakable blank is a blank",
    ("VIS008", "at the right end of a very wide box"): "passes: no width is too wide",
    ("VIS008", "indent of the large letters around it"): _LEAF,
    ("VIS008", "pushed off a phone"): _PHONE,
    ("VIS008", "pushed off by the room in a cell"): "passes: cellpadding is not read",
    ("VIS008", "pushed off step by step"): _PHONE,
    ("VIS009", "an outline drawn inwards"): "passes: where an outline is drawn is not looked at",
    (
        "VIS009",
        "lines painted over one another",
    ): "passes: what the lines of one box paint is not known",
    ("VIS012", "in a host without a slot"): "passes: declared shadow roots are not known",
    ("VIS012", "words for a bullet"): "passes: any bullet is harmless",
    ("VIS015", "preheader of another make"): _PREHEADER,
    ("VIS015", "preheader only"): _PREHEADER,
    ("VIS018", "letters apart by the large ones around them"): _LEAF,
    ("VIS022", "a picture in the border that fills it"): "passes: only a gradient in a border is found",
}
