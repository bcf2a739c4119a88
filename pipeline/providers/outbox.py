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
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

from pipeline import images
from pipeline.clock import Clock, Pause
from pipeline.errors import Rejected, UnexpectedAnswer
from pipeline.files import locked, write_whole
from pipeline.mergetags import MergeSyntax, Part, Tag
from pipeline.mime import mime, split_mailbox
from pipeline.model import Audience, Draft, DraftState, Payload, Stats, Stored
from pipeline.providers.base import Can, Options, Writes, unsupported
from pipeline.settings import Settings

_WHERE = "a reader of the outbox"
_LITERAL = "{{literal}}"  # stands for two opening braces that readers should see
_WRITTEN = re.compile(r"\{\{(literal|[a-z_.]+)(?:\|([^{}]*))?\}\}")


def _write_tag(tag: Tag, part: Part) -> str:
    default = html_module.escape(tag.default) if part == "html" else tag.default
    return f"{{{{{tag.name}|{default}}}}}" if tag.default else f"{{{{{tag.name}}}}}"


def fill(content: str, values: Mapping[str, str]) -> str:
    """Return *content*, in the outbox's merge syntax, as the reader with these values gets it."""

    def write(match: re.Match[str]) -> str:
        return "{{" if match[1] == "literal" else values.get(match[1]) or match[2] or ""

    return _WRITTEN.sub(write, content)


class _Kept(NamedTuple):
    """A draft with what is in it: one file."""

    draft: Draft
    payload: Payload


