"""A finished message in miniature, and everything `check` asks for."""

import dataclasses
import datetime as dt
from pathlib import Path

from pipeline.checks import check
from pipeline.disclaimers.registry import Registry, load_registry
from pipeline.disclaimers.select import select
from pipeline.mergetags import Tag, token
from pipeline.model import Finding, Issue, Message, Waiver
from pipeline.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
SETTINGS = load_settings(ROOT)
REGISTRY = load_registry(SETTINGS.registry_path, ROOT)
TODAY = dt.date(2026, 11, 24)
OUT = token(Tag("unsubscribe_url"))
ADDRESS = SETTINGS.postal_address
PREHEADER = "What uneven muscles do"
(GEN,) = REGISTRY.named("gen")


def issue(*waivers: Waiver, topics: tuple[str, ...] = ()) -> Issue:
    """Make an issue with these waivers and topics."""
    return Issue(
        path=ROOT / "issues" / "x.md",
        file="issues/x.md",
        id="x",
        key="steady-x",
        slug="x",
        title="X",
        subject="X",
        preheader=PREHEADER,
        description="",
        status="ready",
        audience="weekly",
        template="weekly",
        lang="en-US",
        timezone="America/New_York",
        body="",
        topics=topics,
        authors=("Coach Luke",),
        waivers=waivers,
        lines={"subject": 3, "topics": 7, "waivers": 8},
    )


def html(
    *,
    notice: str = GEN.html,
    address: str = ADDRESS,
    out: str = f'<a href="{OUT}">Unsubscribe</a>',
    first: str = "",
) -> str:
    """Make the HTML part: preheader, body, notice, footer."""
    padding = "&zwnj;&nbsp;" * 120
    opening = first or f'<div style="display:none;mso-hide:all">{PREHEADER}{padding}</div>'
    return (
        '<!DOCTYPE html><html lang="en-US"><head><title>X</title></head><body>'
        f"{opening}<h1>Hello</h1><div>{notice}</div><p>{address}</p><p>{out}</p></body></html>"
    )


TEXT = f"Hello\n\n{GEN.text}\n\n{ADDRESS}\nUnsubscribe: {OUT}\n"


def message(
    page: str = "", text: str = TEXT, *, subject: str = "Backs", found: tuple[Finding, ...] = ()
) -> Message:
    """Make a finished message."""
    return Message(
        key="steady-x",
        id="x",
        subject=subject,
        preheader=PREHEADER,
        sender="Coach Luke <luke@steady.example>",
        reply_to="",
        html=page or html(),
        text=text,
        send_at=None,
        web_url="",
        wordings=(GEN,),
        images=(),
        digest="",
        findings=found,
    )


def checked(
    mail: Message | None = None,
    letter: Issue | None = None,
    *,
    registry: Registry = REGISTRY,
    today: dt.date = TODAY,
    sending: bool = False,
    postal_address: str = ADDRESS,
    archive_url: str = SETTINGS.archive_url,
    settings: Settings = SETTINGS,
) -> list[Finding]:
    """Run all checks."""
    letter = letter or issue()
    settings = dataclasses.replace(settings, postal_address=postal_address, archive_url=archive_url)
    return check(
        letter,
        mail or message(),
        settings=settings,
        registry=registry,
        selection=select(letter, settings, registry, on=TODAY),
        today=today,
        sending=sending,
    )
