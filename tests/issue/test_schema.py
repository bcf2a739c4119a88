"""Front matter is typed as its author meant it, completed from the settings, or refused key by key."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import IssueError
from pipeline.issue.schema import KEYS
from pipeline.model import Finding, Issue, Waiver
from pipeline.settings import load_settings
from pipeline.stages.load import parse_issue

ROOT = Path(__file__).parents[2]
SETTINGS = load_settings(ROOT)


def read(front: str, name: str = "2026-12-01-back.md") -> Issue:
    """Read an issue with this YAML front matter."""
    return parse_issue(f"---\n{front}\n---\nHello\n".encode(), SETTINGS.issues_path / name, SETTINGS)


def findings(front: str, name: str = "2026-12-01-back.md") -> tuple[Finding, ...]:
    """Return why this front matter is refused."""
    with pytest.raises(IssueError) as caught:
        read(front, name)
    return caught.value.findings


def test_a_title_is_enough() -> None:
    """Everything else comes from the file's name and the settings."""
    issue = read("title: A stiff back")
    assert (issue.id, issue.slug, issue.key) == (
        "2026-12-01-back",
        "2026-12-01-back",
        "steady-2026-12-01-back",
    )
    assert (issue.title, issue.subject, issue.preheader, issue.description) == (
        "A stiff back",
        "A stiff back",
        "",
        "",
    )
    assert (issue.status, issue.archive, issue.send_at) == ("draft", "listed", None)
    assert (issue.audience, issue.template, issue.lang) == ("weekly", "weekly", "en-US")
    assert (issue.timezone, issue.date) == ("America/New_York", dt.date(2026, 12, 1))
    assert (issue.file, issue.body_line) == ("issues/2026-12-01-back.md", 4)


FULL_YAML = """\
title: A stiff back
id: back
slug: stiff-back
number: 12
subject: Your back, {{ subscriber.first_name | default("friend") }}
preview_text: Three moves
description: On backs
date: 2026-11-30
publishDate: 2026-12-01T07:30
timezone: Europe/Berlin
status: ready
audience: weekly
template: digest
topics: [back_pain]
tags:
  - back
  - "no"
authors: [Ada Moreno]
reviewed_by: Dr. B. Null
reviewer_credential: MD
last_reviewed: 2026-11-20
next_review: 2027-11-20
sponsors: ["Acme, Inc."]
image: {src: https://steady.example/a.png, alt: A back}
archive: unlisted
canonical_url: https://steady.example/back/
aliases: [/2026/back/, old-back]
updated: 2026-12-02
corrections:
  - {date: 2026-12-02, text: Ten should be two.}
lang: en-GB
waivers:
  - rule: LINK004
    reason: the site is slow
    by: Ada
    until: 2026-12-31
x_mood: calm"""

FULL_TOML = """\
title = "A stiff back"
id = "back"
slug = "stiff-back"
number = 12
subject = 'Your back, {{ subscriber.first_name | default("friend") }}'
preview_text = "Three moves"
description = "On backs"
date = 2026-11-30
publishDate = 2026-12-01T07:30:00
timezone = "Europe/Berlin"
status = "ready"
audience = "weekly"
template = "digest"
topics = ["back_pain"]
tags = [
  "back",
  "no"]
authors = ["Ada Moreno"]
reviewed_by = "Dr. B. Null"
reviewer_credential = "MD"
last_reviewed = 2026-11-20
next_review = 2027-11-20
sponsors = ["Acme, Inc."]
image = {src = "https://steady.example/a.png", alt = "A back"}
archive = "unlisted"
canonical_url = "https://steady.example/back/"
aliases = ["/2026/back/", "old-back"]
updated = 2026-12-02
corrections = [{date = 2026-12-02, text = "Ten should be two."}]

lang = "en-GB"
x_mood = "calm"
[[waivers]]
rule = "LINK004"
reason = "the site is slow"
by = "Ada"
until = 2026-12-31"""


