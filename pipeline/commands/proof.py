"""`newsletter proof`: a finished copy in the mailboxes of a few people who look at it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline import publish
from pipeline.clock import Clock
from pipeline.commands.desk import open_desk
from pipeline.errors import SettingsError, UsageError
from pipeline.images import published_bytes, published_name
from pipeline.mime import Picture, mime, split_mailbox
from pipeline.model import Message, Payload
from pipeline.newsletter import Checked, Newsletter
from pipeline.output import Result, tally
from pipeline.personas import as_read, persona_values
from pipeline.proofmark import marked
from pipeline.providers import open_audience
from pipeline.providers.base import Can, payload_for
from pipeline.publish import Desk
from pipeline.settings import Settings, Smtp
from pipeline.smtp import Copy, deliver, smtp_password

MOST = 10  # addresses; whoever needs more wants a list, and a list is a provider's
HEADER = "X-Newsletter-Proof"  # key and content digest of what was mailed


def proof(start: Path, name: str, *, to: Sequence[str], persona_name: str | None, clock: Clock) -> Result:
    """
    Mail the finished message, its subject marked, to each address a copy of its own.

    Through the provider's own test call where it has one and no persona is named: then it is the mail as the
    provider makes it, text part and all. Else over SMTP, with a persona's values. An issue that is not fit
    to send goes out as well, and its subject says so.

    Args:
        start: a folder inside the newsletter's repository.
        name: path, id or slug of the issue.
        to: bare addresses, 10 at most; none of a reader.
        persona_name: whose values fill in the merge tags; None leaves them to the provider's test call, or
            is "reader" where it has none.
        clock: the clock; the mail is dated now, not at the send time.

    Raises:
        UsageError: an address cannot be used, or there is no such issue or persona.
        SettingsError: no mail server is set, or its password is not.
        Refused: the issue was dispatched: its draft is no longer there to be tested.
        ProviderError: the provider or the mail server failed or refused; `OutcomeUnknown` when its answer
            was lost.
    """
    newsletter = Newsletter(start, clock=clock)
    settings = newsletter.settings
    addresses = _addresses(to, settings)
    desk = open_desk(settings, clock)
    through_provider = persona_name is None and Can.SEND_TEST in desk.provider.can
    values = persona_values(persona_name or "reader", settings)
    if not through_provider:
        _server(settings)  # before the work, so that nobody waits to be told
        smtp_password()
    checked = newsletter.checked(newsletter.issue(name))
    findings = (*checked.findings, *newsletter.twins(checked.issue))
    fit = not any(finding.severity.stops for finding in findings)
    if through_provider:
        audience = open_audience(settings, checked.issue.audience)
        payload = publish.proof(checked.message, audience, desk, to=addresses, fit=fit)
        way = desk.provider.name
    else:
        payload = _mail(checked, values, addresses, desk, fit=fit)
        way = _server(settings).name
    many = "1 address" if len(addresses) == 1 else f"{len(addresses)} addresses"
    unfit = "" if fit else f"; not fit to send: {tally(findings)}"
    text = f"{checked.issue.id}: a proof is on its way to {many}, through {way}{unfit}\n"
    if not through_provider and Can.OWN_TEXT not in desk.provider.can:
        other = f"{desk.provider.name} makes its own, which only a copy from there proves"
        text += f"its text part is ours; {other}\n"
    data = {
        "key": checked.message.key,
        "through": way,
        "persona": None if through_provider else persona_name or "reader",
        "copies": len(addresses),
        "subject": payload.subject,
        "fit": fit,
        "content_digest": checked.message.digest,
        "pictures": [] if through_provider else [published_name(image) for image in payload.images],
    }
    return Result(data, text, findings, exit_code=int(not fit))


def _mail(
    checked: Checked, values: Mapping[str, str], to: Sequence[str], desk: Desk, *, fit: bool
) -> Payload:
    """
    Deliver the message as one reader gets it; return what was delivered.

    The HTML is the one that readers get, but for the `src` of the issue's own pictures: they are not
    published yet, and travel inside the mail. No header offers to unsubscribe: nobody is subscribed to
    proofs.
    """
    message, settings = checked.message, desk.settings
    stored = payload_for(message, open_audience(settings, checked.issue.audience), desk.provider)
    html, pictures = _with_pictures(message, settings)
    payload = marked(as_read(stored, message, values, html=html), fit=fit)
    now = desk.clock().astimezone(ZoneInfo(settings.timezone))
    copies = [
        Copy(
            address,
            mime(
                payload,
                key=f"{message.key}.proof.{now:%Y%m%d%H%M%S}",  # mailboxes drop a second mail of one id
                date=now,
                to=address,
                headers={HEADER: f"{message.key} {message.digest}"},
                pictures=pictures,
            ),
        )
        for address in to
    ]
    sender = split_mailbox("from", settings.sender)[1]
    deliver(copies, sender=sender, server=_server(settings), password=smtp_password())
    return payload


def _server(settings: Settings) -> Smtp:
    if settings.smtp is None:
        raise SettingsError(
            "no mail server is set to deliver proofs",
            hint="add [tool.newsletter.smtp] with host and user; its password goes into the environment",
        )
    return settings.smtp


def _addresses(to: Sequence[str], settings: Settings) -> list[str]:
    """Return the addresses as a mail server takes them, each once."""
    addresses = {address.lower(): address for address in map(_address, to)}
    if len(addresses) > MOST:
        raise UsageError(
            f"--to is given {len(addresses)} addresses, and a proof goes to {MOST} at most",
            hint="name those who look at it; a letter for a list goes out with `newsletter send`",
        )
    for name, audience in settings.audiences.items():
        readers = {found.lower() for text in _texts(audience.target) for found in _ANY.findall(text)}
        for address in sorted(readers & addresses.keys()):
            raise UsageError(
                f"--to names an address of audience {name!r}: {addresses[address]!r}",
                hint="give another address: a reader gets an issue once, and a list is no proofreader",
            )
    return list(addresses.values())


_ANY = re.compile(r"[^\s<>@,;\"]+@[^\s<>@,;\"]+")
_BARE = re.compile(r"[^\s<>@,;\"]+@[^\s<>@,;\".]+(?:\.[^\s<>@,;\".]+)+")


def _address(text: str) -> str:
    hint = "write one bare address, such as ada@steady.example, and give --to again for the next"
    if not _BARE.fullmatch(text):
        raise UsageError(f"--to is no mail address: {text!r}", hint=hint)
    try:
        return split_mailbox("--to", text)[1]
    except SettingsError as err:
        raise UsageError(err.message, hint=hint) from err


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a table, at any depth."""
    if isinstance(value, str):
        yield value
    for child in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _texts(child)


def _with_pictures(message: Message, settings: Settings) -> tuple[str, list[Picture]]:
    """Return the HTML with the issue's own pictures taken from inside the mail, and those pictures."""
    domain = split_mailbox("from", message.sender)[1].rpartition("@")[2]
    html, pictures = message.html, []
    for image in message.images:
        name = f"{published_name(image)}@{domain}"
        html = html.replace(f'src="{settings.image_url(image)}"', f'src="cid:{name}"')
        subtype = {"jpg": "jpeg"}.get(image.format, image.format)
        pictures.append(Picture(name, subtype, published_bytes(image)))
    return html, pictures
