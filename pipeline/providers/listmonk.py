"""
listmonk: the newsletter's own server, which holds the list and sends by itself.

A draft is a campaign of listmonk; its key is a tag, compared exactly, and stands with the content digest in
its `attribs`. The campaign has one template, which must pass our HTML through and add nothing: without one,
listmonk wraps what it sends in its default template, and its preview does not show that unless it is asked
for that template. So a campaign without a template is never scheduled.

Sources, read 2026-11-27: listmonk 6.2, cmd/campaigns.go, cmd/subscribers.go, internal/core/campaigns.go,
internal/manager, queries/campaigns.sql; tried with that version.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.utils import formataddr
from typing import Any, ClassVar
from urllib.parse import quote

from pipeline.clock import Clock, Pause
from pipeline.errors import Altered, AuthError, OutcomeUnknown, Rejected, SettingsError, UnexpectedAnswer
from pipeline.mime import split_mailbox
from pipeline.model import Audience, Draft, DraftState, Payload, Stats, Stored
from pipeline.providers.answers import after_write
from pipeline.providers.base import Can, Options, Writes, marked
from pipeline.providers.gotemplate import GoTemplates, neutral
from pipeline.providers.http import Http, Secret
from pipeline.settings import Settings
from pipeline.tomltable import URL

NAME = "listmonk"
TAG_CHARACTERS = 100  # a longer tag is an error of its database: schema.sql, `tags VARCHAR(100)[]`
_MINE = "newsletter"  # our entry in a campaign's attribs
_UNKNOWN_NUMBER = 400  # its answer to a number that it does not know; 404 means that no listmonk is there
_PAGE = 50  # the most that listmonk gives at once
_STATES: Mapping[str, DraftState] = {
    "draft": "draft",
    "scheduled": "scheduled",
    "running": "sending",
    "finished": "sent",
    "cancelled": "cancelled",
}
_PASSES_THROUGH = re.compile(r'\s*\{\{\s*template\s+"content"\s+\.\s*\}\}\s*')
# What a campaign must be so that its body is the whole mail; None of it is ever left to a default.
_PLAIN = {"type": "regular", "content_type": "html", "messenger": "email", "archive": False}
_CONTENT = ("subject", "body", "altbody", "from_email", "headers", "tags", "template_id", *_PLAIN)
_TEMPLATE_HINT = (
    'in listmonk, under Campaigns, Templates, make a new one of type "Campaign (HTML)" whose whole text is '
    '{{ template "content" . }} and nothing else'
)


class Listmonk:
    """Campaigns of a listmonk server."""

    name: ClassVar[str] = NAME
    can: ClassVar[frozenset[Can]] = frozenset(
        {Can.SCHEDULE, Can.UNSCHEDULE, Can.SEND_TEST, Can.OWN_TEXT, Can.SENDER, Can.RENDER}
    )
    grid: ClassVar[dt.timedelta] = dt.timedelta(minutes=1)  # it looks every five seconds
    syntax: ClassVar[Writes] = GoTemplates()

    def __init__(self, url: str, http: Http, *, template_id: int | None, clock: Clock) -> None:
        """Take the server's address, its API, and the number of the template, None to look for it."""
        self._url = url
        self._http = http
        self._template_id = template_id
        self._clock = clock

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock, pause: Pause) -> "Listmonk":
        """
        Open the newsletter's listmonk.

        Raises:
            SettingsError: url or user is missing, or something is wrong.
        """
        options = Options(settings, cls.name)
        options.refuse_unknown(("url", "user", "template_id"))
        url = options.table.text("url", URL).rstrip("/")
        user = options.table.text("user")
        template_id = options.table.count("template_id")
        options.close()
        token = Secret("LISTMONK_TOKEN")
        http = Http(
            cls.name,
            f"{url}/api",
            headers=lambda: {"Authorization": f"token {user}:{token.value()}"},
            words=lambda failure: str(failure["message"]),
            pause=pause,
        )
        return cls(url, http, template_id=template_id, clock=clock)

    def find(self, *keys: str) -> Sequence[Draft]:
        """Return every campaign tagged with one of *keys*."""
        return [replace(self._draft(each), key=key) for key in keys for each in self._tagged(key)]

    def read(self, draft_id: str) -> Draft | None:
        """Return the campaign as it is now, or None when it is gone."""
        try:
            return self._draft(self._campaign(draft_id))
        except Rejected as err:
            if err.status == _UNKNOWN_NUMBER:
                return None
            raise

    def create(self, key: str, payload: Payload) -> Draft:
        """
        Store a new campaign; it is always a draft.

        Raises:
            SettingsError: the audience names no lists, or no template passes the mail through.
        """
        if len(key) > TAG_CHARACTERS:
            raise SettingsError(
                f"listmonk: a key has at most {TAG_CHARACTERS} characters: {key!r}",
                hint="give the issue a shorter id",
            )
        campaign = self._native(key, payload)
        return self._draft(_data(self._http.write("POST", "/campaigns", campaign)))

    def update(self, draft: Draft, payload: Payload) -> Draft:
        """Replace the whole content of a campaign that is a draft."""
        campaign = self._native(draft.key, payload)
        self._in_state(draft, "draft")
        return self._draft(_data(self._http.write("PUT", _path(draft.id), campaign)))

    def stored(self, draft: Draft, given: Payload) -> Stored:
        """
        Return what listmonk stored, and its own rendering of it with neutral tokens where the tags stand.

        The digest is not the one given when somebody changed how the campaign is sent: its template, its
        headers, an attachment. Then the rendering is the whole page, whatever its template does to it. The
        text is what the stored text part stands for: it has no preview.

        Raises:
            Altered: the preview is not our HTML to the byte: a template adds to it, or takes away from it.
        """
        campaign = self._campaign(draft.id)
        changed = _changed(campaign, self._passing())
        payload = marked(from_campaign(campaign, given), changed)
        page = self._page(campaign)
        html = neutral(payload.html, page)
        if html is None and payload.html == given.html and not changed:
            raise Altered(
                f"listmonk: campaign {draft.id}: its preview is not the HTML that it was given",
                hint=f"its template {campaign['template_id']} adds to the mail: {_TEMPLATE_HINT}",
            )
        return Stored(payload, html or page, neutral(payload.text) or payload.text)

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """
        Have listmonk send the campaign at *at*: first set the time, which sends nothing, then the status.

        Whoever dies in between leaves a draft with a time, which is a draft and may be scheduled again.

        Raises:
            Rejected: it is no draft, somebody else is changing it, or its time has come. Nothing was sent.
        """
        before = self._in_state(draft, "draft")
        changed = _changed(before, self._template())
        if changed:
            raise _touched(draft, changed)
        self._demand_future(draft, at)
        self._http.write("PUT", _path(draft.id), {**_lists_and_media(before), "send_at": _iso(at)})
        ready = self._in_state(draft, "draft")
        changed = [name for name in _CONTENT if ready[name] != before[name]]
        if changed or _list_ids(ready) != _list_ids(before) or _moment(ready, "send_at") != at:
            raise _touched(draft, changed or ["lists or send_at"])
        self._demand_future(draft, at)  # a status that arrives late would send at once
        self._http.write("PUT", f"{_path(draft.id)}/status", {"status": "scheduled"})
        with after_write(NAME, f"PUT {_path(draft.id)}/status"):
            return self._present(draft)

    def unschedule(self, draft: Draft) -> Draft:
        """
        Make a scheduled campaign a draft again.

        One that begins to send in that very moment stops, is a draft by name, and its state is "unknown".
        """
        self._in_state(draft, "scheduled")
        self._http.write("PUT", f"{_path(draft.id)}/status", {"status": "draft"})
        with after_write(NAME, f"PUT {_path(draft.id)}/status"):
            return self._present(draft)

    def send_test(self, draft: Draft, *, to: Sequence[str]) -> None:
        """
        Send the stored campaign to these addresses, each of which must be a subscriber of listmonk.

        One request for each: of several, listmonk leaves out those it does not know, and says nothing.
        """
        if not to:
            raise Rejected("listmonk: a test goes to nobody", hint="name at least one address")
        campaign = self._campaign(draft.id)
        for number, address in enumerate(to, start=1):
            test = {**campaign, **_lists_and_media(campaign), "send_at": None, "subscribers": [address]}
            try:
                self._http.write("POST", f"{_path(draft.id)}/test", test)
            except Rejected as err:
                raise Rejected(
                    f"{err.message} (address {number} of {len(to)}; {number - 1} got theirs)",
                    hint="listmonk sends tests to its own subscribers only: add the address there, "
                    "or send the proof through an SMTP server",
                    status=err.status,
                ) from err

    def count(self, audience: Audience) -> int:
        """
        Return how many subscribers a campaign to these lists would go to now, each counted once.

        The same condition by which listmonk chooses them when it sends (queries/campaigns.sql,
        `next-campaigns`); its own figures beside a list are kept in a cache, and count blocked ones.

        Raises:
            AuthError: the user may not ask so.
        """
        single: list[int] = []
        double: list[int] = []
        for number in list_ids(audience):
            (double if self._is_double_optin(number) else single).append(number)
        try:
            page = self._http.get(
                "/subscribers", {"query": _sendable(single, double), "per_page": 1, "page": 1}
            )
        except AuthError as err:
            raise AuthError(
                err.message,
                hint="give the user's role the rights subscribers:get_all and subscribers:sql_query",
                status=err.status,
            ) from err
        return int(_field(_data(page), "total", int))

    def stats(self, draft: Draft) -> Stats:
        """Return listmonk's own counters; `sent` leaves out what the mail server did not take."""
        campaign = self._campaign(draft.id)
        return Stats(*(int(_field(campaign, name, int)) for name in ("to_send", "sent", "bounces")))

    def _native(self, key: str, payload: Payload) -> dict[str, Any]:
        lists = list_ids(payload.audience)  # before anything is asked
        return to_campaign(key, payload, lists, self._template())

    def _tagged(self, key: str) -> list[Any]:
        # `tag`; the documented `tags` is not read at all, and would find every campaign
        found: list[Any] = []
        for page in range(1, 1000):
            data = _data(
                self._http.get(
                    "/campaigns",
                    {
                        "tag": key,
                        "no_body": "true",
                        "order_by": "created_at",
                        "order": "asc",
                        "per_page": _PAGE,
                        "page": page,
                    },
                )
            )
            rows = _field(data, "results", list)
            found += rows
            if len(rows) < _PAGE:
                break
        return [each for each in found if key in _tags(each)]

    def _campaign(self, draft_id: str) -> Any:
        return _data(self._http.get(_path(draft_id)))

    def _draft(self, campaign: Any) -> Draft:
        return from_native(campaign, self._url)

    def _present(self, draft: Draft) -> Draft:
        now = self.read(draft.id)
        if now is None:
            raise OutcomeUnknown(
                f"listmonk: campaign {draft.id} is gone", hint="do not repeat; run `newsletter status`"
            )
        return now

    def _in_state(self, draft: Draft, state: DraftState) -> Any:
        campaign = self._campaign(draft.id)
        now = self._draft(campaign)
        if now.state != state:
            raise Rejected(
                f"listmonk: campaign {draft.id} is {now.state!r} ({now.native_state}), not {state!r}",
                hint="run `newsletter status` to see where the issue stands",
            )
        return campaign

    def _demand_future(self, draft: Draft, at: dt.datetime) -> None:
        if self._clock() >= at:
            raise Rejected(
                f"listmonk: campaign {draft.id} was to go at {_iso(at)}, which is over",
                hint="nothing was scheduled; send it again with a later time",
            )

    def _page(self, campaign: Any) -> str:
        """Return the page that readers get; a campaign without a template is sent in the default one."""
        path = f"{_path(str(campaign['id']))}/preview"
        defaults = (
            []
            if campaign.get("template_id")
            else [each for each in self._templates() if each.get("is_default")]
        )
        params = {"template_id": _field(defaults[0], "id", int)} if defaults else None
        return self._http.get_text(path, params)

    def _template(self) -> int:
        """Return the number of the template that passes the mail through."""
        number = self._passing()
        if number is None:
            raise SettingsError(
                "listmonk: it has no template that adds nothing to a mail", hint=_TEMPLATE_HINT
            )
        return number

    def _passing(self) -> int | None:
        """Return that number, None when there is no such template any more; look for it once."""
        if self._template_id is None:
            passing = (each for each in self._templates() if _PASSES_THROUGH.fullmatch(each["body"]))
            self._template_id = next((int(_field(each, "id", int)) for each in passing), None)
        return self._template_id

    def _templates(self) -> list[Any]:
        """Return the templates of campaigns."""
        found = _data(self._http.get("/templates"))
        return [each for each in found if _field(each, "type", str) == "campaign"]

    def _is_double_optin(self, number: int) -> bool:
        try:
            return bool(_field(_data(self._http.get(f"/lists/{number}")), "optin", str) == "double")
        except Rejected as err:
            if err.status != _UNKNOWN_NUMBER:
                raise
            raise SettingsError(
                f"listmonk: it has no list {number}", hint="look at the numbers under Lists in listmonk"
            ) from err