@pytest.mark.parametrize(
    "source", [f"---\n{FULL_YAML}\n---\nHello", f"+++\n{FULL_TOML}\n+++\nHello"], ids=["YAML", "TOML"]
)
def test_every_key_is_read(source: str) -> None:
    """YAML and TOML say the same; aliases stand for our keys."""
    issue = parse_issue(source.encode(), SETTINGS.issues_path / "a.md", SETTINGS)
    assert (issue.id, issue.slug, issue.number, issue.title) == ("back", "stiff-back", 12, "A stiff back")
    assert issue.subject == 'Your back, {{ subscriber.first_name | default("friend") }}'
    assert (issue.preheader, issue.description) == ("Three moves", "On backs")
    assert issue.send_at is not None
    assert issue.send_at.isoformat() == "2026-12-01T07:30:00+01:00"
    assert (issue.date, issue.updated) == (dt.date(2026, 11, 30), dt.date(2026, 12, 2))
    assert (issue.status, issue.template, issue.archive, issue.lang) == (
        "ready",
        "digest",
        "unlisted",
        "en-GB",
    )
    assert (issue.topics, issue.tags, issue.authors) == (("back_pain",), ("back", "no"), ("Ada Moreno",))
    assert (issue.reviewed_by, issue.reviewer_credential) == ("Dr. B. Null", "MD")
    assert (issue.last_reviewed, issue.next_review) == (dt.date(2026, 11, 20), dt.date(2027, 11, 20))
    assert (issue.sponsors, issue.aliases) == (("Acme, Inc.",), ("/2026/back/", "old-back"))
    assert (issue.image_src, issue.image_alt) == ("https://steady.example/a.png", "A back")
    assert issue.corrections == ((dt.date(2026, 12, 2), "Ten should be two."),)
    line = issue.lines["waivers.0"]
    assert issue.waivers == (Waiver("LINK004", "the site is slow", "Ada", dt.date(2026, 12, 31), line),)
    assert issue.extra == {"x_mood": "calm"}
    assert (issue.lines["title"], issue.lines["preheader"], issue.lines["send_at"]) == (2, 7, 10)


def test_lines_lead_to_nested_keys() -> None:
    """A finding about the alt text can point at it."""
    lines = read("title: A\nimage:\n  src: https://a.example/b.png\n  alt: b\ntopics:\n- c\n- d").lines
    assert (lines["image"], lines["image.src"], lines["image.alt"], lines["topics.1"]) == (3, 4, 5, 8)


@pytest.mark.parametrize(
    "title",
    [
        "no",
        "on",
        "010",
        "1.10",
        "12:30",
        "0x1F",
        "1e3",
        "2026-12-01",
        "true",
        "=",
        "1_000",
        ".inf",
        "Yes, no",
        "A#b",
    ],
)
def test_a_title_stays_as_it_was_written(title: str) -> None:
    """YAML 1.1 would make other things of these."""
    assert read(f"title: {title}").title == title


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1", 1),
        ("-2.5", -2.5),
        ("true", True),
        ("null", None),
        ("'1'", "1"),
        ("1.10", "1.10"),
        ("010", "010"),
        ("no", "no"),
        (".nan", ".nan"),
        ("nan", "nan"),
        ("12345678901234567890", "12345678901234567890"),
        ("2026-12-01", "2026-12-01"),
        ("[1, {a: b}]", [1, {"a": "b"}]),
    ],
)
def test_own_keys_hold_what_json_knows(written: str, meant: object) -> None:
    """A number is one only where writing it back gives the same text."""
    extra = read(f"title: A\nx_own: {written}").extra
    assert extra == {"x_own": meant}
    assert json.loads(json.dumps(dict(extra), allow_nan=False)) == extra


def test_an_empty_value_counts_as_none() -> None:
    """Keys may stand there to be filled in."""
    issue = read("\n".join(["title: A", *(f"{key}:" for key in KEYS if key != "title")]))
    assert issue == replace(read("title: A"), lines=issue.lines, body_line=issue.body_line)


