"""
What a wording must say: the texts that a law prescribes, and the elements a house text needs.

Facts come from the law; the choice of elements is ours and a medical reviewer's.
"""

from collections.abc import Mapping

# 21 CFR 101.93(c)(1) and (2): one statement, more than one. The second sentence stays singular.
# Source: 21 CFR 101.93(c) as our compliance notes of November 2026 quote it; whoever signs the registry
# compares both texts with the regulation itself.
_ONE = "This statement has not been evaluated by the Food and Drug Administration."
_SEVERAL = "These statements have not been evaluated by the Food and Drug Administration."
_PURPOSE = "This product is not intended to diagnose, treat, cure, or prevent any disease."

MANDATED: Mapping[tuple[str, str], str] = {
    # (id, language): the whole text
    ("supplement", "en"): f"{_SEVERAL} {_PURPOSE}",
    ("supplement-single", "en"): f"{_ONE} {_PURPOSE}",
}

# What links a statement to its notice: the symbol ends each statement and stands before the notice, outside
# the law's words. Source: 21 CFR 101.93(d), as our compliance notes of November 2026 give it.
SYMBOLS: Mapping[str, str] = {"supplement": "*", "supplement-single": "*"}

ELEMENTS: Mapping[str, str] = {
    "E1": "information and education only",
    "E2": "not medical advice, diagnosis or treatment",
    "E3": "no replacement for a professional; ask your own",
    "E4": "never ignore or delay professional advice because of something read here",
    "E5": "what to do in an emergency, with the number",
    "E6": "no relation of clinician and patient",
    "E7": "results and suitability differ",
    "E8": "do not start, stop or change a medicine without the prescriber",
    "E9": "publisher, version, date and contact",
    "E10": "affiliate and sponsor interest",
    "EX1": "who asks a professional before moving",
    "EX2": "when to stop",
    "EX3": "build up slowly",
    "CR1": "whom to call or text now, free and at any hour",
    "CR2": "the emergency number for danger right now",
    "RF1": "numbness in the saddle area",
    "RF2": "change of bladder or bowel",
    "RF3": "weakness of a leg",
    "RF4": "fever",
    "RF5": "trauma",
    "RF6": "cancer in the history",
    "RF7": "unexplained weight loss",
    "RF8": "what to do at once, with the number",
}

# Minimum for the notice of every issue: E1-E5 and E9; the rest by topic (compliance catalogue, 3.5 and 4).
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "gen": ("E1", "E2", "E3", "E4", "E5", "E9"),
    "gen-short": ("E1", "E2"),
    "exercise": ("EX1", "EX2", "EX3"),
    "medication": ("E8",),
    "crisis": ("CR1", "CR2"),
    "redflag-back": ("RF1", "RF2", "RF3", "RF4", "RF5", "RF6", "RF7", "RF8"),
}

# Words of which an element must hold at least one: without it, it says the opposite or nothing.
GUARDS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "en": {
        "E1": frozenset(("only", "not", "no")),
        "E2": frozenset(("not", "no", "never", "nor")),
        "E3": frozenset(("not", "no", "never", "cannot", "can't", "doesn't")),
        "E4": frozenset(("not", "never", "don't")),
        "E8": frozenset(("not", "never", "don't")),
    }
}
NEGATIONS = frozenset(
    (
        "not",
        "no",
        "never",
        "nor",
        "cannot",
        "can't",
        "don't",
        "doesn't",
        "isn't",
        "without",
        "neither",
        "hardly",
    )
)
