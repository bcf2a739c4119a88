"""An issue's own words: what is left out, and that every letter keeps its line."""

import dataclasses

import pytest
from letters import issue

from pipeline.checks.source import Prose, paragraphs, prose

LEFT_OUT = "ibuprofen"


def read(body: str) -> Prose:
    """Return the words of a body that begins on line 10."""
    return prose(dataclasses.replace(issue(), body=body, body_line=10))


@pytest.mark.parametrize(
    "body",
    [
        "a `ibuprofen` b",
        "```\nibuprofen\n```\nb",
        "```\nibuprofen",
        "~~~ text\nibuprofen\n~~~",
        "> ```\n> ibuprofen\n> ```",
        "a <!-- ibuprofen --> b",
        "[a](https://x.example/ibuprofen) b",
        "[a](<https://x.example/ibuprofen page> 'b')",
        "[a](https://x.example/(ibuprofen)/b)",
        "[a][1]\n\n[1]: https://x.example/ibuprofen",
        "<https://x.example/ibuprofen>",
        "see https://x.example/ibuprofen",
        '<a href="https://x.example/ibuprofen">b</a>',
        "{{ subscriber.ibuprofen }}",
        "[a](#){.ibuprofen}",
        "a.[^1]\n\n[^1]: Ibuprofen, in [a journal](https://x.example/).",
        "a.[^1]\n\n[^1]: A review\n    of ibuprofen: https://x.example/",
        "## Sources\n\n- Ibuprofen",
        "## Further reading ##\n\n### Old\n\nIbuprofen",
    ],
)
def test_what_is_no_word_of_the_issue_is_blank(body: str) -> None:
    """Code, comments, addresses, attributes, merge tags, notes that name a source, lists of sources."""
    text = read(body).text
    assert LEFT_OUT not in text.lower()
    assert [len(line) for line in text.split("\n")] == [len(line) for line in body.split("\n")]


@pytest.mark.parametrize(
    "body",
    [
        "[ibuprofen](https://x.example/)",
        "![ibuprofen](a.png)",
        '![a](a.png "ibuprofen")',
        '<img src="a.png" alt="ibuprofen">',
        "a <!-- ibuprofen",
        "| ibuprofen | a |",
        "a.[^1]\n\n[^1]: More than one ibuprofen a day is too much.",
        "## Sources\n\n- a\n\n## Next\n\nibuprofen",
        "## Sources of pain\n\nibuprofen",
        "- [ ] ibuprofen",
        "> ibuprofen",
    ],
)
def test_what_readers_read_is_kept(body: str) -> None:
    """Link texts, alt texts, captions, tables, notes that say something."""
    assert LEFT_OUT in read(body).text


def test_places_have_the_line_of_the_issue_s_file() -> None:
    """The front matter counts."""
    text = read("one\n\ntwo `x`\n[three](https://x.example/)")
    assert text.line_at(text.text.index("two")) == 12
    assert text.targets[0] == ("https://x.example/", 13)


def test_links_in_every_way_of_writing_are_targets() -> None:
    """A paid link cannot hide in HTML or in a list of sources."""
    body = (
        "[a](https://a.example/ 'x')\n<a href='https://b.example/'>b</a>\nhttps://c.example/\n"
        "<https://d.example/>\n## Sources\n[e]: https://e.example/"
    )
    assert [target.url[8] for target in read(body).targets] == ["a", "b", "c", "d", "e"]


def test_paragraphs_are_parted_by_empty_lines_and_marks() -> None:
    """Lines that follow each other are one; items, headings and rows are one each."""
    parts = list(paragraphs("a\nb\n\n- c\n  d\n- e\n# f\ng\n> h\n>\n> i\n"))
    assert [part.text.split() for part in parts] == [
        ["a", "b"], ["-", "c", "d"], ["-", "e"], ["#", "f", "g", ">", "h"], [">", "i"],
    ]  # fmt: skip
    assert parts[1].start == 5


@pytest.mark.parametrize("piece", ["<!--", "`a", "[", "](", "<a", "[^1]:\n", "```\n", "{{", "# S\n"])
def test_hostile_text_is_read_in_no_time(piece: str) -> None:
    """Whatever is repeated, the work grows with the length and no faster."""
    body = piece * 20_000
    assert len(read(body).text) == len(body)
