"""Every image a body shows is found where it stands, and none that is only code."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.issue.imagesources import Source, image_sources, is_local


@pytest.mark.parametrize(
    ("body", "src", "line"),
    [
        ("![a](x.png)", "x.png", 1),
        ('a\n\n![a](x.png "t (1)")', "x.png", 3),
        ("![a\nb](\nx.png\n'its'\n)", "x.png", 1),
        ("[![a](x.png)](https://a.example)", "x.png", 1),
        ("![a [b [c]] \\] d](x.png)", "x.png", 1),
        ("![a](<my file.png>)", "my file.png", 1),
        ("![a](my%20file.png)", "my%20file.png", 1),
        ("![a](x\\_y&amp;z.png)", "x_y&z.png", 1),
        ("![a](f(1).png)", "f(1).png", 1),
        ("![a][B  c]\n\n[b C]: x.png 'A title'", "x.png", 3),
        ("![a][]\n\n[a]: <x y.png>", "x y.png", 3),
        ("![a]\n\n[A]:\n  x.png", "x.png", 3),
        ("<img src=x.png>", "x.png", 1),
        ("a <IMG alt='a > b'\n data-src='n.png' src = 'x.png' />", "x.png", 1),
        ("> - ![a](x.png)", "x.png", 1),
        ("| a |\n|---|\n| ![a](x.png) |", "x.png", 3),
        ("costs 5` ![a](x.png)\n\n5`", "x.png", 1),
        ("- costs 5`\n- ![a](x.png) 5`", "x.png", 2),
        ("\\`![a](x.png)`", "x.png", 1),
        ("`<!--` ![a](x.png) `-->`", "x.png", 1),
        ("<!-- ![a](x.png)", "x.png", 1),
        ("```\n![a](n.png)\n```\n![a](x.png)", "x.png", 4),
        ("~~~~ md\n~~~\n![a](n.png)\n~~~~~\n![a](x.png)", "x.png", 5),
        ("- ```\n  ![a](n.png)\n\n![a](x.png)", "x.png", 4),
        ("> ~~~\n> ![a](n.png)\n\n![a](x.png)", "x.png", 4),
        ("1. a\n\n    ```\n    ![a](n.png)\n    ```\n\n![a](x.png)", "x.png", 7),
        ("``` a`b\n![a](x.png)", "x.png", 2),
    ],
)
def test_an_image_is_found_where_its_address_stands(body: str, src: str, line: int) -> None:
    """However Markdown or HTML writes it; code and comments before it do not hide it."""
    assert image_sources(body) == [Source(src, line)]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "plain [link](x.png) ! [a](x.png)",
        "\\![a](x.png)",
        "`![a](x.png)`",
        "``a ` ![a](x.png)``",
        "<!-- ![a](x.png)\n<img src=x.png> -->",
        "```\n![a](x.png)\n```",
        "~~~\n![a](x.png)",
        "![a][nowhere]",
        "![a][^1]\n\n[^1]: x.png",
        "<img data-src='x.png'>",
        "<imgx src='x.png'>",
    ],
)
def test_what_shows_no_image_is_left_alone(body: str) -> None:
    """Code, comments, links and undefined references."""
    assert image_sources(body) == []


@pytest.mark.parametrize(
    "body", ["![a](my file.png)", "![a]()", "![a](<>)", "![a](x.png 'it)", "<img src=''>"]
)
def test_an_address_that_markdown_does_not_read_is_told(body: str) -> None:
    """Readers would see brackets, or nothing."""
    assert [source.readable for source in image_sources(body)] == [False]


@pytest.mark.parametrize(
    ("src", "local"),
    [
        ("a.png", True),
        ("../a.png", True),
        ("C:\\a.png", True),
        ("https://a.example/b.png", False),
        ("cid:a", False),
        ("data:image/png;base64,AA", False),
        ("//a.example/b.png", False),
        ("/b.png", False),
        ("#b", False),
    ],
)
def test_a_path_beside_the_issue_is_local(src: str, local: bool) -> None:  # noqa: FBT001 - a table
    """Anything with a scheme, or from a root, is not."""
    assert is_local(src) is local


PIECES = st.sampled_from(
    [
        "![a](x.png)",
        "![b](<y z.png>)",
        "![",
        "](",
        "[",
        "]",
        "(",
        ")",
        "`",
        "``",
        "\n",
        "\n\n",
        "a",
        " ",
        "\\",
        "!",
        "> ",
        "- ",
        "```\n",
        "~~~\n",
        "'",
        '"',
        "<",
        "&",
    ]
)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_no_image_that_commonmark_shows_is_missed(body: str) -> None:
    """A missed image would be a hole in the mail; one too many is only a finding."""
    tokens = [child for token in MarkdownIt().parse(body) for child in token.children or []]
    shown = {str(token.attrs["src"]).replace("%20", " ") for token in tokens if token.type == "image"}
    found = {source.src for source in image_sources(body)}
    assert {src for src in shown if src.endswith(".png")} <= found


@pytest.mark.parametrize(
    "unit",
    [
        "![",
        "![](",
        "![x](a '",
        "<img '",
        '<img src="',
        "`",
        "`a``b",
        "<!--",
        "\n- ```",
        "[a]: b\n",
        "![a][a]\n",
        "\\",
    ],
)
def test_hostile_repetition_is_read_in_one_pass(unit: str) -> None:
    """A quadratic reader would take minutes over these; this ends."""
    image_sources(unit * (400_000 // len(unit)))
