"""
A throw-away newsletter with a past: issues of twenty years, all sent, with what is on record of each.

The same number of issues gives the same files, to the byte. The mails on record are one composed mail under
other titles: as large as real ones, and written in seconds.
"""

import datetime as dt
import hashlib
import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from mail import ROOT
from past_letters import Letter, letter
from PIL import Image as Drawing
from PIL import ImageDraw

from pipeline.digests import content_digest
from pipeline.images import copies
from pipeline.model import Entry, EntryKind, Image, Message, Receipt
from pipeline.newsletter import Newsletter
from pipeline.receipts.record import to_json
from pipeline.settings import Settings
from pipeline.stages.load import load_issue

YEARS = 20
LAST_YEAR = 2025  # the past is the same, whenever it is made
PICTURES = 20
_SIZE = (1200, 630)  # px, of a picture
_HOUR = dt.time(7, 30)
_COMPOSED = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)  # when our sample wordings are in force

_TAGS = (
    *("walking", "sleep", "winter", "summer", "breathing", "food first", "back", "neck", "knees", "balance"),
    *("work", "travel", "light", "water", "stress", "habits", "strength", "rest", "kitchen", "garden"),
    *("shoes", "morning", "evening", "family", "reading", "aging", "heart", "hands", "eyes", "outdoors"),
)
_TOPICS = ("sleep", "exercise", "back_pain", "medication", "supplements", "mental_health")
_AUTHORS = ("Coach Luke", "Ada Moreno", "Ben Okafor", "Ines Duarte", "Maya Lindqvist", "Tom Harker")
_REVIEWERS = (
    ("Dr. Hannah Weiss", "MD, family medicine"),
    ("Samuel Brandt", "DPT"),
    ("Dr. Priya Nair", "MD, MPH"),
    ("Joan Castellano", "RDN"),
)
# A real provider: with the outbox, every dispatch on record would be a rehearsal.
_SETTINGS = (
    ('provider = "outbox"', 'provider = "buttondown"\nreceipts = ".newsletter/receipts"'),
    ("[tool.newsletter.audiences.weekly]", '[tool.newsletter.audiences.weekly]\nbuttondown = "everyone"'),
)


