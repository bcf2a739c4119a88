"""
The embedded provider: it keeps drafts in a folder and delivers each due one as .eml files.

A real adapter with real state rules, so that a first send, the tests and a rehearsal need no
account. One lock covers every operation and dies with its process; every file is written whole.
Delivery happens when the outbox is next looked at: file names are fixed by key and reader, so that a
delivery that was cut off is finished, never repeated.

    drafts/<draft id>.json      one draft each
    sent/<key>/<n>-<reader>.eml what each reader got
    assets/<name>               local images the mails refer to
"""

import datetime as dt
import html as html_module
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import quote

from pipeline import images
from pipeline.clock import Clock
from pipeline.errors import Rejected, UnexpectedAnswer
from pipeline.files import locked, write_whole
from pipeline.mergetags import MergeSyntax, Tag
from pipeline.mime import mime, split_mailbox
from pipeline.model import Audience, Draft, DraftState, Payload
from pipeline.providers.base import Can

_WHERE = "a reader of the outbox"
_LITERAL = "{{literal}}"  # stands for two opening braces that readers should see
_WRITTEN = re.compile(r"\{\{(literal|[a-z_.]+)(?:\|([^{}]*))?\}\}")


def _write_tag(tag: Tag, part: Literal["html", "text"]) -> str:
    default = html_module.escape(tag.default) if part == "html" else tag.default
    return f"{{{{{tag.name}|{default}}}}}" if tag.default else f"{{{{{tag.name}}}}}"


def fill(content: str, values: Mapping[str, str]) -> str:
    """Return *content*, in the outbox's merge syntax, as the reader with these values gets it."""

    def write(match: re.Match[str]) -> str:
        return "{{" if match[1] == "literal" else values.get(match[1]) or match[2] or ""

    return _WRITTEN.sub(write, content)


