"""What is wrong with an issue that cannot be rendered: the place, its lines, and the way to it."""

from pathlib import Path

import pytest

from conftest import SetClock
from pipeline.errors import IssueError, PipelineError, TemplateError
from pipeline.model import Finding, Severity
from pipeline.newsletter import Newsletter
from pipeline.preview.built import Trouble
from pipeline.preview.trouble import trouble_of

ISSUE = "2026-12-01-when-one-side-works-harder"
FILE = f"issues/{ISSUE}/index.md"
FOOTER = "templates/partials/footer.html"


def edit(root: Path, file: str, old: str, new: str) -> int:
    """Replace the first place in which *old* stands; return its line."""
    path = root / file
    before, found, after = path.read_text(encoding="utf-8").partition(old)
    assert found
    path.write_text(before + new + after, encoding="utf-8")
    return before.count("\n") + 1


def seen(root: Path, clock: SetClock) -> Trouble:
    """Return the trouble in which composing our first issue ends."""

    def compose() -> None:
        newsletter = Newsletter(root, clock=clock)
        newsletter.composed(newsletter.issue(ISSUE))

    with pytest.raises(PipelineError) as caught:
        compose()
    return trouble_of(caught.value, root=root)


def begin(root: Path, file: str, text: str) -> None:
    """Put *text* in front of all else."""
    path = root / file
    path.write_text(text + path.read_text(encoding="utf-8"), encoding="utf-8")


def line_of(root: Path, file: str, text: str) -> int:
    """Return the line on which *text* stands."""
    return (root / file).read_text(encoding="utf-8").partition(text)[0].count("\n") + 1


def test_a_misspelt_key_is_shown_with_the_lines_around_it(root: Path, clock: SetClock) -> None:
    """Two before and two after, each with its number."""
    line = edit(root, FILE, "\nstatus: ready", "\nstatsu: ready") + 1
    told = seen(root, clock)
    assert (told.file, told.line) == (FILE, line)
    assert [number for number, _text in told.excerpt] == list(range(line - 2, line + 3))
    assert dict(told.excerpt)[line] == "statsu: ready"
    assert "status" in told.hint
    assert told.message
    assert FILE not in told.message
    assert len(told.problems) == 1


def test_all_problems_of_a_file_are_there_and_the_first_is_shown(root: Path, clock: SetClock) -> None:
    """The message counts them."""
    edit(root, FILE, "\nstatus: ready", "\nstatus: redy")
    line = edit(root, FILE, "\nnumber: 112", "\nnumber: many") + 1
    told = seen(root, clock)
    assert told.message == "2 problems"
    assert told.line == line
    assert [finding.file for finding in told.problems] == [FILE, FILE]


def test_a_word_that_a_partial_does_not_know_shows_who_includes_it(root: Path, clock: SetClock) -> None:
    """Three levels: the issue's template, the one it extends, and what that includes."""
    line = edit(root, FOOTER, "settings.name", "settngs.name")
    told = seen(root, clock)
    assert (told.message, told.hint) == ("'settngs' is undefined", "did you mean 'settings'?")
    assert (told.file, told.line) == (FOOTER, line)
    assert told.chain == (
        ("templates/weekly.html", line_of(root, "templates/weekly.html", "{% extends")),
        ("templates/base.html", line_of(root, "templates/base.html", '{% include "partials/footer.html"')),
        (FOOTER, line),
    )


def test_a_syntax_error_in_a_partial_shows_who_includes_it(root: Path, clock: SetClock) -> None:
    """It is found before the partial is filled, and the way to it is the same."""
    begin(root, FOOTER, "{% if %}\n")
    told = seen(root, clock)
    assert (told.file, told.line) == (FOOTER, 1)
    assert [file for file, _line in told.chain] == ["templates/weekly.html", "templates/base.html", FOOTER]
    assert told.excerpt[0] == (1, "{% if %}")


def test_a_macro_is_called_by_the_issue_and_by_no_template(root: Path, clock: SetClock) -> None:
    """A component's markup has no template around it."""
    file = "templates/components.html"
    head = "{% macro quote("
    line = edit(root, file, head, head)
    path = root / file
    lines = path.read_text(encoding="utf-8").split("\n")
    lines.insert(line, "{{ nobody.knows }}")
    path.write_text("\n".join(lines), encoding="utf-8")
    edit(root, FILE, "\n\nThink back", "\n\n> It was so.\n\nThink back")
    told = seen(root, clock)
    assert (told.file, told.line) == (file, line + 1)
    assert told.chain == ((file, line + 1),)


