"""
Letters of any number, each of its own words: 700 to 1,000 of them, the same ones from the same number.

A letter has what our own issues have: headings, lists, links, a table, a callout, footnotes, sometimes a
picture in its text. Nothing in it is advice that anybody should follow.
"""

from random import Random
from typing import NamedTuple

SECTIONS = 4
_SENTENCES = (2, 3)  # of a paragraph, from and to

_WHEN = (
    *("On most mornings", "After a long day at a desk", "Once the kettle is on", "Before the house wakes"),
    *("In the first cold week of autumn", "When the light fades early", "Halfway through an afternoon"),
    *("On the way home", "While the soup simmers", "If the week has been a heavy one", "Most evenings"),
    *("On a day without plans", "Between two meetings", "At the end of a walk", "When nobody is watching"),
    *("After a poor night", "In the middle of winter", "Every now and then", "On the third day of a habit"),
)
_WHO = (
    *(
        "a short stretch",
        "a slow breath",
        "a walk around the block",
        "the chair by the window",
        "a glass of water",
    ),
    *(
        "a list on the fridge",
        "the habit of standing up",
        "a cool bedroom",
        "an earlier dinner",
        "a flight of stairs",
    ),
    *("a call to an old friend", "a bag of frozen peas", "a pair of dry shoes", "the last hour of the day"),
    *("a bowl of beans and greens", "a quiet room", "the small of your back", "a rolled towel", "a timer"),
    *("one page of a dull book", "the weight of the shopping", "a garden of four square feet", "a warm bath"),
)
_DOES = (
    *("asks for less than it seems to", "makes the next step a little easier", "is worth more than a plan"),
    *(
        "tells you how the week has gone",
        "keeps its promise more often than not",
        "costs nothing but a minute",
    ),
    *(
        "can be done in ordinary clothes",
        "settles what an hour of reading does not",
        "brings the shoulders down",
    ),
    *("gives the day a shape", "takes the edge off a stiff start", "is the part that people remember"),
    *(
        "turns a chore into something like rest",
        "leaves room for a second try",
        "is easy to put off and easy to do",
    ),
    *("works best when it is small", "does not need to be perfect", "is where we would begin ourselves"),
)
_HOW = (
    *("and nobody has to know", "as long as you let it be short", "even when the sky is gray"),
    *("which is reason enough to try it", "though it will not show on any chart", "without a purchase"),
    *("so we keep coming back to it", "and that is all we ask of it", "because tomorrow is another chance"),
    *("with or without company", "provided that it does not hurt", "and the rest can wait until Sunday"),
    *("if you leave the phone in another room", "much as it did for our grandparents", "more or less"),
)
_HEADINGS = (
    *("What we know so far", "A plan for seven days", "Where it usually goes wrong", "Small steps that last"),
    *("What readers told us", "The case for going slowly", "How to begin tonight", "What to leave out"),
    *("The science in plain words", "When it is time to ask", "In the kitchen", "At the desk", "On foot"),
    *("A word about rest", "What a week looks like", "Three things to notice", "For those who travel"),
)
_THINGS = (
    *(
        "walking",
        "sleep",
        "morning light",
        "a stiff back",
        "breathing",
        "balance",
        "beans",
        "stairs",
        "posture",
    ),
    *("tea", "long drives", "cold hands", "gardening", "shift work", "naps", "reading glasses", "swimming"),
)
_STANCES = (
    *("A calm look at", "Five minutes for", "What we got wrong about", "The quiet case for", "Notes on"),
    *("A second try at", "Less fuss about", "A beginner's week of", "What helps with", "Questions about"),
)
_SOURCES = (
    ("Centers for Disease Control and Prevention", "https://www.cdc.gov/physical-activity-basics/"),
    ("National Institute on Aging", "https://www.nia.nih.gov/health/exercise-and-physical-activity"),
    ("National Heart, Lung, and Blood Institute", "https://www.nhlbi.nih.gov/health/sleep"),
    ("MedlinePlus", "https://medlineplus.gov/exerciseandphysicalfitness.html"),
    ("Food and Drug Administration", "https://www.fda.gov/food/nutrition-facts-label"),
    ("National Library of Medicine", "https://www.ncbi.nlm.nih.gov/books/"),
)
_CALLOUTS = ("NOTE", "TIP", "IMPORTANT")


class Letter(NamedTuple):
    """One letter, in the Markdown that we and the peers read alike, or nearly so."""

    title: str  # plain letters and an apostrophe, no markup
    description: str
    thing: str  # what it is about
    body: str


def letter(number: int, *, picture: str, alt: str) -> Letter:
    """
    Return the letter *number*, from 1 on.

    Args:
        number: also what keeps two titles apart.
        picture: file name of a picture, which every third letter shows in its text.
        alt: what the picture shows.
    """
    random = Random(f"letter {number}")  # noqa: S311 - texts, no secrets
    thing = random.choice(_THINGS)
    title = f"{random.choice(_STANCES)} {thing}, part {number}"
    shown = f'![{alt}]({picture} "{_sentence(random)}")' if number % 3 == 0 else ""
    headings = random.sample(_HEADINGS, SECTIONS)
    extras = (
        (shown, _bullets(random)),
        (_table(random),),
        (_callout(random), _steps(random)),
        (_quote(random),),
    )
    blocks = [_paragraph(random), _paragraph(random)]
    for heading, extra in zip(headings, extras, strict=True):
        blocks += [f"## {heading}", _paragraph(random), *extra, _linked(random)]
    notes = random.sample(_SOURCES, 2)
    blocks[1] += f" That much is on record.[^{number}-1]"
    blocks[-1] += f" There is more to read for those who like to.[^{number}-2]"
    blocks += [
        f"[^{number}-{index}]: {name}, [{thing}]({url})." for index, (name, url) in enumerate(notes, 1)
    ]
    return Letter(title, _sentence(random), thing, "\n\n".join(filter(None, blocks)) + "\n")


def _sentence(random: Random) -> str:
    parts = f"{random.choice(_WHO)} {random.choice(_DOES)}"
    if random.random() < 0.6:  # noqa: PLR2004 - most of them, by ear
        parts = f"{random.choice(_WHEN)}, {parts}"
    tail = f", {random.choice(_HOW)}" if random.random() < 0.6 else ""  # noqa: PLR2004 - as above
    return f"{parts[0].upper()}{parts[1:]}{tail}."


def _paragraph(random: Random) -> str:
    sentences = [_sentence(random) for _ in range(random.randint(*_SENTENCES))]
    emphasised = random.randrange(len(sentences))
    sentences[emphasised] = f"*{sentences[emphasised]}*"
    return " ".join(sentences)


def _linked(random: Random) -> str:
    name, url = random.choice(_SOURCES)
    return f"{_paragraph(random)} The [{name}]({url}) has a page about it. **{_sentence(random)}**"


def _bullets(random: Random) -> str:
    return "\n".join(f"- {_sentence(random)}" for _ in range(4))


def _steps(random: Random) -> str:
    return "\n".join(f"{step}. {_sentence(random)}" for step in range(1, 6))


def _table(random: Random) -> str:
    rows = [
        f"| {day} | {random.choice(_THINGS)} | {random.randint(3, 40)} min |"
        for day in ["Mon", "Wed", "Fri", "Sun"]
    ]
    return "\n".join(("| Day | What | How long |", "|---|---|--:|", *rows))


def _callout(random: Random) -> str:
    return f"> [!{random.choice(_CALLOUTS)}]\n> {_sentence(random)} {_sentence(random)}"


def _quote(random: Random) -> str:
    return f"> {_sentence(random)} {_sentence(random)}"
