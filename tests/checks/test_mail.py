"""Postal address, way out, subject and preheader."""

import dataclasses
from pathlib import Path

import pytest
from letters import ADDRESS, OUT, TEXT, checked, html, message

from pipeline.model import Image, Severity


def ids(page: str = "", text: str = TEXT, *, subject: str = "Backs") -> set[str]:
    """Return the rules a message breaks."""
    return {finding.id for finding in checked(message(page, text, subject=subject))}


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS.replace(", ", "<br>"),
        ADDRESS.replace(", ", " · "),
        f"<b>{ADDRESS.partition(',')[0]}</b>{''.join(ADDRESS.partition(',')[1:])}",
    ],
    ids=["lines", "dots", "bold name"],
)
def test_an_address_may_be_set_as_one_likes(address: str) -> None:
    """MAIL001 asks for its words in order, not for its commas."""
    assert ids(html(address=address)) == set()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "418 Alder Street",
        f'<img alt="{ADDRESS}">',
        f"<span hidden>{ADDRESS}</span>",
        f"<!-- {ADDRESS} -->",
        f'<span style="color:#eee">{ADDRESS}</span>',
        f'<span style="font-size:6px">{ADDRESS}</span>',
    ],
)
def test_an_address_that_readers_do_not_see_is_found(address: str) -> None:
    """MAIL001 blocks: missing, cut short, an image, hidden, faint or tiny."""
    (finding,) = checked(message(html(address=address)))
    assert (finding.id, finding.severity, finding.part) == ("MAIL001", Severity.BLOCK, "html")


def test_the_text_part_needs_the_address_too() -> None:
    """MAIL001 holds for both parts."""
    assert ids(text=TEXT.replace(ADDRESS, "")) == {"MAIL001"}


def test_settings_without_an_address_are_found() -> None:
    """Nothing can be shown that nobody has written down."""
    (finding,) = checked(postal_address="")
    assert (finding.id, finding.file) == ("MAIL001", "pyproject.toml")


@pytest.mark.parametrize(
    "out",
    [
        "",
        '<a href="https://steady.example/bye">Unsubscribe</a>',
        f'<a href="{OUT}"></a>',
        f'<a href="{OUT}"><img src="x.png" alt="Unsubscribe"></a>',
        f'<a href="{OUT}" style="color:#fff">Unsubscribe</a>',
        f'<a href="{OUT}" style="display:none">Unsubscribe</a>',
        f"Unsubscribe at {OUT}",
    ],
    ids=["none", "another target", "no words", "an image", "white on white", "hidden", "no link"],
)
def test_a_way_out_that_readers_do_not_see_is_found(out: str) -> None:
    """MAIL002 blocks: there must be a visible link with words and the provider's target."""
    (finding,) = checked(message(html(out=out)))
    assert (finding.id, finding.severity) == ("MAIL002", Severity.BLOCK)


def test_one_visible_way_out_is_enough() -> None:
    """A second, hidden one does no harm."""
    hidden = f'<a href="{OUT}" style="display:none">x</a>'
    assert ids(html(out=f'{hidden}<a href="{OUT}"><b>Unsubscribe</b></a>')) == set()


def test_the_text_part_needs_a_way_out_too() -> None:
    """MAIL002 holds for both parts."""
    assert ids(text=TEXT.replace(OUT, "")) == {"MAIL002"}


@pytest.mark.parametrize("subject", ["", "  ", "Backs\nBcc: x@example.com", "a\rb", "a\u2028b"])
def test_a_subject_is_one_line_with_words(subject: str) -> None:
    """MAIL011 blocks and points at the front matter."""
    (finding,) = checked(message(subject=subject))
    assert (finding.id, finding.severity, finding.file, finding.line) == (
        "MAIL011",
        Severity.BLOCK,
        "issues/x.md",
        3,
    )


@pytest.mark.parametrize(
    ("first", "rule"),
    [
        ("<p>Something else</p>", "PRE001"),
        ('<div style="display:none">What uneven muscles do</div>', "PRE003"),
    ],
    ids=["missing", "not padded"],
)
def test_an_inbox_row_that_shows_body_text_is_a_warning(first: str, rule: str) -> None:
    """The preheader comes first and is padded; otherwise the letterhead leaks into the row."""
    (finding,) = checked(message(html(first=first)))
    assert (finding.id, finding.severity) == (rule, Severity.WARNING)


def test_an_image_beside_the_issue_needs_a_place_on_the_web() -> None:
    """IMG007 stops a mail whose picture nobody could fetch; with an archive there is nothing to say."""
    image = Image("hero.png", Path("hero.png"), "0" * 64, 600, 300, "png")
    shown = dataclasses.replace(message(), images=(image,))
    assert [finding.id for finding in checked(shown, archive_url="")] == ["IMG007"]
    assert checked(shown) == []