def list_ids(audience: Audience) -> list[int]:
    """
    Return the numbers of the lists that an audience is in listmonk.

    Raises:
        SettingsError: it is no list of numbers, or an empty one.
    """
    target = audience.target.get(NAME)
    if (
        not isinstance(target, list | tuple)
        or not target
        or not all(type(each) is int and each > 0 for each in target)
    ):
        raise SettingsError(
            f"pyproject.toml: audience {audience.name!r} cannot be {target!r} in listmonk",
            hint="write the numbers of its lists, such as listmonk = [3]",
        )
    return sorted(set(target))


def to_campaign(key: str, payload: Payload, lists: Sequence[int], template_id: int) -> dict[str, Any]:
    """Return the campaign that listmonk is to store: every field that it would else fill in by itself."""
    return {
        **_PLAIN,
        "name": key,
        "subject": payload.subject,
        "lists": list(lists),
        "body": payload.html,
        "altbody": payload.text or None,
        "from_email": payload.sender,
        "headers": [{"Reply-To": _header(payload.reply_to)}] if payload.reply_to else [],
        "template_id": template_id,
        "tags": [key],
        "attribs": {_MINE: {"key": key, "digest": payload.digest}},
        "media": [],
        "send_at": None,
    }


def from_campaign(campaign: Any, given: Payload) -> Payload:
    """
    Return the payload that a campaign holds.

    Args:
        campaign: as listmonk answers.
        given: taken from it are the name of its audience and its images, of which listmonk knows nothing,
            and the digest where listmonk is older than 6.0 and has no attribs.
    """
    reply_to = next((value for name, value in _headers(campaign) if name.lower() == "reply-to"), "")
    if given.reply_to and reply_to == _header(given.reply_to):
        reply_to = given.reply_to
    mine = _mine(campaign)
    return Payload(
        subject=_field(campaign, "subject", str),
        preheader="",
        sender=_field(campaign, "from_email", str),
        reply_to=reply_to,
        html=_field(campaign, "body", str),
        text=campaign.get("altbody") or "",
        audience=Audience(given.audience.name, {NAME: _list_ids(campaign)}),
        images=given.images,
        digest=str(mine.get("digest", "")) if "attribs" in campaign else given.digest,
    )


