"""Links without trackers: the rest of an address is somebody else's, and stays."""

import pytest

from pipeline.archive.trackers import untracked


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/?utm_source=x", "https://a.example/"),
        ("https://a.example?utm_source=x#part", "https://a.example#part"),
        ("https://a.example/?a=1&utm_source=x&b=2", "https://a.example/?a=1&b=2"),
        ("https://a.example/?a=1&utm_source", "https://a.example/?a=1"),
        ("https://a.example/?UTM_Source=x&MC_EID=7&a", "https://a.example/?a"),
        ("https://a.example/?utm%5Fid=1&a=%20+b", "https://a.example/?a=%20+b"),
        ("https://a.example/?a=1;fbclid=x;b=2", "https://a.example/?a=1;b=2"),
        ("https://a.example/?a=1&amp;gclid=x", "https://a.example/?a=1&amp"),
        ("https://a.example/#utm_source=x", "https://a.example/"),
        ("HTTPS://a.example/?gad_source=1&mkt_tok=2", "HTTPS://a.example/"),
    ],
)
def test_parameters_of_trackers_are_taken_off(url: str, expected: str) -> None:
    """Wherever they stand and however they are written."""
    assert untracked(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/?",
        "https://a.example/#",
        "https://a.example/?&&a=1&&",
        "https://a.example/utm_source=x",
        "https://a.example/?q=utm_source&utmost=1&source=x&clid=2",
        "https://a.example/?to=https%3A%2F%2Fb.example%2F%3Futm_source%3Dx",
        "https://a.example/#:~:text=a,b",
        "mailto:a@b.example?subject=a&utm_source=b",
        "#utm_source=x",
    ],
)
def test_other_addresses_stay_byte_for_byte(url: str) -> None:
    """Whoever wrote them may need every character."""
    assert untracked(url) == url
