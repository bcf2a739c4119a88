"""What readers take for one character is never cut; a browser is the judge."""

import pytest

from computed import chromium
from conftest import ROOT
from pipeline.preview.graphemes import graphemes, takes_room

_SEGMENTS = "text => [...new Intl.Segmenter('en').segment(text)].map(piece => piece.segment)"
_TRICKY = (
    "👩‍👩‍👧‍👦 a family, 👍🏽 a thumb, 🙂‍↔️ a shaken head, ❤️‍🔥 a heart",
    "🇳🇴🇸🇪🇩 flags, two and a half; 🏴󠁧󠁢󠁳󠁣󠁴󠁿 Scotland; 1️⃣ a key cap",
    "cafe\u0301, n\u0303, Z\u0351\u036b\u0343\u0369\u034aalgo; \u0301 alone",
    "مرحبًا بكِ يا ليلى، لا بأس",
    "שָׁלוֹם עֲלֵיכֶם",
    "さくらか\u3099 ﾊﾞ が 葛\U000e0100",
    "한국어 \u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165 \uac00\u11a8",
    "नमस्ते क्षत्रिय क्\u200dष; বাংলা ক্ষ; தமிழ் ஸ்ரீ; ภาษาไทย น้ำ",
    "\u00a0\u200c\u00a0\u200c\u00ad\u200b\ufeff\u2060 blanks\r\n\n\r\u0007\u0301",
    "",
)


def test_pieces_are_a_browsers() -> None:
    """Every script, emoji and blank of the list falls into the pieces of Intl.Segmenter."""
    letters = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "issues").glob("*/index.md"))]
    assert letters
    with chromium() as page:
        for text in (*_TRICKY, *letters):
            assert list(graphemes(text)) == page.evaluate(_SEGMENTS, text)


@pytest.mark.parametrize(
    ("grapheme", "expected"), [("\u00a0\u200c", True), ("\u00ad", False), ("\u200b", False)]
)
def test_a_blank_takes_room_and_a_joiner_none(grapheme: str, expected: bool) -> None:  # noqa: FBT001
    """A client with no room left shows nothing more, though what took it cannot be seen."""
    assert takes_room(grapheme) is expected