def from_native(campaign: Any, url: str) -> Draft:
    """
    Return the draft that a campaign is.

    A draft that has begun to send once, because it was taken back too late or stopped by hand, is "unknown".
    """
    native = _field(campaign, "status", str)
    state = _STATES.get(native, "unknown")
    begun = _moment(campaign, "started_at")
    if state == "draft" and (begun is not None or campaign.get("sent")):
        state, native = "unknown", "draft, after it had begun to send"
    number = _field(campaign, "id", int)
    tags = _tags(campaign)
    return Draft(
        id=str(number),
        key=str(_mine(campaign).get("key") or next(iter(tags), "")),
        state=state,
        send_at=_moment(campaign, "send_at") if state in ("scheduled", "sending", "sent") else None,
        sent_at=begun if state in ("sending", "sent") else None,
        native_state=native,
        url=f"{url}/admin/campaigns/{number}",
    )


def _sendable(single: Sequence[int], double: Sequence[int]) -> str:
    """Return the condition, as SQL, on a subscriber that lists of single and double opt-in are sent to."""
    chosen = [
        f"(s.list_id IN ({', '.join(map(str, numbers))}) AND s.status {wanted})"
        for numbers, wanted in ((single, "!= 'unsubscribed'"), (double, "= 'confirmed'"))
        if numbers
    ]
    return (
        "subscribers.status != 'blocklisted' AND EXISTS (SELECT 1 FROM subscriber_lists s "  # noqa: S608
        f"WHERE s.subscriber_id = subscribers.id AND ({' OR '.join(chosen)}))"
    )


