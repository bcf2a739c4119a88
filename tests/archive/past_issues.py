"""A newsletter with a past: issues of every sort, what is on record of each, and the archive of them."""

import copy
import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml

from conftest import SetClock, copy_newsletter
from pipeline.commands.archive import archive
from pipeline.examine.words import fingerprint
from pipeline.model import Message
from pipeline.newsletter import Newsletter
from pipeline.output import Result
from pipeline.receipts import FolderReceipts, neutral_names

ZONE = ZoneInfo("America/New_York")
URL = "https://steady.example/issues"
FORM = "https://lists.steady.example/subscription/form"
LIST = "3f6a1c52-0000-4000-8000-2b7d9e41c6aa"
NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
REAL = {  # what our own settings say -> what they say where readers are reached
    'provider = "outbox"': 'provider = "listmonk"\nreceipts = ".newsletter/receipts"',
    "[tool.newsletter.audiences.weekly]": "[tool.newsletter.audiences.weekly]\nlistmonk = [1]",
    "[tool.newsletter.providers.outbox]": f"""\
[tool.newsletter.providers.listmonk]
url = "https://lists.steady.example"
user = "ada"
signup = "{FORM}?l={LIST}"

[tool.newsletter.providers.outbox]""",
}
AWAY = "quokka"  # stands in what no reader may be led to, and nowhere else