@pytest.mark.parametrize(
    ("front", "rule", "line", "message", "hint"),
    [
        ("subject: A", "FM020", 2, "title is missing or empty", "title: Five minutes"),
        ("title:", "FM020", 2, "title is missing or empty", "title: Five minutes"),
        ("title: null", "FM020", 2, "title is missing or empty", "title: Five minutes"),
        ("title: ' '", "FM020", 2, "title is missing or empty", "title: Five minutes"),
        ("title: [A]", "FM021", 2, "title must be text", "quotes"),
        ("title: Tip #3 for you", "FM015", 2, "title is cut off at '#'", "quotes"),
        ("title: |\n  A\n  B", "FM022", 2, "title must be one line of text", "one line"),
        ('title: "A\\r\\nBcc: b"', "FM022", 2, "title must be one line of text", "one line"),
        ('title: "A\\u2028B"', "FM022", 2, "title must be one line of text", "one line"),
        ("title: A\nsubjct: B", "FM014", 3, "unknown key 'subjct'", "did you mean 'subject'?"),
        ("title: A\nTitle: B", "FM014", 3, "unknown key 'Title'", "did you mean 'title'?"),
        ("title: A\nSend-At: B", "FM014", 3, "unknown key 'Send-At'", "did you mean 'send_at'?"),
        ("title: A\ndraft: true", "FM014", 3, "unknown key 'draft'", "did you mean 'status'?"),
        ("title: A\nlastmod: 2026-12-01", "FM014", 3, "unknown key 'lastmod'", "did you mean 'updated'?"),
        ("title: A\nzzz: 1", "FM014", 3, "unknown key 'zzz'", "known are: title, id"),
        ("title: A\npreheader: B\npreview_text: C", "FM012", 4, "preheader is given on line 3", "keep one"),
        ("title: A\nid: My Issue", "FM025", 3, "id cannot be 'My Issue'", "2026-12-01-stiff-back"),
        ("title: A\nslug: ../x", "FM025", 3, "slug cannot be '../x'", "stiff-back"),
        ("title: A\nslug: tags", "FM025", 3, "slug cannot be 'tags': the archive has a page", "another"),
        ("title: A\nslug: '2026'", "FM025", 3, "slug cannot be '2026': the archive", "another"),
        ("title: A\naliases: [a, /feed.xml]", "FM025", 3, "aliases.1 cannot be '/feed.xml'", "another"),
        (
            "title: A\naliases:\n  - a\n  - Assets/x.png",
            "FM025",
            5,
            "aliases.1 cannot be 'Assets/x",
            "another",
        ),
        ("title: A\naliases: [2025/index.html]", "FM025", 3, "aliases.0 cannot be '2025/index", "another"),
        ("title: A\nnumber: twelve", "FM027", 3, "number cannot be 'twelve'", "12"),
        ("title: A\nnumber: -1", "FM027", 3, "number cannot be '-1'", "12"),
        ("title: A\ndate: 1.12.2026", "FM026", 3, "date is no date: '1.12.2026'", "2026-12-01"),
        ("title: A\ndate: 2026-02-30", "FM026", 3, "date is no date: '2026-02-30'", "2026-12-01"),
        ("title: A\nstatus: redy", "FM023", 3, "status cannot be 'redy'", "did you mean 'ready'?"),
        ("title: A\nstatus: Ready", "FM023", 3, "status cannot be 'Ready'", "did you mean 'ready'?"),
        ("title: A\nstatus: sent", "FM024", 3, "status 'sent' is for machines", "receipts"),
        ("title: A\nstatus: about_to_send", "FM024", 3, "status 'about_to_send' is for machines", "receipts"),
        ("title: A\nstatus: Scheduled", "FM024", 3, "status 'Scheduled' is for machines", "receipts"),
        ("title: A\nstatus: ready", "FM035", 3, "ready and there is no send_at", "send_at: 2026-12-01T07:30"),
        (
            "title: A\naudience: everyone",
            "FM029",
            3,
            "no such audience in the settings: 'everyone'",
            "weekly",
        ),
        ("title: A\naudience: weekli", "FM029", 3, "'weekli'", "did you mean 'weekly'?"),
        ("title: A\ntemplate: ../../x", "FM028", 3, "template cannot be '../../x'", "weekly"),
        ("title: A\nlang: english", "FM028", 3, "lang cannot be 'english'", "en-US"),
        ("title: A\ncanonical_url: /back/", "FM028", 3, "canonical_url cannot be '/back/'", "https://"),
        ("title: A\naliases: [../../etc]", "FM028", 3, "aliases cannot hold '../../etc'", "/2026/old-name/"),
        ("title: A\ntopics: sleep, back", "FM021", 3, "topics must be a list", 'topics: ["a text"]'),
        ("title: A\ntopics: [sleep, ~]", "FM020", 3, "topics cannot hold ''", "text"),
        ("title: A\ntopics: [sleep, {a: b}]", "FM021", 3, "topics must be text", "quotes"),
        ("title: A\ntimezone: New York", "FM030", 3, "no such time zone: 'New York'", "America/New_York"),
        ("title: A\nsend_at: 2026-12-01", "FM031", 3, "send_at has no time of day", "2026-12-01T07:30"),
        (
            "title: A\nsend_at: 2026-03-08T02:30",
            "FM031",
            3,
            "send_at has no such local time",
            "T03:30-04:00 (EDT)",
        ),
        (
            "title: A\nsend_at: 2026-11-01T01:30",
            "FM031",
            3,
            "send_at has two such local times",
            "T01:30-05:00 (EST)",
        ),
        (
            "title: A\nimage: a.png",
            "FM021",
            3,
            "image must have keys of its own",
            "image: {src: hero.jpg, alt:",
        ),
        ("title: A\nimage: {alt: a}", "FM020", 3, "image.src is missing or empty", "src: hero.jpg"),
        ("title: A\nimage:\n  src: https://a.example/b.png", "FM020", 4, "image.alt is missing", 'alt: ""'),
        (
            "title: A\nimage:\n  src: https://a.example/b.png\n  alt:",
            "FM020",
            5,
            "image.alt is missing",
            'alt: ""',
        ),
        ("title: A\nimage: {src: 'https://a.example/b', alt: b, w: 3}", "FM014", 3, "'image.w'", "src, alt"),
        ("title: A\ncorrections: oops", "FM021", 3, "corrections must be a list", "date: 2026-12-03"),
        ("title: A\ncorrections:\n- oops", "FM021", 4, "corrections.0 must have keys", "date: 2026-12-03"),
        (
            "title: A\ncorrections:\n- {date: 2026-12-01}",
            "FM020",
            4,
            "corrections.0.text is missing",
            "text: ",
        ),
        (
            "title: A\nwaivers: [{rule: link, reason: a, by: b, until: 2026-12-31}]",
            *("FM028", 3, "waivers.0.rule cannot be 'link'", "MD006"),
        ),
        (
            "title: A\nwaivers: [{rule: A1, reason: a, by: b, until: someday}]",
            *("FM026", 3, "waivers.0.until is no date: 'someday'", "2026-12-01"),
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_remedy(
    *, front: str, rule: str, line: int, message: str, hint: str
) -> None:
    """One problem gives one finding: what, where, how to mend."""
    (finding,) = findings(front)
    assert (finding.id, finding.line) == (rule, line)
    assert message in finding.message
    assert hint in finding.hint


def test_all_problems_of_a_file_are_reported_at_once() -> None:
    """From the top of the file to its end; the error sums them up."""
    seen = findings("titel: A\nstatus: redy\nwaivers:\n- {rule: A1}\ndate: soon")
    assert [(finding.id, finding.line) for finding in seen] == [
        ("FM020", 2),
        ("FM014", 2),
        ("FM023", 3),
        ("FM020", 5),
        ("FM020", 5),
        ("FM020", 5),
        ("FM026", 6),
    ]
    with pytest.raises(IssueError, match=r"^issues/2026-12-01-back\.md: 7 problems$"):
        read("titel: A\nstatus: redy\nwaivers:\n- {rule: A1}\ndate: soon")


def test_a_single_problem_is_the_errors_message() -> None:
    """Place and remedy are in the error itself."""
    with pytest.raises(IssueError) as caught:
        read("title: A\nstatus: redy")
    assert caught.value.message == "issues/2026-12-01-back.md:3: status cannot be 'redy'"
    assert caught.value.hint == "did you mean 'ready'?"


def test_an_empty_alt_text_must_be_written_out() -> None:
    """Two quotes say that the image only decorates."""
    assert read('title: A\nimage: {src: "https://a.example/b.png", alt: ""}').image_alt == ""


def test_a_ready_issue_needs_a_letter() -> None:
    """A draft may still be empty; a blank mail never goes out."""
    source = b"---\ntitle: A\nstatus: %s\nsend_at: 2026-12-01T07:30\n---\n \n"
    path = SETTINGS.issues_path / "a.md"
    assert parse_issue(source % b"draft", path, SETTINGS).body.strip() == ""
    with pytest.raises(IssueError) as caught:
        parse_issue(source % b"ready", path, SETTINGS)
    assert [(finding.id, finding.line) for finding in caught.value.findings] == [("FM036", 6)]


@pytest.mark.parametrize(
    ("name", "issue_id", "date"),
    [
        ("2026-12-01-back.md", "2026-12-01-back", dt.date(2026, 12, 1)),
        ("2026-12-01-back/index.md", "2026-12-01-back", dt.date(2026, 12, 1)),
        ("back.md", "back", None),
        ("2026-12-01.md", "2026-12-01", None),
        ("2026-13-01-back.md", "2026-13-01-back", None),
    ],
)
def test_id_and_date_come_from_the_files_name(name: str, issue_id: str, date: dt.date | None) -> None:
    """Or from the folder's, when the issue has one of its own."""
    issue = read("title: A", name)
    assert (issue.id, issue.date) == (issue_id, date)


@pytest.mark.parametrize("path", ["2026/old-name", "tag", "feed", "20265", "searching", "old.html", "x/tags"])
def test_an_address_beside_the_archives_own_pages_is_an_issues(path: str) -> None:
    """Only what the archive makes itself is refused."""
    assert read(f"title: A\naliases: ['/{path}/']").aliases == (f"/{path}/",)


def test_a_file_named_like_a_page_of_the_archive_needs_a_slug() -> None:
    """Its id would be its address; without an archive nothing stands in its way."""
    (finding,) = findings("title: A", "latest.md")
    assert (finding.id, finding.line) == ("FM025", 1)
    assert read("title: A\nslug: the-latest", "latest.md").id == "latest"
    path = SETTINGS.issues_path / "latest.md"
    assert (
        parse_issue(b"---\ntitle: A\n---\nHello\n", path, replace(SETTINGS, archive_url="")).slug == "latest"
    )


@pytest.mark.parametrize("name", ["My Issue.md", "-a.md", "ä.md", "mtag7qweburlxz.md", f"{'a' * 121}.md"])
def test_a_name_that_makes_no_id_is_refused_unless_the_issue_names_one(name: str) -> None:
    """Keys are lower-case letters, digits and dashes, and never look like a merge tag's token."""
    (finding,) = findings("title: A", name)
    assert (finding.id, finding.line) == ("FM025", 1)
    assert read("title: A\nid: mine", name).id == "mine"


def test_a_comment_behind_a_value_that_is_no_prose_is_a_comment() -> None:
    """What `new` writes, and what editors note beside a time, is no part of the value."""
    issue = read(
        "title: A\nsend_at: 2026-12-01T07:30   # New York\nstatus: ready # or draft\nnumber: 3 # of 52"
    )
    assert (issue.status, issue.number, issue.send_at is not None) == ("ready", 3, True)


@pytest.mark.parametrize("src", ["/etc/passwd", "http://[::1", "javascript:alert(1)", "#x", "data:image/png"])
def test_a_hero_is_a_file_or_a_whole_address(src: str) -> None:
    """What no reader could fetch never becomes the address of a picture."""
    with pytest.raises(IssueError) as caught:
        read(f"title: A\nimage: {{src: {json.dumps(src)}, alt: x}}")
    assert [finding.id for finding in caught.value.findings] == ["FM043"]


def test_a_subject_that_turns_its_direction_is_refused() -> None:
    """An override makes a subject read other than it is."""
    with pytest.raises(IssueError):
        read('title: "Safe \\u202e tfos"')