def _changed(campaign: Any, template_id: int | None) -> list[str]:
    """
    Name what is not as we set it, beside the content: it would alter the mail, or send more than it.

    Args:
        campaign: as listmonk answers.
        template_id: the template that passes the mail through; None when there is none.
    """
    changed = [name for name, value in _PLAIN.items() if campaign.get(name) != value]
    if template_id is None or campaign.get("template_id") != template_id:
        changed.append("template_id")
    if campaign.get("media"):
        changed.append("media")
    if any(name.lower() != "reply-to" for name, _ in _headers(campaign)):
        changed.append("headers")
    return changed


def _touched(draft: Draft, changed: Sequence[str]) -> Rejected:
    return Rejected(
        f"listmonk: campaign {draft.id} was changed there: {', '.join(changed)}",
        hint="nothing was scheduled; run `newsletter push`, which sets it right",
    )


def _lists_and_media(campaign: Any) -> dict[str, Any]:
    """Return what a PUT would else forget."""
    media = [_field(each, "id", int) for each in campaign.get("media") or []]
    kept = {"attribs": campaign["attribs"]} if campaign.get("attribs") else {}
    return {"lists": _list_ids(campaign), "media": media, **kept}


def _header(mailbox: str) -> str:
    """Return a mailbox in ASCII: listmonk would encode a header of other letters whole, its address too."""
    return mailbox if mailbox.isascii() else formataddr(split_mailbox("reply_to", mailbox))