@dataclass(frozen=True, slots=True)
class Past:
    """One past issue, before it is written in anybody's front matter."""

    number: int  # from 1, the oldest
    at: dt.datetime  # aware, when it was sent
    letter: Letter
    picture: str  # file name
    alt: str
    tags: tuple[str, ...]
    authors: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its id, which is its folder's name and its slug."""
        return f"{self.at:%Y-%m-%d}-{self.letter.thing.replace(' ', '-')}-{self.number}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """A newsletter that was written, and its issues."""

    root: Path
    pasts: tuple[Past, ...] = field(repr=False)  # oldest first

    @property
    def pictures(self) -> Path:
        """The folder of the pictures that the issues draw from."""
        return self.root / "pictures"


def write_corpus(root: Path, count: int) -> Corpus:
    """Write a newsletter with *count* sent issues in *root*, a new folder; return what is in it."""
    root.mkdir()
    shutil.copytree(ROOT / "templates", root / "templates")
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for ours, theirs in _SETTINGS:
        settings = settings.replace(ours, theirs, 1)
    (root / "pyproject.toml").write_text(settings, encoding="utf-8")
    corpus = Corpus(root, tuple(pasts(count)))
    draw_pictures(corpus.pictures)
    for past in corpus.pasts:
        folder = root / "issues" / past.id
        folder.mkdir(parents=True)
        (folder / "index.md").write_text(_issue(past), encoding="utf-8")
        shutil.copyfile(corpus.pictures / past.picture, folder / past.picture)
    _write_receipts(corpus)
    return corpus


def pasts(count: int) -> Iterator[Past]:
    """Yield the issues, oldest first, evenly spread over the years."""
    zone = ZoneInfo("America/New_York")
    for number in range(1, count + 1):
        year, rest = divmod((number - 1) * YEARS, count)
        day = dt.date(LAST_YEAR - YEARS + 1 + year, 1, 1) + dt.timedelta(days=365 * rest // count)
        random = Random(f"issue {number}")  # noqa: S311 - as above
        picture = f"hills-{random.randrange(PICTURES):02}.png"
        alt = "Rolling green hills under a low sun."
        yield Past(
            number,
            dt.datetime.combine(day, _HOUR, zone),
            letter(number, picture=picture, alt=alt),
            picture,
            alt,
            tuple(sorted(random.sample(_TAGS, random.randint(2, 4)))),
            ("Coach Luke",) if random.random() < 0.5 else tuple(random.sample(_AUTHORS, 2)),  # noqa: PLR2004
        )


def draw_pictures(folder: Path) -> None:
    """Draw the pictures that issues show into *folder*, made when missing: hills and a sun, each its own."""
    folder.mkdir(exist_ok=True)
    width, height = _SIZE
    for number in range(PICTURES):
        random = Random(f"picture {number}")  # noqa: S311 - pictures, no secrets
        picture = Drawing.new("RGB", _SIZE, (225, 232 - number, 220 + number))
        draw = ImageDraw.Draw(picture)
        x, radius = random.randint(100, width - 100), random.randint(40, 110)
        draw.ellipse((x - radius, 120 - radius, x + radius, 120 + radius), fill=(240, 190 + number, 90))
        for hill in range(4):
            phase, crest = random.random() * math.tau, height * (0.4 + hill * 0.15)
            line = [(at, crest + 50 * math.sin(at / 160 + phase)) for at in range(0, width + 20, 20)]
            green = (140 - hill * 25, 170 - hill * 25, 130 - hill * 20 + number)
            draw.polygon([*line, (width, height), (0, height)], fill=green)
        picture.save(folder / f"hills-{number:02}.png", optimize=True)


def _issue(past: Past) -> str:
    """Return the file of an issue as we write it."""
    random = Random(f"health {past.number}")  # noqa: S311 - as above
    day = past.at.date()
    front: dict[str, object] = {
        "title": past.letter.title,
        "preheader": past.letter.description,
        "description": past.letter.description,
        "number": past.number,
        "date": day.isoformat(),
        "send_at": f"{past.at:%Y-%m-%dT%H:%M}",
        "status": "ready",
        "topics": random.sample(_TOPICS, 1),
        "tags": past.tags,
        "authors": past.authors,
        "image": {"src": past.picture, "alt": past.alt},
    }
    if past.number % 3:
        name, credential = random.choice(_REVIEWERS)
        next_review = (day + dt.timedelta(days=730)).isoformat()
        front |= {"reviewed_by": name, "reviewer_credential": credential}
        front |= {"last_reviewed": day.isoformat(), "next_review": next_review}
    if past.number % 10 == 0:
        front["aliases"] = [f"/{day:%Y}/letter-{past.number}/"]
    if past.number % 20 == 0:
        correction = {
            "date": (day + dt.timedelta(days=9)).isoformat(),
            "text": "The table had a wrong number.",
        }
        front |= {"updated": correction["date"], "corrections": [correction]}
    return front_matter(front) + past.letter.body


def front_matter(values: dict[str, object]) -> str:
    """Return YAML front matter in which each value is written as JSON, which YAML reads as well; no dates."""
    plain = ("date", "send_at", "last_reviewed", "next_review", "updated", "status")
    lines = [
        f"{key}: {value if key in plain else json.dumps(value, ensure_ascii=False)}"
        for key, value in values.items()
    ]
    return "\n".join(("---", *lines, "---", "", ""))


def _write_receipts(corpus: Corpus) -> None:
    """Put on record that every issue was sent, with its mail beside the receipt."""
    newsletter = Newsletter(corpus.root, clock=lambda: _COMPOSED)
    pattern = corpus.pasts[-1]
    issue = load_issue(corpus.root / "issues" / pattern.id / "index.md", newsletter.settings)
    message = newsletter.composed(replace(issue, send_at=None)).message
    pictures = {path.name: _as_published(path) for path in sorted(corpus.pictures.iterdir())}
    for past in corpus.pasts:
        key = f"{newsletter.settings.id}-{past.id}"
        folder = corpus.root / ".newsletter" / "receipts" / key
        folder.mkdir(parents=True)
        names = (*zip(pictures[pattern.picture], pictures[past.picture], strict=True),)
        html, text = (_renamed(part, pattern, past, names) for part in (message.html, message.text))
        for suffix, content in (("html", html), ("txt", text)):
            neutral = folder / f"message.neutral.{suffix}"
            neutral.write_text(content, encoding="utf-8")
            os.link(neutral, folder / f"message.{suffix}")  # what the provider got; here it has no merge tag
        digest = content_digest(
            subject=past.letter.title, preheader=past.letter.description, html=html, text=text
        )
        receipt = _receipt(key, past, newsletter.settings, message, digest)
        (folder / "receipt.json").write_text(to_json(receipt), encoding="utf-8")


def _as_published(picture: Path) -> tuple[str, ...]:
    """Return the names of the files that are published for *picture*."""
    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    return tuple(copy.name for copy in copies(Image("", picture, digest, *_SIZE, "png")))


def _renamed(part: str, pattern: Past, past: Past, names: Iterable[tuple[str, str]]) -> str:
    """
    Return *part* of the mail of *pattern* as that of *past*: under its title, with links to its page.

    Args:
        part: HTML or text.
        pattern: whose mail it is.
        past: whose mail it becomes.
        names: each file of the one's picture, and the same one of the other's.
    """
    for theirs, ours in (
        *names,
        (pattern.letter.title, past.letter.title),
        (pattern.letter.description, past.letter.description),
        (pattern.id, past.id),
    ):
        part = part.replace(theirs, ours)
    return part


def _receipt(key: str, past: Past, settings: Settings, message: Message, digest: str) -> Receipt:
    subject, preheader, at = past.letter.title, past.letter.description, past.at.astimezone(dt.UTC)
    given = {
        "subject": subject,
        "preheader": preheader,
        "sender": message.sender,
        "reply_to": message.reply_to,
    }
    data = {
        "newsletter": settings.id,
        "subject": subject,
        "given": given,
        "provider": settings.provider,
        "url": "https://buttondown.example/emails",
        "draft": f"em_{past.number}",
        "audience": settings.audience,
        "readers": settings.readers,
        "send_at": at.isoformat(),
        "asked_at": at.isoformat(),
        "content_digest": digest,
        "wordings": [wording.ref for wording in message.wordings],
    }
    steps: tuple[tuple[EntryKind, int, dict[str, str]], ...] = (
        ("claimed", -90, {}),
        ("scheduled", -89, {}),
        ("sent", 15, {"sent_at": (at + dt.timedelta(minutes=2)).isoformat()}),
    )
    entries = (
        Entry(kind, at + dt.timedelta(minutes=minutes), "github-1", "1.0.0", {**data, **more})
        for kind, minutes, more in steps
    )
    return Receipt(key, tuple(entries))