class Past:
    """A newsletter in a folder of its own, with its record; its provider reaches readers."""

    def __init__(self, root: Path, *, archive_url: str = URL, own_issues: bool = False) -> None:
        """Copy our newsletter to *root*, without its issues unless they are asked for."""
        self.root = copy_newsletter(root)
        self.clock = SetClock(NOW)
        self.receipts = FolderReceipts(root / ".newsletter/receipts", clock=self.clock)
        for old, new in {**REAL, f'archive_url = "{URL}"': f'archive_url = "{archive_url}"'}.items():
            self.edit("pyproject.toml", old, new)
        if not own_issues:
            shutil.rmtree(root / "issues")
            (root / "issues").mkdir()

    def edit(self, file: str, old: str, new: str) -> None:
        """Put *new* in place of *old* in a file of the newsletter."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, ident: str, body: str = "A letter.", **front: Any) -> Path:
        """Write an issue; *front* is its front matter beside a title, status ready and a send time."""
        values = {"title": ident.capitalize(), "status": "ready", "send_at": "2026-12-01T07:30", **front}
        head = yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
        path = self.root / f"issues/{ident}.md"
        path.write_text(f"---\n{head}---\n\n{body}\n", encoding="utf-8")
        return path

    def message(self, ident: str) -> Message:
        """Return the mail of an issue, as it would go out now."""
        newsletter = Newsletter(self.root, clock=self.clock)
        return newsletter.composed(newsletter.issue(ident)).message

    def record(
        self, ident: str, *kinds: str, at: str = "2026-11-17T07:30", rehearsal: bool = False
    ) -> Message:
        """
        Put on record what a send does of an issue as it is now.

        Args:
            ident: the issue's id.
            kinds: such as "claimed", "scheduled", "sent", "cancelled".
            at: the time for which it was scheduled, and at which it was sent, in the newsletter's zone.
            rehearsal: no reader was reached.
        """
        message = self.message(ident)
        when = dt.datetime.fromisoformat(at).replace(tzinfo=ZONE).astimezone(dt.UTC).isoformat()
        data = {"newsletter": "steady", "page": message.web_url, "content_digest": message.digest}
        data |= {"send_at": when, **({"rehearsal": True} if rehearsal else {})}
        parts = dict(zip(neutral_names(rehearsal=rehearsal), (message.html, message.text), strict=True))
        with self.receipts.hold(message.key):
            for kind in kinds:
                more = {"sent_at": when} if kind == "sent" else {}
                self.receipts.append(
                    message.key, kind, {**data, **more}, parts=parts if kind == "claimed" else {}
                )
        return message

    def sent(
        self, ident: str, body: str = "A letter.", *, at: str = "2026-11-17T07:30", **front: Any
    ) -> Path:
        """Write an issue that went out at *at*."""
        path = self.write(ident, body, **front)
        self.record(ident, "claimed", "scheduled", "sent", at=at)
        return path

    def build(self, folder: Path | None = None, *, search: bool = False) -> Result:
        """Build the archive, in public/ unless another folder is named."""
        return archive(self.root, folder=folder, search=search, told=lambda *_: None, clock=self.clock)

    def at(self, root: Path) -> "Past":
        """Return the same newsletter as it was copied to *root*."""
        other = copy.copy(self)
        other.root = root
        other.receipts = FolderReceipts(root / ".newsletter/receipts", clock=self.clock)
        return other

    @property
    def public(self) -> Path:
        """Where the archive stands."""
        return self.root / "public"

    def page(self, slug: str) -> str:
        """Return the page of an issue; "" when it has none."""
        path = self.public / slug / "index.html"
        return path.read_text(encoding="utf-8") if path.exists() else ""


def shown(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def register(
    root: Path, ident: str, locale: str, elements: Mapping[str, str], *, placement: str, heading: str
) -> None:
    """Have a wording approved that says nothing but its elements, in the registry of the newsletter."""
    text = " ".join(elements.values())
    day = "2026-01-01"
    head = {"id": ident, "version": "1", "locale": locale, "jurisdictions": ["US"], "kind": "house"}
    head |= {"heading": heading, "placement": placement, "effective_from": day, "approved_by": "sample"}
    head |= {"approved_on": day, "sha256": fingerprint(text), "elements": dict(elements)}
    if "911" in text:
        head["contacts"] = [{"number": "911", "country": "US", "verified_on": day}]
    path = root / f"templates/disclaimers/{ident}/1.{locale}.md"
    path.write_text(f"---\n{yaml.safe_dump(head, allow_unicode=True)}---\n\n{text}\n", encoding="utf-8")


GERMAN = {
    "E1": "Dieser Brief dient nur der Information.",
    "E2": "Er ist kein ärztlicher Rat, keine Diagnose und keine Behandlung.",
    "E3": "Er ersetzt nicht den Rat Ihrer eigenen Ärztin.",
    "E4": "Zögern Sie nie wegen dieses Briefes, Hilfe zu suchen.",
    "E5": "Rufen Sie im Notfall sofort 911 an.",
    "E9": "Steady gibt diesen Brief heraus.",
}
ARABIC = {
    "E1": "هذه الرسالة للمعلومات فقط.",
    "E2": "وليست نصيحة طبية ولا تشخيصا ولا علاجا.",
    "E3": "ولا تغني عن استشارة طبيبك.",
    "E4": "لا تؤخر طلب المساعدة بسبب ما تقرأه هنا.",
    "E5": "في حالة الطوارئ اتصل على 911 فورا.",
    "E9": "تصدر هذه الرسالة عن ستيدي.",
}
EVERYTHING = """\
Hi {{ subscriber.first_name | default("friend") }}, read this [on the web]({{ web_url }}?utm_source=mail) or
[leave]({{ unsubscribe_url }}). See [a study](https://example.org/study?id=7&utm_campaign=week-3&fbclid=x).[^one]

## What is measured

| Day | Steps | |
|---|--:|---|
| Monday | 4,210 | gray |

> Rest is part of the work.
> {.pullquote}

> [!WARNING]
> A warning. It says what may go wrong.

1. One
   - with a part
2. Two

- [x] done
- [ ] to do

<img src="https://count.example.net/pixel.gif?a=1" width="1" height="1" alt="">

[Read more](https://example.com/more?utm_source=x#utm_content=y){.button}

[^one]: A note with its [source](https://example.com/source).
"""
HOSTILE = """\
</div></article></main></body></html>

<div id="page:main" class="notice" hidden>Not yours</div>

<script>document.title = "taken"</script><style>.notice{display:none}</style>

<p style="position:fixed;top:0;left:0;width:9999px;height:9999px;background:#fff">Over it all</p>

<a href="javascript:alert(1)" onclick="alert(1)">press</a> <!-- <iframe src="https://example.org"> -->

<h1>Loud</h1> <center>old</center> <font color="white">pale</font>

<table><tr><td>a cell
"""


def many_sorts(past: Past) -> None:
    """Fill a newsletter that has our own issues with others of every sort; nothing is built yet."""
    root = past.root
    ours = [path.parent.name for path in sorted((root / "issues").glob("*/index.md"))]
    register(root, "gen", "de-DE", GERMAN, placement="end", heading="Medizinischer Hinweis")
    short = {name: GERMAN[name] for name in ("E1", "E2")}
    register(root, "gen-short", "de-DE", short, placement="top", heading="Gut zu wissen")
    register(root, "gen", "ar", ARABIC, placement="end", heading="تنبيه طبي")
    past.record(ours[0], "claimed", "scheduled", "sent", at="2026-11-03T07:31")
    past.record(ours[1], "claimed", "scheduled", "sent", at="2026-11-10T07:30")
    past.record(ours[2], "claimed", "scheduled", at="2026-12-15T07:30")
    past.edit(f"issues/{ours[0]}/index.md", "tags: [", "aliases: [/2025/old-backs/, backs.html]\ntags: [")
    past.sent(
        "2025-03-04-everything",
        EVERYTHING,
        at="2025-03-04T07:30",
        title="Everything an editor can write, & <more>",
        slug="everything",
        description="One of each {{ subscriber.first_name | default('kind') }}",
        topics=["sleep"],
        tags=["Sleep", "walking"],
        authors=["Coach Luke", "Ada Moreno"],
        sponsors=["Alder Street Bakery"],
        reviewed_by="Dr. Ada Moreno",
        reviewer_credential="DPT",
        last_reviewed="2025-02-20",
        next_review="2026-02-20",
    )
    past.sent(
        "2024-12-31-year-end",
        "A letter sent late on the last day.",
        at="2024-12-31T23:30",
        corrections=[
            {"date": "2025-01-02", "text": "The letter named the wrong town."},
            {"date": "2025-01-09", "text": 'It was "Eugene" & not <b>Salem</b>.'},
        ],
        tags=["sleep"],
        reviewed_by="Dr. Ada Moreno",
        next_review="2027-06-01",
    )
    past.sent("2025-06-03-hostile", HOSTILE, at="2025-06-03T07:30", title="</title><script>alert(1)</script>")
    past.sent(
        "2026-03-03-schlaf",
        "Guter Schlaf beginnt am Morgen.\n\n## Licht\n\nGehen Sie hinaus.",
        at="2026-03-03T07:30",
        title="Schlaf & Licht",
        lang="de-DE",
        topics=["sleep"],
        tags=["schlaf"],
    )
    past.sent(
        "2026-04-07-light",
        "فقرة أولى قصيرة عن النوم والضوء.\n\n- بند أول\n- بند ثان",
        at="2026-04-07T07:30",
        title="ضوء الصباح",
        lang="ar",
        tags=["نوم"],
        authors=["ليلى حداد"],
    )
    past.sent(
        "2026-05-05-elsewhere",
        "First printed elsewhere.",
        at="2026-05-05T07:30",
        canonical_url="https://journal.example/first/",
    )
    past.sent(
        "2026-06-02-quiet",
        f"Kept for its readers, about the {AWAY}.",
        at="2026-06-02T07:30",
        archive="unlisted",
        tags=["secret"],
        aliases=["older-quiet"],
        reviewed_by="Dr. Hidden",
        authors=["Nobody Known"],
    )
    past.sent("2026-06-09-away", f"No page, {AWAY}.", at="2026-06-09T07:30", archive="none")
    past.write(
        "2026-12-22-ready", f"A letter to come about the {AWAY}.", send_at="2026-12-22T07:30", tags=["soon"]
    )
    past.write("2027-01-05-draft", f"Not ready {AWAY}.", status="draft")
    past.write("2027-01-12-hold", f"On hold {AWAY}.", status="hold")
    past.write("2027-01-19-rehearsed", f"Tried out {AWAY}.", status="draft")
    past.record("2027-01-19-rehearsed", "claimed", "scheduled", "sent", rehearsal=True)


LISTED = (
    *("2026-12-08-magnesium-and-sleep", "2026-12-01-when-one-side-works-harder", "2026-05-05-elsewhere"),
    *("2026-04-07-light", "2026-03-03-schlaf", "2025-06-03-hostile", "everything", "2024-12-31-year-end"),
)
UNLISTED = ("2026-06-02-quiet", "2026-12-15-morning-light-and-a-short-walk", "2026-12-22-ready")
HIDDEN = ("2026-06-09-away", "2027-01-05-draft", "2027-01-12-hold", "2027-01-19-rehearsed")


class Host(NamedTuple):
    """A host of static files."""

    url: str  # without a slash at the end
    posted: list[tuple[str, str, bytes]]  # what forms sent to it: path, kind, body


@contextmanager
def served(folder: Path) -> Iterator[Host]:
    """Serve a folder on loopback as hosts of static sites do; what is not there shows 404.html."""
    posted: list[tuple[str, str, bytes]] = []

    class Handler(SimpleHTTPRequestHandler):
        def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
            page = folder / "issues/404.html"
            if code != HTTPStatus.NOT_FOUND or not page.exists():
                super().send_error(code, message, explain)
                return
            self._answer(code, page.read_bytes())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, self.headers["Content-Type"], body))
            self._answer(HTTPStatus.OK, b"<!DOCTYPE html><title>Thank you</title>")

        def _answer(self, code: int, page: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Host(f"http://127.0.0.1:{server.server_port}", posted)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