def _headers(campaign: Any) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for each in campaign.get("headers") or [] for name, value in each.items()]


def _list_ids(campaign: Any) -> list[int]:
    """Return the lists of a campaign; one that was deleted is 0."""
    return sorted(each.get("id") or 0 for each in _field(campaign, "lists", list))


def _tags(campaign: Any) -> list[str]:
    return [str(tag) for tag in _field(campaign, "tags", list)]


def _mine(campaign: Any) -> Mapping[str, Any]:
    attribs = campaign.get("attribs") or {}
    mine = attribs.get(_MINE) if isinstance(attribs, dict) else None
    return mine if isinstance(mine, dict) else {}


def _moment(campaign: Any, name: str) -> dt.datetime | None:
    text = campaign.get(name)
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC) if text else None
    except (TypeError, ValueError) as err:
        raise _unexpected(name) from err


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _path(draft_id: str) -> str:
    return f"/campaigns/{quote(draft_id, safe='')}"


def _data(answer: Any) -> Any:
    data = answer.get("data") if isinstance(answer, dict) else None
    if data is None:
        raise _unexpected("data")
    return data


def _field(found: Any, name: str, kind: type) -> Any:
    value = found.get(name) if isinstance(found, dict) else None
    if type(value) is not kind:
        raise _unexpected(name)
    return value


def _unexpected(name: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"listmonk: its answer has no {name!r}, or one of another kind",
        hint="see that url names a listmonk, and which version it is: 6.2 is known to work",
    )
