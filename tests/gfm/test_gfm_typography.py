"""Quotes, dashes and ellipses."""

import pytest
from outlines import rendered

from pipeline.gfm.typography import set_text

CASES = {
    "\"a\" and 'b'": "“a” and ‘b’",
    "\"'a' b\"": "“‘a’ b”",
    "don't, it's, dogs' and O'Neil": "don’t, it’s, dogs’ and O’Neil",
    "the '90s, '95 and rock 'n' roll": "the ’90s, ’95 and rock ’n’ roll",
    "'tis": "’tis",
    '("a")': "(“a”)",
    '"a," b. "c"': "“a,” b. “c”",
    'a -- "b"--c---d': "a – “b”–c—d",
    "a ---- b": "a ---- b",
    "a... b....": "a… b....",
    '5" long': "5” long",
    'a " b': 'a " b',
    '"': '"',
    "“a”": "“a”",
    "a": "a",
}


@pytest.mark.parametrize("text", CASES)
def test_plain_text_is_set_in_type(text: str) -> None:
    """Straight quotes open and close; hyphens become dashes, three points an ellipsis."""
    assert set_text(text) == CASES[text]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('"*a*" b', "“<em>a</em>” b"),
        ('*"a"* b', "<em>“a”</em> b"),
        ('"[a](https://b.example)"', '“<a href="https://b.example">a</a>”'),
        ('`"a"` "b"', '<code>"a"</code> “b”'),
        ('"`a`"', "“<code>a</code>”"),
        ('a <b>"c"</b>', "a <b>“c”</b>"),
        ('a  \n"b"', "a<br>\n“b”"),
        (r"\"a\" \-- b\...", '"a" -- b...'),
        ("&quot;a&quot;", '"a"'),
        ("https://a.example/it's--b", ">https://a.example/it's--b</a>"),
        ("{{ subscriber.first_name }}'s", "z’s"),
        ('# "a"', "“a”</h1>"),
        ('| "a" |\n|---|', "“a”</th>"),
    ],
)
def test_type_is_set_across_elements_and_never_in_code(source: str, wanted: str) -> None:
    """A quote looks at what stands beside it, through the borders of elements."""
    assert wanted in rendered(source).html
