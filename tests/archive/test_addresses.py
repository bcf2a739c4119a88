"""Which addresses an issue has below the archive's, and whose an address is that two want."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from letter import ISSUE
from pipeline.archive.facts import aliases_of
from pipeline.archive.guard import Claim, clashes


def refused(*claims: Claim) -> Mapping[str, str]:
    """Return the issues that want the address of another one, with what is told of each."""
    return {found.file: found.message for _, found in clashes({Path(claim.file): claim for claim in claims})}


@pytest.mark.parametrize(
    ("aliases", "found"),
    [
        (("/2025/old/", "2025/old", "2025/old/index.html"), ("2025/old",)),
        (("moves", "/moves/", "moves/index.html"), ()),
        (("/Moves/", "MOVES/INDEX.HTML"), ()),
        (("Old", "old", "OLD"), ("old",)),
        (("Old.html", "Old"), ("Old.html", "Old")),
    ],
    ids=str,
)
def test_an_old_address_is_kept_once_and_the_present_one_is_none(
    aliases: tuple[str, ...], found: tuple[str, ...]
) -> None:
    """Capitals make no other one; the spelling of slugs, to which mails lead, is preferred."""
    assert aliases_of(replace(ISSUE, slug="moves", aliases=aliases)) == found


@pytest.mark.parametrize(
    "aliases",
    [
        ("a",),
        ("A",),
        ("a/message.html",),
        ("a/Message.TXT",),
        ("a/message.txt/more",),
        ("old",),
        ("Old/2025",),
        ("page.html",),
        ("page.html/more",),
    ],
    ids=str,
)
def test_of_two_that_want_one_address_the_one_that_went_out_has_it(aliases: tuple[str, ...]) -> None:
    """Be it the page, the letter, an old address, or a folder of them in other capitals."""
    taken = Claim("issues/b.md", True, "a", ("old", "page.html"))
    wanted = Claim("issues/a.md", False, "b", aliases)
    assert list(refused(taken, wanted)) == ["issues/a.md"]
    assert aliases[0] in refused(taken, wanted)["issues/a.md"]


@pytest.mark.parametrize("aliases", [("a/more",), ("old/2025", "old/2026"), ("b/more.html",)], ids=str)
def test_pages_may_lie_below_another_ones(aliases: tuple[str, ...]) -> None:
    """A page is a folder."""
    assert refused(Claim("issues/a.md", True, "a", ("old",)), Claim("issues/b.md", True, "b", aliases)) == {}