class Outbox:
    """Drafts, schedules and deliveries in a folder of this machine."""

    name: ClassVar[str] = "outbox"
    can: ClassVar[frozenset[Can]] = frozenset(
        {Can.SCHEDULE, Can.UNSCHEDULE, Can.REHEARSE, Can.OWN_TEXT, Can.SENDER}
    )
    grid: ClassVar[dt.timedelta] = dt.timedelta(minutes=1)
    syntax: ClassVar[Writes] = MergeSyntax(
        write=_write_tag, specials=re.compile(r"\{\{"), escape=lambda _run, _part: _LITERAL
    )

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        """Open the outbox in *folder*, which is made when the first draft is stored."""
        self._folder = folder
        self._clock = clock

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock, _pause: Pause) -> "Outbox":
        """Open the outbox of a newsletter."""
        options = Options(settings, cls.name)
        path = options.table.text("path", default=".newsletter/outbox")
        options.close()
        return cls(settings.root / path, clock=clock)

    def find(self, *keys: str) -> Sequence[Draft]:
        """Return every draft stored under one of *keys*, after delivering what is due."""
        with self._opened():
            return [kept.draft for kept in self._kept() if kept.draft.key in keys]

    def read(self, draft_id: str) -> Draft | None:
        """Return the draft as it is now, after delivering what is due."""
        with self._opened():
            kept = self._load(draft_id)
            return kept.draft if kept else None

    def stored(self, draft: Draft, given: Payload) -> Stored:  # noqa: ARG002  (it stores every field)
        """Return the payload as it was given."""
        with self._opened():
            payload = self._present(draft.id).payload
            return Stored(payload, payload.html, payload.text)

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
            taken = [kept.draft.id for kept in self._kept() if kept.draft.key == key]
            draft = Draft(id=f"{key}.{len(taken) + 1}", key=key, state="draft", native_state="draft")
            return self._store(_Kept(draft, payload))

    def update(self, draft: Draft, payload: Payload) -> Draft:
        """Replace the payload of a draft that is not scheduled; as `create`."""
        _readers(payload.audience)
        with self._opened():
            return self._store(self._in_state(draft.id, "draft")._replace(payload=payload))

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """Have the draft delivered when the outbox is first looked at from *at* on."""
        if at.second or at.microsecond:
            raise Rejected(
                f"outbox: a draft is sent on a whole minute, not at {at.isoformat()!r}",
                hint="leave out the seconds",
            )
        with self._opened():
            return self._turn(self._in_state(draft.id, "draft"), "scheduled", send_at=at.astimezone(dt.UTC))

    def unschedule(self, draft: Draft) -> Draft:
        """Take a scheduled draft back."""
        with self._opened():
            return self._turn(self._in_state(draft.id, "scheduled"), "draft", send_at=None)

    def send_test(self, draft: Draft, *, to: Sequence[str]) -> None:  # noqa: ARG002  (it never does)
        """Refuse: nothing leaves an outbox."""
        raise unsupported(self.name, Can.SEND_TEST)

    def count(self, audience: Audience) -> int:
        """Return how many readers the settings name for *audience*."""
        return len(_readers(audience))

    def stats(self, draft: Draft) -> Stats:
        """Return how many mails of *draft* lie in sent/."""
        with self._opened():
            payload = self._present(draft.id).payload
            mails = (self._folder / "sent" / draft.key).glob("*.eml")
            return Stats(to_send=len(_readers(payload.audience)), sent=sum(1 for _ in mails))

    @contextmanager
    def _opened(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with locked(self._folder / ".lock", wait=True):
            for kept in self._kept():
                send_at = kept.draft.send_at
                if kept.draft.state in ("scheduled", "sending") and send_at and send_at <= self._clock():
                    self._deliver(kept, send_at)
            yield

    def _deliver(self, kept: _Kept, send_at: dt.datetime) -> None:
        self._turn(kept, "sending")
        for number, reader in enumerate(_readers(kept.payload.audience), start=1):
            path = self._folder / "sent" / kept.draft.key / f"{number:04}-{_file_name(reader)}.eml"
            if not path.exists():
                write_whole(path, _mail(kept, reader, send_at))
        self._turn(kept, "sent", sent_at=send_at)

    def _sent(self, key: str) -> bool:
        drafts = (kept.draft for kept in self._kept())
        return any(draft.key == key and draft.state in ("sending", "sent") for draft in drafts)

    def _present(self, draft_id: str) -> _Kept:
        kept = self._load(draft_id)
        if kept is None:
            raise Rejected(
                f"outbox: draft {draft_id!r} is gone",
                hint="run `newsletter status` to see where the issue stands",
            )
        return kept

    def _in_state(self, draft_id: str, state: DraftState) -> _Kept:
        kept = self._present(draft_id)
        if kept.draft.state != state:
            raise Rejected(
                f"outbox: draft {draft_id!r} is {kept.draft.state!r}, not {state!r}",
                hint="run `newsletter status` to see where the issue stands",
            )
        return kept

    def _turn(self, kept: _Kept, state: DraftState, **times: Any) -> Draft:
        return self._store(kept._replace(draft=replace(kept.draft, state=state, native_state=state, **times)))

    def _kept(self) -> list[_Kept]:
        paths = sorted((self._folder / "drafts").glob("*.json"))
        return [kept for path in paths if (kept := self._load(path.stem))]

    def _load(self, draft_id: str) -> _Kept | None:
        path = self._folder / "drafts" / f"{draft_id}.json"
        try:
            return _from_json(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
            raise UnexpectedAnswer(
                f"outbox: {path.as_posix()!r} is not a draft of ours: {err}",
                hint="move the file away; the issue's receipt still stands",
            ) from err

    def _store(self, kept: _Kept) -> Draft:
        images.publish(kept.payload.images, self._folder / "assets")
        content = json.dumps(_to_json(kept), indent=1, sort_keys=True, ensure_ascii=False)
        write_whole(self._folder / "drafts" / f"{kept.draft.id}.json", content.encode())
        return kept.draft


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


def _mail(kept: _Kept, reader: str, send_at: dt.datetime) -> bytes:
    """Return what one reader gets: merge tags filled in, and the headers that bulk mail must have."""
    payload = kept.payload
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
    return mime(filled, key=kept.draft.key, date=send_at, to=reader, headers=headers)


def _to_json(kept: _Kept) -> dict[str, Any]:
    draft, payload = (
        {each.name: getattr(value, each.name) for each in fields(value)}
        for value in (kept.draft, kept.payload)
    )
    audience = {"name": kept.payload.audience.name, "target": dict(kept.payload.audience.target)}
    return {
        **draft,
        "payload": {**payload, "images": [], "audience": audience},
        "send_at": _iso(kept.draft.send_at),
        "sent_at": _iso(kept.draft.sent_at),
    }


def _from_json(plain: dict[str, Any]) -> _Kept:
    """Return the draft that a file holds; what is not of our making is a ValueError or its like."""
    given = plain.pop("payload")
    payload = Payload(**{**given, "images": (), "audience": Audience(**given["audience"])})
    times = {"send_at": _moment(plain["send_at"]), "sent_at": _moment(plain["sent_at"])}
    draft = Draft(**{**plain, **times})
    texts = (draft.id, draft.key, draft.state, payload.subject, payload.sender, payload.html, payload.text)
    if not all(isinstance(text, str) for text in texts) or not isinstance(payload.audience.target, dict):
        raise TypeError("a field is not of its kind")
    _readers(payload.audience)
    return _Kept(draft, payload)


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> dt.datetime | None:
    moment = dt.datetime.fromisoformat(text) if text else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {text!r}")
    return moment