class Outbox:
    """Drafts, schedules and deliveries in a folder of this machine."""

    name: ClassVar[str] = "outbox"
    can: ClassVar[frozenset[Can]] = frozenset({Can.SCHEDULE, Can.UNSCHEDULE, Can.REHEARSE})
    syntax: ClassVar[MergeSyntax] = MergeSyntax(
        write=_write_tag, specials=re.compile(r"\{\{"), escape=lambda _run, _part: _LITERAL
    )

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        """Open the outbox in *folder*, which is made when the first draft is stored."""
        self._folder = folder
        self._clock = clock

    def find(self, key: str) -> Sequence[Draft]:
        """Return every draft stored under *key*, after delivering what is due."""
        with self._opened():
            return [draft for draft in self._drafts() if draft.key == key]

    def read(self, draft_id: str) -> Draft | None:
        """Return the draft as it is now, after delivering what is due."""
        with self._opened():
            return self._load(draft_id)

    def create(self, key: str, payload: Payload) -> Draft:
        """
        Store a new draft. Like any provider it does not mind a second one under the same key.

        Raises:
            SettingsError: a reader of the audience has no mail address.
        """
        _readers(payload.audience)
        with self._opened():
            if (self._folder / "sent" / key).exists() and not self._sent(key):
                raise Rejected(
                    f"outbox: mail of {key!r} lies in sent/, and the draft it came from is gone",
                    hint="it went out; restore the draft, or give the issue a new id and a new subject",
                )
            taken = [draft.id for draft in self._drafts() if draft.key == key]
            draft = Draft(id=f"{key}.{len(taken) + 1}", key=key, state="draft", payload=payload)
            return self._store(draft)

    def update(self, draft: Draft, payload: Payload) -> Draft:
        """Replace the payload of a draft that is not scheduled; as `create`."""
        _readers(payload.audience)
        with self._opened():
            return self._store(replace(self._in_state(draft.id, "draft"), payload=payload))

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """Have the draft delivered when the outbox is first looked at from *at* on."""
        if at.second or at.microsecond:
            raise Rejected(
                f"outbox: a draft is sent on a whole minute, not at {at.isoformat()!r}",
                hint="leave out the seconds",
            )
        with self._opened():
            stored = self._in_state(draft.id, "draft")
            return self._store(replace(stored, state="scheduled", send_at=at.astimezone(dt.UTC)))

    def unschedule(self, draft: Draft) -> Draft:
        """Take a scheduled draft back."""
        with self._opened():
            stored = self._in_state(draft.id, "scheduled")
            return self._store(replace(stored, state="draft", send_at=None))

    def count(self, audience: Audience) -> int:
        """Return how many readers the settings name for *audience*."""
        return len(_readers(audience))

    @contextmanager
    def _opened(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with locked(self._folder / ".lock", wait=True):
            for draft in self._drafts():
                if (
                    draft.state in ("scheduled", "sending")
                    and draft.send_at
                    and draft.send_at <= self._clock()
                ):
                    self._deliver(draft, draft.send_at)
            yield

    def _deliver(self, draft: Draft, send_at: dt.datetime) -> None:
        self._store(replace(draft, state="sending"))
        readers = _readers(draft.payload.audience)
        for number, reader in enumerate(readers, start=1):
            path = self._folder / "sent" / draft.key / f"{number:04}-{_file_name(reader)}.eml"
            if not path.exists():
                write_whole(path, _mail(draft, reader, send_at))
        self._store(replace(draft, state="sent", sent_at=send_at, sent_count=len(readers)))

    def _sent(self, key: str) -> bool:
        return any(draft.key == key and draft.state in ("sending", "sent") for draft in self._drafts())

    def _in_state(self, draft_id: str, state: DraftState) -> Draft:
        stored = self._load(draft_id)
        if stored is None or stored.state != state:
            found = "gone" if stored is None else f"{stored.state!r}"
            raise Rejected(
                f"outbox: draft {draft_id!r} is {found}, not {state!r}",
                hint="run `newsletter status` to see where the issue stands",
            )
        return stored

    def _drafts(self) -> list[Draft]:
        paths = sorted((self._folder / "drafts").glob("*.json"))
        return [draft for path in paths if (draft := self._load(path.stem))]

    def _load(self, draft_id: str) -> Draft | None:
        path = self._folder / "drafts" / f"{draft_id}.json"
        try:
            return _draft(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
            raise UnexpectedAnswer(
                f"outbox: {path.as_posix()!r} is not a draft of ours: {err}",
                hint="move the file away; the issue's receipt still stands",
            ) from err

    def _store(self, draft: Draft) -> Draft:
        images.publish(draft.payload.images, self._folder / "assets")
        content = json.dumps(_json(draft), indent=1, sort_keys=True, ensure_ascii=False)
        write_whole(self._folder / "drafts" / f"{draft.id}.json", content.encode())
        return draft


def _readers(audience: Audience) -> list[str]:
    """
    Return the mailboxes of an audience in the order of the settings; each address once.

    Raises:
        SettingsError: one of them is no mail address.
    """
    by_address: dict[str, str] = {}
    for mailbox in audience.target.get(Outbox.name, ()):
        by_address.setdefault(split_mailbox(_WHERE, mailbox)[1].lower(), mailbox)
    return list(by_address.values())


def _file_name(reader: str) -> str:
    """Return the address with nothing a file system minds; the number before it keeps names apart."""
    return re.sub(r"[^A-Za-z0-9@.+_-]", "_", split_mailbox(_WHERE, reader)[1])


def _mail(draft: Draft, reader: str, send_at: dt.datetime) -> bytes:
    """Return what one reader gets: merge tags filled in, and the headers that bulk mail must have."""
    payload = draft.payload
    name, address = split_mailbox(_WHERE, reader)
    values = {
        "subscriber.first_name": name.partition(" ")[0],
        "unsubscribe_url": f"https://outbox.invalid/unsubscribe/{quote(address)}",
        "web_url": f"https://outbox.invalid/view/{payload.digest[:16]}",
    }
    escaped = {tag: html_module.escape(value) for tag, value in values.items()}
    filled = replace(
        payload,
        subject=fill(payload.subject, values),
        html=fill(payload.html, escaped),
        text=fill(payload.text, values),
    )
    headers = {  # RFC 8058 and RFC 2919, read 2026-11-22
        "List-Unsubscribe": f"<{values['unsubscribe_url']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<{payload.audience.name}.{split_mailbox('From', payload.sender)[1].rpartition('@')[2]}>",
    }
    return mime(filled, key=draft.key, date=send_at, to=reader, headers=headers)


def _json(draft: Draft) -> dict[str, Any]:
    audience = {"name": draft.payload.audience.name, "target": dict(draft.payload.audience.target)}
    payload = {each.name: getattr(draft.payload, each.name) for each in fields(draft.payload)}
    return {
        **{each.name: getattr(draft, each.name) for each in fields(draft)},
        "payload": {**payload, "images": [], "audience": audience},
        "send_at": _iso(draft.send_at),
        "sent_at": _iso(draft.sent_at),
    }


def _draft(plain: dict[str, Any]) -> Draft:
    """Return the draft that a file holds; what is not of our making is a ValueError or its like."""
    payload = Payload(
        **{**plain["payload"], "images": (), "audience": Audience(**plain["payload"]["audience"])}
    )
    draft = Draft(
        **{
            **plain,
            "payload": payload,
            "send_at": _moment(plain["send_at"]),
            "sent_at": _moment(plain["sent_at"]),
        }
    )
    texts = (draft.id, draft.key, draft.state, payload.subject, payload.sender, payload.html, payload.text)
    if not all(isinstance(text, str) for text in texts) or not isinstance(payload.audience.target, dict):
        raise TypeError("a field is not of its kind")
    _readers(payload.audience)
    return draft


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> dt.datetime | None:
    moment = dt.datetime.fromisoformat(text) if text else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {text!r}")
    return moment
