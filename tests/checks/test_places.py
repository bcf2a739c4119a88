"""A finding about finished mail names the line that caused it: template, style sheet, issue, registry."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from conftest import SetClock, copy_newsletter
from pipeline.checks import check
from pipeline.checks.places import located, written_where
from pipeline.checks.subject import Subject
from pipeline.commands.check import check as command
from pipeline.commands.check import check as run_check
from pipeline.compose import compose
from pipeline.disclaimers.select import select
from pipeline.errors import TemplateError
from pipeline.examine import read_pages
from pipeline.model import Finding, Issue, Message, Severity
from pipeline.newsletter import Newsletter

PARTIAL = "templates/partials/disclaimer.html"
FILE = "issues/2026-12-24-sink.md"
FRONT = """\
---
title: The kitchen sink
preheader: All that a letter can hold
topics: [exercise, back_pain, supplements, medication]
template: {template}
---
"""
BODY = """\
Dear **reader**, see [this](https://example.org).

[Read more](https://example.org){.button}

> [!WARNING]
> Stop when it *hurts*.

## A list

- one helps muscles work\\*
- two <s>three</s> squats for back pain, magnesium capsules, ibuprofen

> A quote

> Pulled out
{.pullquote}

| a | b |
|---|---|
| 1 | 2 |

::: columns
left

+++

right
:::

![A picture](https://example.org/a.png "With a caption")

---

<div align="center"><p>raw <b>words</b></p></div>

A note.[^1]

[^1]: Its text.
"""


def elements(tree: LexborHTMLParser) -> list[LexborNode]:
    """List the elements of a document in their order."""
    assert tree.root is not None
    return [node for node in tree.root.traverse() if (node.tag or "-")[0] != "-"]


class Mail:
    """One letter of a newsletter, composed, and asked for the places of findings."""

    def __init__(self, root: Path, *, template: str = "weekly", body: str = BODY) -> None:
        """Write the letter and compose it."""
        self.root = root
        (root / FILE).write_text(FRONT.format(template=template) + body, encoding="utf-8")
        newsletter = Newsletter(root, clock=SetClock())
        self.issue: Issue = newsletter.issue("sink")
        selection = select(self.issue, newsletter.settings, newsletter.registry, on=newsletter.today)
        self.road = partial(
            compose, self.issue, settings=newsletter.settings, theme=newsletter.theme, selection=selection
        )
        self.message: Message = self.road()
        self.subject = Subject(
            self.issue, self.message, newsletter.settings, newsletter.registry, selection, newsletter.today
        )

    def marked(self) -> str:
        """Compose with marks."""
        return self.road(marked=True).html

    def number(self, selector: str) -> int:
        """Return the number of the first element that *selector* matches."""
        tree = LexborHTMLParser(self.message.html)
        wanted = tree.css_first(selector)
        assert wanted is not None, selector
        return [node.mem_id for node in elements(tree)].index(wanted.mem_id)

    def place(self, finding: Finding) -> Finding:
        """Return *finding* with its place."""
        (found,) = located([finding], self.subject, self.marked)
        return found

    def hidden(self, selector: str, css: str = "", message: str = "hidden", profile: str = "") -> str:
        """Return where something on the first element that *selector* matches comes from."""
        finding = Finding(
            "VIS001",
            Severity.BLOCK,
            message,
            "show it",
            part="html",
            profile=profile,
            element=self.number(selector),
            css=css,
        )
        found = self.place(finding)
        assert found.hint == "show it"
        return f"{found.file}:{found.line}"


@pytest.fixture
def mail(root: Path) -> Mail:
    """The kitchen sink in our own templates."""
    return Mail(root)


def line_of(root: Path, file: str, text: str) -> str:
    """Return file and line of the first line that holds *text*."""
    lines = (root / file).read_text(encoding="utf-8").split("\n")
    return f"{file}:{next(number for number, line in enumerate(lines, 1) if text in line)}"


def edit(root: Path, file: str, old: str, new: str) -> None:
    """Replace the first *old* in *file*."""
    source = (root / file).read_text(encoding="utf-8")
    assert old in source
    (root / file).write_text(source.replace(old, new, 1), encoding="utf-8")


def strays(mail: Mail) -> Iterator[tuple[str, str]]:
    """Yield each element whose place is not a line that wrote it."""
    implied = {"tbody", "colgroup"}
    for number, node in enumerate(elements(LexborHTMLParser(mail.message.html))):
        found = mail.place(Finding("VIS001", Severity.BLOCK, "x", "y", part="html", element=number))
        path = mail.root / found.file
        lines = ["", *path.read_text(encoding="utf-8").split("\n")]
        tag = node.tag or ""
        in_head = tag in {"head", "meta", "title", "style"}
        if found.file.startswith("templates/") and found.line:
            if f"<{tag}" not in lines[found.line] and tag not in implied:
                yield tag, f"{found.file}:{found.line}"
        elif found.file.startswith("templates/disclaimers/"):
            if tag not in {"p", "strong", "em", "a"}:
                yield tag, found.file
        elif found.file == FILE:
            if not found.line or not lines[found.line].strip():
                yield tag, f"{found.file}:{found.line}"
        elif not in_head:
            yield tag, f"{found.file}:{found.line}"


@pytest.mark.parametrize("template", ["weekly", "digest", "notice"])
def test_every_element_leads_to_the_line_that_wrote_it(root: Path, template: str) -> None:
    """Start tags to the template's line that holds them, the rest to the issue or the registry."""
    assert list(strays(Mail(root, template=template))) == []


def test_elements_are_counted_as_the_examination_lists_them(mail: Mail) -> None:
    """The number of an element is its index among the elements of the examined page."""
    (page, *_word) = read_pages(mail.message.html)
    assert [element.tag for element in page.elements] == [
        node.tag for node in elements(LexborHTMLParser(mail.message.html))
    ]


def test_sent_bytes_carry_no_marks(mail: Mail) -> None:
    """Composing with marks leaves no trace in what is composed without them, before or after."""
    before = mail.message.html
    marked = mail.marked()
    after = mail.road().html
    assert before == after
    for mark in ("data-source", "data-line", "/*@"):
        assert mark in marked
        assert mark not in before


def test_a_clean_message_is_composed_once(mail: Mail) -> None:
    """Without a finding to place nobody asks for marks."""

    def never() -> str:
        raise AssertionError("composed a second time")

    sound = [
        Finding("MD006", Severity.ERROR, "x", "y", FILE, 4),
        Finding("REG002", Severity.BLOCK, "x", "y", "templates/disclaimers/x.md", part="registry"),
        Finding("PRE001", Severity.WARNING, "x", "y", "templates/partials/preheader.html", part="html"),
    ]
    assert list(located(sound, mail.subject, never)) == sound
    subject = mail.subject
    assert not check(
        subject.issue,
        subject.message,
        settings=subject.settings,
        registry=subject.registry,
        selection=subject.selection,
        today=SetClock().now.date(),
        marked=never,
    )


def test_a_start_tag_of_a_partial(mail: Mail, root: Path) -> None:
    """What a partial wrote lies in the partial, not in the template that includes it."""
    footer = "templates/partials/footer.html"
    assert mail.hidden("td.footer") == line_of(root, footer, '<td class="footer"')
    assert mail.hidden("body") == line_of(root, "templates/base.html", "<body")
    assert mail.hidden("html") == line_of(root, "templates/base.html", "<html")


def test_a_style_attribute_lies_where_its_tag_begins(root: Path) -> None:
    """The template's own declaration, although rules set the same property."""
    edit(
        root,
        PARTIAL,
        '<div class="notice-small" {{ marks }}>',
        '<div class="notice-small"\nSTYLE {{ marks }}>',
    )
    edit(root, PARTIAL, "STYLE", 'style="color:#fff"')
    message = "color: #fff on … > div.notice-small (style attribute)"
    place = Mail(root).hidden("div.notice-small[style*='#fff']", "color", message)
    assert place == line_of(root, PARTIAL, '<div class="notice-small"')


RULES = """
/* hidden
   in many ways */
.notice,
.other {
  padding: 0 32px 24px;
  display: none;
}
@media (max-width: 600px) {
  .notice { font-size: 2px !important; display: inline !important; }
}
[data-ogsc] .notice { color: #111111 !important; }
.notice { color: #222222; }
.notice::before { content: "not"; }
"""


@pytest.mark.parametrize(
    ("css", "message", "profile", "line"),
    [
        ("display", "display: none on … > td.notice (style attribute)", "", "  display: none;"),
        ("display", "display: inline on … > td.notice (rule '.notice' in @media …)", "phone", "  .notice {"),
        ("font-size", "font-size: 2px on … > td.notice (rule '.notice' in @media …)", "phone", "  .notice {"),
        ("color", "color: #222222 on … > td.notice (style attribute)", "", ".notice { color: #222222"),
        ("color", "text is too pale", "outlook-dark-attr", "[data-ogsc] .notice { color: #111111"),
        ("color", "text is too pale", "", ".notice { color: #222222"),
        ("content", "content: \"not\" (rule '.notice::before')", "", ".notice::before"),
        (
            "padding-left",
            "padding-left: 32px on … > td.notice (style attribute)",
            "",
            "  padding: 0 32px 24px;",
        ),
    ],
)
def test_a_rule_lies_at_its_own_line_of_the_sheet(
    root: Path, css: str, message: str, profile: str, line: str
) -> None:
    """Inlined or kept in the head: the declaration that the message tells of, else the one that wins."""
    sheet = "templates/styles.css"
    source = (root / sheet).read_text(encoding="utf-8")
    (root / sheet).write_text(source.replace(".notice { padding", ".unused { padding", 1) + RULES)
    assert Mail(root).hidden("td.notice", css, message, profile) == line_of(root, sheet, line)


def test_a_rule_in_a_style_element_of_a_template(root: Path) -> None:
    """Between included sheets and after them."""
    base = "templates/base.html"
    edit(
        root,
        base,
        '{% include "styles.css" %}\n',
        '{% include "styles.css" %}\n\n.gutter {\n  opacity: 0.2\n}\n',
    )
    assert Mail(root).hidden("td.gutter", "opacity") == line_of(root, base, "  opacity: 0.2")


def test_a_rule_for_outlook_alone(root: Path) -> None:
    """It stands in a conditional comment, and only Outlook's profile asks for it."""
    base = "templates/base.html"
    edit(root, base, ".notice-heading {", ".notice {mso-hide: all}\n.notice-heading {")
    mail = Mail(root)
    assert mail.hidden("td.notice", "mso-hide", profile="word-engine") == line_of(root, base, "mso-hide")
    assert mail.hidden("td.notice", "mso-hide").startswith(f"{PARTIAL}:")


def test_what_the_issue_wrote_lies_in_the_issue(mail: Mail, root: Path) -> None:
    """Raw HTML, and text inside a component; the component's own table lies in the templates."""
    assert mail.hidden("s") == line_of(root, FILE, "<s>three</s>")
    assert mail.hidden("td.panel p:last-child em") == line_of(root, FILE, "> [!WARNING]")
    components = "templates/components.html"
    assert mail.hidden("td.body td.panel") == line_of(root, components, '<td class="panel"')


def test_the_words_of_a_wording_lie_in_the_registry(mail: Mail) -> None:
    """Its paragraphs are the registry's, the block around them the partial's."""
    assert mail.hidden('[data-disclaimer="gen@1"] p') == "templates/disclaimers/gen/1.en-US.md:0"


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("gen@1 is missing from the HTML part", '<div class="notice-small" {{'),
        ("gen-short@1 is altered: expected 'a', found 'b'", '<div class="notice-small notice-line"'),
        ("gen@9 is shown, but gen@1 is in force", '<div class="notice-small" {{'),
    ],
)
def test_a_wording_that_is_not_as_approved_lies_where_it_is_emitted(
    mail: Mail, root: Path, message: str, line: str
) -> None:
    """Without an element, the block of the wording that the message names."""
    found = mail.place(Finding("DISC001", Severity.BLOCK, message, "show it", part="html"))
    assert f"{found.file}:{found.line}" == line_of(root, PARTIAL, line)
    assert found.hint == f"show it; {PARTIAL} must emit it"


def test_a_wording_that_nothing_emits_lies_in_the_partial(root: Path) -> None:
    """The file that has to emit it; there is no line to name."""
    (root / PARTIAL).unlink()
    found = Mail(root).place(Finding("DISC001", Severity.BLOCK, "gen@1 is missing", "show it", part="html"))
    assert (found.file, found.line) == (PARTIAL, 0)


def guessed(found: Finding) -> bool:
    """Say whether *found* names the likely files, without a line."""
    return (found.file, found.line) == (PARTIAL, 0) and "look in" in found.hint


ANYWHERE = Finding("VIS001", Severity.BLOCK, "hidden", "show it", part="html", element=30)


def test_marks_that_would_change_the_mail_are_not_believed(root: Path) -> None:
    """A tag whose name Jinja writes cannot be marked: likely files are named instead of wrong lines."""
    edit(root, PARTIAL, '<h2 class="notice-heading">', '<h{{ 2 }} class="notice-heading">')
    assert guessed(Mail(root).place(ANYWHERE))


def test_marks_that_cannot_be_made_leave_the_finding_as_it_is(mail: Mail) -> None:
    """The finding is what counts; it is never lost for want of its place."""

    def broken() -> str:
        raise TemplateError("no")

    (found,) = located([ANYWHERE], mail.subject, broken)
    assert guessed(found)
    (found,) = located([ANYWHERE], mail.subject, None)
    assert guessed(found)


@pytest.mark.parametrize("number", [1, 2, 100_000])
def test_an_element_that_has_no_place_is_guessed(mail: Mail, number: int) -> None:
    """The head, which inlining rewrites, and numbers that the mail does not have."""
    assert guessed(mail.place(replace(ANYWHERE, element=number)))


def test_a_file_that_is_known_already_is_kept(mail: Mail) -> None:
    """A check that names a file keeps it where no better place is found."""
    known = replace(ANYWHERE, id="MAIL001", file="templates/partials/footer.html", element=100_000)
    found = mail.place(known)
    assert (found.file, found.hint) == (known.file, known.hint)


def test_the_text_part_lies_in_the_issue(mail: Mail) -> None:
    """It has no template."""
    found = mail.place(Finding("DISC002", Severity.BLOCK, "gen@1 is missing", "write it", part="text"))
    assert (found.file, found.line) == (FILE, 0)
    assert "plaintext.py" in found.hint


def test_check_tells_the_line(root: Path) -> None:
    """From the command to the partial: a changed word is told where it is emitted."""
    edit(root, PARTIAL, "{{ wording.html | safe }}\n</div>\n</td></tr>\n{% endif %}", "OURS")
    edit(
        root,
        PARTIAL,
        "OURS",
        "{{ wording.html | replace(' not ', ' ') | safe }}\n</div>\n</td></tr>\n{% endif %}",
    )
    Mail(root)
    result = command(root, ["sink"], strict=False, clock=SetClock())
    altered = [finding for finding in result.findings if finding.id == "DISC003" and finding.part == "html"]
    assert altered
    assert f"{altered[0].file}:{altered[0].line}" == line_of(root, PARTIAL, '<div class="notice-small" {{')


HOSTILE = (
    *(
        "</td></tr></table>",
        "<table><tr><td>",
        "<b><i><a href='x'>",
        "<p>a<p>b",
        "<li>",
        "</p>",
        "<div>",
        "<!-- ",
    ),
    *(
        "> [!TIP]",
        "> quote",
        "::: columns",
        "+++",
        ":::",
        "- a\n  - b",
        "| a |\n|---|\n| 1 |",
        "[^1]",
        "[^1]: x",
    ),
    *(
        "[x](https://example.org){.button}",
        "![](https://a.example/x.png)",
        "![x](https://a.example/b.png)",
        "# Title",
        "---",
        "text",
    ),
)


@settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(body=st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=12).map("\n\n".join))
@example(body="\n".join(HOSTILE))
def test_no_text_of_an_issue_shifts_the_places(house: Path, body: str) -> None:
    """However broken its markup: marked or not, the mail has the same elements, so every place is exact."""
    mail = Mail(house, body=f"Hello\n\n{body}\n")
    assert mail.hidden("td.footer") == line_of(house, "templates/partials/footer.html", '<td class="footer"')


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy of our newsletter for all random issues."""
    return copy_newsletter(tmp_path_factory.mktemp("places") / "newsletter")


def test_a_sentence_that_cancels_the_notice_lies_in_the_issue(root: Path) -> None:
    """Once, at the line that says it, though it stands in both parts and is read in two ways."""
    path = root / "issues/2026-12-01-when-one-side-works-harder/index.md"
    path.write_text(f"{path.read_text()}\nYou can ignore the notice below.\n", encoding="utf-8")
    (finding,) = run_check(root, [], strict=True, clock=SetClock()).findings
    assert (finding.id, finding.file) == ("DISC007", path.relative_to(root).as_posix())
    assert finding.line == len(path.read_text().splitlines())


def test_every_element_leads_to_the_line_that_an_editor_changes(root: Path) -> None:
    """A component's own markup leads to the Markdown it stands for; the letter's frame to its template."""
    mail = Mail(
        root, body="Hello\n\n> [!TIP]\n> Rest first.\n\n[More](https://steady.example/more){.button}\n"
    )
    places = written_where(mail.issue.file, mail.message, mail.marked)
    tree = LexborHTMLParser(mail.message.html)
    assert len(places) == len(elements(tree))
    first = mail.issue.body_line
    lines = (root / FILE).read_text(encoding="utf-8").splitlines()
    assert lines[first - 1] == "Hello"
    tip = places[mail.number("a.button") - 1]  # its cell, which only the component's template writes
    assert (tip.file, lines[tip.line - 1]) == (
        mail.issue.file,
        "[More](https://steady.example/more){.button}",
    )
    assert places[mail.number("td.footer")].file == "templates/partials/footer.html"
    assert places[mail.number("title")] is None