def test_templates_that_include_each_other_are_shown_once(root: Path, clock: SetClock) -> None:
    """A thousand frames are two lines."""
    begin(root, FOOTER, '{% include "partials/masthead.html" %}')
    begin(root, "templates/partials/masthead.html", '{% include "partials/footer.html" %}')
    told = seen(root, clock)
    assert told.message == "the template includes itself without end"
    assert len(told.chain) <= 5
    assert len(set(told.chain)) == len(told.chain)


def test_wrong_settings_point_into_pyproject(root: Path, clock: SetClock) -> None:
    """As every other file."""
    line = edit(root, "pyproject.toml", "\nrequire_approval = false", '\nrequire_approval = "no"') + 1
    told = seen(root, clock)
    assert (told.file, told.line) == ("pyproject.toml", line)
    assert dict(told.excerpt)[line] == 'require_approval = "no"'


def test_a_template_that_the_issue_misspells_points_at_the_issue(root: Path, clock: SetClock) -> None:
    """The message begins with the place; no template was begun."""
    line = edit(root, FILE, "\ntemplate: weekly", "\ntemplate: weakly") + 1
    told = seen(root, clock)
    assert (told.message, told.file, told.line, told.chain) == (
        "no such template: 'weakly'",
        FILE,
        line,
        (),
    )


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    """Relative to the root where it is inside, whole where it is not."""
    inside = FileNotFoundError(2, "No such file or directory", str(tmp_path / "templates/base.html"))
    told = trouble_of(inside, root=tmp_path)
    assert (told.message, told.file) == ("cannot be read: no such file or directory", "templates/base.html")
    assert told.hint
    outside = trouble_of(PermissionError(13, "Permission denied", "/elsewhere/x"), root=tmp_path)
    assert (outside.message, outside.file) == ("/elsewhere/x: cannot be read: permission denied", "")
    assert trouble_of(OSError("broken"), root=tmp_path).message == "cannot be read: broken"


def test_only_files_of_the_newsletter_are_shown(tmp_path: Path) -> None:
    """A message may name any file; nothing outside the root is read."""
    (tmp_path / "secret").write_text("one\n")
    root = tmp_path / "newsletter"
    root.mkdir()
    told = trouble_of(IssueError("../secret:1: wrong"), root=root)
    assert (told.message, told.file, told.excerpt) == ("../secret:1: wrong", "", ())
    finding = Finding("X", Severity.ERROR, "wrong", "mend", "../secret", 1)
    assert trouble_of(IssueError("wrong", findings=[finding]), root=root).excerpt == ()


@pytest.mark.parametrize("text", ["x.md:3:7: wrong", "x.md:3: wrong", "x.md: wrong", "wrong"])
def test_a_terminal_is_told_the_place_in_front(tmp_path: Path, text: str) -> None:
    """As the error had it: the page shows it apart, and the terminal has one line."""
    (tmp_path / "x.md").write_text("one")
    told = trouble_of(IssueError(text), root=tmp_path)
    assert (told.message, told.with_place) == ("wrong", text)


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000, "."])
def test_a_place_that_is_no_file_has_no_lines(tmp_path: Path, name: str) -> None:
    """And is no fault of the preview."""
    finding = Finding("X", Severity.ERROR, "wrong", "mend", name, 3)
    assert trouble_of(IssueError("wrong", findings=[finding]), root=tmp_path).excerpt == ()
    assert trouble_of(TemplateError(f"{name}:3: wrong"), root=tmp_path).excerpt == ()


def test_lines_are_shown_whatever_bytes_are_in_them(tmp_path: Path) -> None:
    """Not UTF-8, Windows line ends, a byte order mark, a line without an end; cut where it is too long."""
    (tmp_path / "x.md").write_bytes(b"\xef\xbb\xbfone\r\ntw\xff\r\n" + b"y" * 1000 + b"\rfour\nfive")
    told = trouble_of(IssueError("x.md:3: wrong"), root=tmp_path)
    assert told.excerpt == ((1, "one"), (2, "tw\ufffd"), (3, "y" * 400), (4, "four"), (5, "five"))
    assert trouble_of(IssueError("x.md:9: wrong"), root=tmp_path).excerpt == ()
