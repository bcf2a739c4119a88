"""Small ready-made values for tests of what comes after composing."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.clock import Clock
from pipeline.examine.words import fingerprint
from pipeline.model import Audience, Message, Payload, Wording
from pipeline.providers.outbox import Outbox
from pipeline.publish import Desk
from pipeline.receipts import FolderReceipts
from pipeline.settings import load_settings

ID = "2026-12-01-backs"
KEY = f"steady-{ID}"
ZONE = ZoneInfo("America/New_York")
SEND_AT = dt.datetime(2026, 12, 1, 7, 30, tzinfo=ZONE)
WORDS = "This letter is information and no medical advice. Ask your own doctor first."
READERS = Audience("weekly", {"outbox": ["Ada Moreno <ada@example.com>", "ben@example.com"]})

SETTINGS = """\
[tool.newsletter]
id = "steady"
name = "Steady"
url = "https://steady.example"
timezone = "America/New_York"
language = "en-US"
markets = ["US"]
from = "Coach Luke <luke@steady.example>"
postal_address = "418 Alder Street, Portland"
template = "weekly"
audience = "weekly"
send_slot = "Tue 07:30"
lead_time = "30m"
latest_send = "2h"

[tool.newsletter.audiences.weekly]
outbox = ["Ada Moreno <ada@example.com>", "ben@example.com"]
"""


def wording(text: str = WORDS, *, approved_by: str = "sample") -> Wording:
    """Return an approved wording of these words."""
    return Wording(
        id="gen",
        version=1,
        locale="en-US",
        jurisdictions=frozenset({"US"}),
        kind="house",
        elements={},
        effective_from=dt.date(2026, 1, 1),
        effective_to=None,
        approved_by=approved_by,
        approved_on=dt.date(2026, 1, 1),
        sha256="",
        text=text,
        html=f"<p>{text}</p>",
        heading="Please read",
        placement="end",
        file="templates/disclaimers/gen/1.en-US.md",
    )


def register(root: Path) -> None:
    """Write the registry of the newsletter in *root*, which holds the one approved wording."""
    day, sha = "2026-01-01", fingerprint(WORDS)
    keys = {"id": "gen", "version": "1", "locale": "en-US", "kind": "house", "heading": "Please read"}
    keys |= {"placement": "end", "effective_from": day}
    keys |= {"approved_by": "sample", "approved_on": day, "sha256": sha}
    head = "".join(f'{key}: "{value}"\n' for key, value in keys.items())
    path = root / wording().file
    path.parent.mkdir(parents=True)
    path.write_text(f'---\n{head}jurisdictions: ["US"]\nelements: {{}}\n---\n\n{WORDS}\n', encoding="utf-8")


def message(*, words: str = WORDS, subject: str = "Backs", send_at: dt.datetime | None = SEND_AT) -> Message:
    """Return a finished message that shows *words* in both parts."""
    html = (
        '<!DOCTYPE html><html lang="en-US"><head><title>Backs</title></head>'
        f'<body><div lang="en-US"><p>Hello</p><p style="font-size:16px">{words}</p></div></body></html>'
    )
    return Message(
        key=KEY,
        id=ID,
        subject=subject,
        preheader="Why one side works harder",
        sender="Coach Luke <luke@steady.example>",
        reply_to="",
        html=html,
        text=f"Hello\n\n{words}\n",
        send_at=send_at,
        web_url="",
        wordings=(wording(),),
        images=(),
        digest=f"digest of {subject} {words}",
    )


def payload(**changes: str) -> Payload:
    """Return a payload for two readers."""
    plain = message()
    fields = {"subject": "Backs", "preheader": "", "html": plain.html, "text": plain.text, **changes}
    return Payload(sender=plain.sender, reply_to="", audience=READERS, images=(), digest="digest", **fields)


def desk(root: Path, clock: Clock) -> Desk:
    """Return a desk in *root*, with an outbox and receipts."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    settings = load_settings(root)
    outbox = Outbox(root / "outbox", clock=clock)
    receipts = FolderReceipts(root / "receipts", clock=clock)
    return Desk(settings, outbox, receipts, clock, lambda _seconds: None)
