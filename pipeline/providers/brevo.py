"""
Brevo: email campaigns of type classic, found again by name and tag.

Brevo allows about 100 requests an hour to these paths, so that each verb makes as few as it can: find one
for every 100 campaigns of the account; create, read, stored, send_test and stats one; update and schedule
two (they look at the state first); unschedule three (it looks again afterwards), five where Brevo refuses
to make a draft of what was scheduled; count one for every 50 lists of the account, and one a segment.

Sources, read 2026-11-27: Brevo's OpenAPI file (2024) and developers.brevo.com, "Create an email campaign",
"Update an email campaign", "Get an email campaign report", "Update an email campaign status", "Rate limits";
help.brevo.com, "Customize your emails with Brevo Template Language". What only users or support said has
its issue named beside it.
"""

import datetime as dt
import html as html_module
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

from pipeline.clock import Clock, Pause
from pipeline.errors import Altered, Rejected, SettingsError, Unsupported
from pipeline.mergetags import MergeSyntax, Part, Place, Tag
from pipeline.mime import split_mailbox
from pipeline.model import Audience, Draft, DraftState, Payload, Stats, Stored
from pipeline.providers.answers import Fields, after_write
from pipeline.providers.base import Can, Options, Writes, marked
from pipeline.providers.http import Http, Secret
from pipeline.settings import Settings
from pipeline.tomltable import URL, Form

API = "https://api.brevo.com/v3"
KEY = Secret("BREVO_API_KEY")
PAGE = 100  # campaigns, the most there may be
LISTS_PAGE = 50
NOT_FOUND = 404
BAD_REQUEST = 400
# An empty header or footer, or one without its link, is replaced by the account's own (APIv3-php-library,
# issues 39 and 48, 2018; UNCONFIRMED since). These have the link; on the way back they must stand there.
HEADER = '<p style="text-align:center"><a href="{{ mirror }}">View in your browser</a></p>'
FOOTER = '<p style="text-align:center"><a href="{{ unsubscribe }}">Unsubscribe</a></p>'

_TAGS = {
    "subscriber.first_name": "contact.FIRSTNAME",
    "unsubscribe_url": "unsubscribe",
    "web_url": "mirror",
}
_PLAIN_DEFAULT = re.compile(r"[\w ,.!-]+")
# Single braces and words in square brackets are tags of Brevo's older language, such as {FNAME}, [MIRROR].
_SPECIALS = re.compile(r"\{|\[(?=(?:MIRROR|UNSUBSCRIBE|UPDATE_PROFILE|DEFAULT_[A-Z]+)\])")
_BODY = re.compile(r"(<body\b[^>]*>)(.*)(</body\s*>)", re.IGNORECASE | re.DOTALL)
# What is queued without a time is being sent. All other states are for somebody to look at.
_STATES: dict[str, DraftState] = {
    "draft": "draft",
    "queued": "scheduled",
    "inProcess": "sending",
    "in_process": "sending",
    "sent": "sent",
    "cancelled": "cancelled",
}
_SWITCHES = {"mirrorActive": True, "inlineImageActivation": False}  # links to the web page; images within


def _write_tag(tag: Tag, part: Part) -> str:
    """Return a tag in Brevo's language; a default that is no plain words stands outside its quotes."""
    name = _TAGS[tag.name]
    if not tag.default:
        return f"{{{{ {name} }}}}"
    if _PLAIN_DEFAULT.fullmatch(tag.default):
        return f'{{{{ {name}|default:"{tag.default}" }}}}'
    default = html_module.escape(tag.default) if part == "html" else tag.default
    shown = _SPECIALS.sub(lambda match: _literal(match[0], part), default)
    return f"{{% if {name} %}}{{{{ {name} }}}}{{% else %}}{shown}{{% endif %}}"


def _literal(run: str, place: Place) -> str:
    """Return *run* as readers see it literally; in a style sheet a space parts it from what follows."""
    return {"html": f"&#{ord(run)};", "style": f"{run} ", "text": f'{{{{ "{run}" }}}}'}[place]


class _Target(NamedTuple):
    """Whom an audience reaches: numbers of lists and segments; at least one."""

    lists: frozenset[int]
    segments: frozenset[int]


class Brevo:
    """Campaigns of one Brevo account."""

    name: ClassVar[str] = "brevo"
    can: ClassVar[frozenset[Can]] = frozenset(
        {Can.SCHEDULE, Can.UNSCHEDULE, Can.SEND_TEST, Can.PREHEADER, Can.SENDER}
    )
    grid: ClassVar[dt.timedelta] = dt.timedelta(minutes=1)
    syntax: ClassVar[Writes] = MergeSyntax(write=_write_tag, specials=_SPECIALS, escape=_literal)

    def __init__(self, http: Http, *, clock: Clock, header: str = HEADER, footer: str = FOOTER) -> None:
        """Take the way to the API, and what stands around each letter, in Brevo's language."""
        self._http = http
        self._clock = clock
        self._around = (header, footer)

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock, pause: Pause) -> "Brevo":
        """Open the account that the key in the environment belongs to; nothing is asked of it yet."""
        options = Options(settings, cls.name)
        options.refuse_unknown(("url", "text_part", "header", "footer"))
        url = options.table.text("url", URL, default=API)
        options.table.text("text_part", Form(re.compile("provider"), '"provider"'), default="")  # for publish
        header = options.table.text("header", default=HEADER)
        footer = options.table.text("footer", default=FOOTER)
        options.close()
        http = Http(
            cls.name,
            url,
            headers=lambda: {"api-key": KEY.value()},
            words=lambda answer: f"{answer['code']}: {answer['message']}",
            pause=pause,
        )
        return cls(http, clock=clock, header=header, footer=footer)

    def find(self, *keys: str) -> Sequence[Draft]:
        """Return the campaigns whose name or tag is one of *keys*; Brevo cannot look for either."""
        found = []
        for campaign in self._listed("/emailCampaigns", "campaigns", PAGE, excludeHtmlContent="true"):
            names = (campaign.text("name"), campaign.optional_text("tag"))
            found += [
                replace(from_campaign(campaign), key=key) for key in dict.fromkeys(keys) if key in names
            ]
        return list({(draft.id, draft.key): draft for draft in found}.values())

    def create(self, key: str, payload: Payload) -> Draft:
        """Store a new campaign. Without a time it is a draft; a sender must have been verified at Brevo."""
        body = {"name": key, "tag": key, **to_campaign(payload, self._around)}
        made = self._http.write("POST", "/emailCampaigns", body)
        with after_write(self.name, "POST /emailCampaigns"):
            number = Fields(self.name, "POST /emailCampaigns", made).number("id")
        return Draft(id=str(number), key=key, state="draft", native_state="draft")

    def update(self, draft: Draft, payload: Payload) -> Draft:
        """Replace all that we store of a draft."""
        body = to_campaign(payload, self._around)
        now = self._in_state(draft, "draft")
        self._http.write("PUT", _path(draft.id), body)
        return replace(now, key=draft.key)

    def read(self, draft_id: str) -> Draft | None:
        """Return the campaign as it is now."""
        campaign = self._campaign(draft_id)
        return from_campaign(campaign) if campaign is not None else None

    def stored(self, draft: Draft, given: Payload) -> Stored:
        """
        Return what Brevo stored; it makes the text part itself and does not show it.

        The digest is not the one given when links to the web page or images within were switched at Brevo.

        Raises:
            Altered: something else than ours stands around the letter, or a test of two subjects, "best time"
                or another type was chosen at Brevo; whether an update could undo that is UNCONFIRMED.
        """
        campaign = self._present(draft.id)
        around = [campaign.text(name).strip() for name in ("header", "footer")]
        for name, ours, theirs in zip(("header", "footer"), self._around, around, strict=True):
            if theirs not in ("", ours):
                raise Altered(
                    f"brevo: draft {draft.id!r} has a {name} that is not ours: {theirs!r}",
                    hint=f"empty the default {name} at Brevo, or set {name} under "
                    "[tool.newsletter.providers.brevo] to one that Brevo takes; then push again",
                )
        for name in ("abTesting", "sendAtBestTime"):
            if campaign.has(name):
                raise Altered(
                    f"brevo: draft {draft.id!r} has {name} on", hint="switch it off at Brevo, then run again"
                )
        if campaign.text("type") != "classic":
            raise Altered(
                f"brevo: draft {draft.id!r} is of type {campaign.text('type')!r}, and was 'classic'",
                hint="delete it at Brevo, then push again",
            )
        changed = [name for name, value in _SWITCHES.items() if campaign.has(name) != value]
        payload = marked(from_content(campaign, given), changed)
        return Stored(payload, surrounded(payload.html, *around), "")

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """Have a draft sent at *at*. Brevo itself would take a second time for what is scheduled already."""
        if at <= self._clock():
            raise Rejected(
                f"brevo: {at.isoformat()!r} is past: a draft would be sent at once",
                hint="give the issue a later send_at",
            )
        now = self._in_state(draft, "draft")
        moment = at.astimezone(dt.UTC)
        self._http.write("PUT", _path(draft.id), {"scheduledAt": moment.isoformat(timespec="milliseconds")})
        return replace(now, key=draft.key, state="scheduled", native_state="queued", send_at=moment)

    def unschedule(self, draft: Draft) -> Draft:
        """
        Make a draft again of what is scheduled; what Brevo has afterwards counts.

        One whose time has come may be leaving already: Brevo refuses then, or the look afterwards shows it.

        Where Brevo refuses that, the campaign is suspended: it is not sent, and can no longer be made a draft
        (APIv3-nodejs-library, issues 102 and 104; APIv3-php-library, issue 142; 2021). Then the state is
        "unknown": somebody has to look at it.
        """
        self._in_state(draft, "scheduled")
        refusal = self._turned(draft.id, "draft")
        now = self._after(draft)
        if refusal and now.state == "scheduled":
            self._turned(draft.id, "suspended")
            now = self._after(draft)
        if now.state in ("scheduled", "sending", "sent"):
            raise Rejected(
                f"brevo: draft {draft.id!r} could not be taken back: it is {now.native_state!r}",
                hint="run `newsletter status`; stop it at Brevo if it is not sent yet",
            ) from refusal
        return now

    def send_test(self, draft: Draft, *, to: Sequence[str]) -> None:
        """Send the draft to these addresses, which may have to be on Brevo's test list; 50 mails a day."""
        if not to:
            raise Rejected(
                "brevo: no address for the test: it would go to the whole test list", hint="name an address"
            )
        self._http.write("POST", f"{_path(draft.id)}/sendTest", {"emailTo": list(to)})

    def count(self, audience: Audience) -> int:
        """
        Return about how many readers *audience* has: the sum over its lists and segments.

        Nobody is missing from it; who is on two of them, or has unsubscribed since, counts all the same.
        Brevo's own numbers of subscribers are zero since 2021 (its changelog, "Dropped support for list
        counters"), which leaves the number of contacts; a segment's is that of the search for contacts.
        """
        lists, segments = to_target(audience)
        listed = self._listed("/contacts/lists", "lists", LISTS_PAGE) if lists else ()
        sizes = {each.number("id"): each.number("uniqueSubscribers") for each in listed}
        if missing := sorted(lists - set(sizes)):
            raise Rejected(
                f"brevo: audience {audience.name!r} has lists that are not there: {missing}",
                hint=f"look up their numbers at Brevo, and mend [tool.newsletter.audiences.{audience.name}]",
            )
        total = sum(sizes[number] for number in lists)
        for segment in sorted(segments):
            answer = self._http.get("/contacts", {"segmentId": segment, "limit": 1, "offset": 0})
            total += Fields(self.name, "GET /contacts", answer).number("count")
        return total

    def stats(self, draft: Draft) -> Stats:
        """Return Brevo's global statistics; a number that it does not give is None."""
        campaign = self._present(draft.id, statistics="globalStats")
        if not campaign.has("statistics"):
            raise campaign.unexpected("statistics", "is missing")
        return from_statistics(campaign.part("statistics"))

    def _campaign(self, draft_id: str, **params: str) -> Fields | None:
        try:
            return Fields(self.name, "GET /emailCampaigns/ID", self._http.get(_path(draft_id), params))
        except Rejected as refused:
            if refused.status == NOT_FOUND:
                return None
            raise

    def _present(self, draft_id: str, **params: str) -> Fields:
        campaign = self._campaign(draft_id, **params)
        if campaign is None:
            raise Rejected(
                f"brevo: draft {draft_id!r} is gone",
                hint="run `newsletter status` to see where the issue stands",
            )
        return campaign

    def _in_state(self, draft: Draft, state: DraftState) -> Draft:
        now = from_campaign(self._present(draft.id))
        if now.state != state:
            raise Rejected(
                f"brevo: draft {draft.id!r} is {now.state!r} ({now.native_state}), not {state!r}",
                hint="run `newsletter status` to see where the issue stands",
            )
        return now

    def _turned(self, draft_id: str, status: str) -> Rejected | None:
        """Ask for another status; return Brevo's refusal, if it refuses that one."""
        try:
            self._http.write("PUT", f"{_path(draft_id)}/status", {"status": status})
        except Rejected as refused:
            if refused.status != BAD_REQUEST:
                raise
            return refused
        return None

    def _after(self, draft: Draft) -> Draft:
        """Return the draft as it is after a write."""
        with after_write(self.name, f"PUT {_path(draft.id)}/status"):
            return replace(from_campaign(self._present(draft.id)), key=draft.key)

    def _listed(self, path: str, name: str, limit: int, **params: str) -> Iterator[Fields]:
        """
        Yield every object of a listing.

        A page that is not full is the last one only where the count agrees. Whether that is of all or of the
        page is not said; no page that is smaller than asked for may hide the rest.
        """
        seen = 0
        while True:
            found = self._http.get(path, {**params, "limit": limit, "offset": seen, "sort": "desc"})
            answer = Fields(self.name, f"GET {path}", found)
            count = answer.number("count")
            page = answer.rows(name) if count or answer.has(name) else []
            yield from page
            seen += len(page)
            if len(page) < limit and count <= seen:
                return
            if not page:
                raise answer.unexpected(name, f"ends at {seen}, and there are {count}")


def to_target(audience: Audience) -> _Target:
    """
    Return whom *audience* reaches.

    Raises:
        SettingsError: it does not say so, or not with numbers.
    """
    target = audience.target.get(Brevo.name)
    ids = {
        name: target.get(name, []) if isinstance(target, Mapping) else [] for name in ("lists", "segments")
    }
    good = all(isinstance(each, list | tuple) for each in ids.values()) and all(
        type(number) is int and number > 0 for each in ids.values() for number in each
    )
    if not good or not any(ids.values()) or not isinstance(target, Mapping) or set(target) - set(ids):
        raise SettingsError(
            f"pyproject.toml: audience {audience.name!r} does not say whom it reaches at brevo: {target!r}",
            hint="write the numbers of lists or segments, as in "
            f"[tool.newsletter.audiences.{audience.name}] brevo = {{lists = [7]}}",
        )
    return _Target(frozenset(ids["lists"]), frozenset(ids["segments"]))


def to_campaign(payload: Payload, around: tuple[str, str]) -> dict[str, Any]:
    """
    Return all of a campaign but its name, its tag and its time.

    Replies go to the sender where nothing is said, or else they would go to the account's own address.

    Raises:
        SettingsError: the audience or a mailbox is none.
        Unsupported: replies are to go to a name; Brevo takes an address alone.
    """
    lists, segments = to_target(payload.audience)
    name, address = split_mailbox("From", payload.sender)
    reply_name, reply_address = (
        split_mailbox("Reply-To", payload.reply_to) if payload.reply_to else ("", address)
    )
    if reply_name:
        raise Unsupported(
            f"brevo: cannot show a name in Reply-To: {payload.reply_to!r}",
            hint=f"set reply_to to the address alone: {reply_address!r}",
        )
    recipients = {"listIds": sorted(lists), "segmentIds": sorted(segments)}
    return {
        "subject": payload.subject,
        "previewText": payload.preheader,
        "sender": {"name": name, "email": address} if name else {"email": address},
        "replyTo": reply_address,
        "htmlContent": payload.html,
        "recipients": {key: ids for key, ids in recipients.items() if ids},
        "header": around[0],
        "footer": around[1],
        **_SWITCHES,
    }


def from_campaign(campaign: Fields) -> Draft:
    """
    Return a campaign's state and times; its key is its name.

    What is queued stays "scheduled" when its time has come, until Brevo itself says that it is being sent:
    a queue may stand still. What is queued without a time is being sent: "send now" did that.
    """
    native = campaign.text("status")
    state = _STATES.get(native, "unknown")
    send_at = campaign.moment("scheduledAt") if state in ("scheduled", "sending", "sent") else None
    if state == "scheduled" and send_at is None:
        state = "sending"
    return Draft(
        id=str(campaign.number("id")),
        key=campaign.text("name"),
        state=state,
        send_at=send_at,
        sent_at=campaign.moment("sentDate") if state == "sent" else None,
        native_state=native,
    )


def from_content(campaign: Fields, given: Payload) -> Payload:
    """Return a campaign's content; only what Brevo has no field for is taken from *given*."""
    sender = campaign.part("sender")
    return replace(
        given,
        subject=campaign.text("subject"),
        preheader=campaign.optional_text("previewText"),
        sender=_as_given(sender.optional_text("name"), sender.text("email"), given.sender),
        reply_to=_reply_to(campaign.text("replyTo"), given),
        html=campaign.text("htmlContent"),
        text="",
        audience=_audience(campaign.part("recipients"), given.audience),
    )


def from_statistics(statistics: Fields) -> Stats:
    """Return what Brevo counts; `globalStats` is empty when it was not asked for, or nothing went out."""
    overall = statistics.part("globalStats")
    sent, hard, soft = (overall.optional_number(name) for name in ("sent", "hardBounces", "softBounces"))
    remaining = statistics.optional_number("remaining")
    return Stats(
        to_send=sent + remaining if sent is not None and remaining is not None else None,
        sent=sent,
        bounced=hard + soft if hard is not None and soft is not None else None,
    )


def surrounded(html: str, header: str, footer: str) -> str:
    """Return a document with *header* and *footer* around what is in its body; where exactly is Brevo's."""
    if not _BODY.search(html):
        return f"{header}{html}{footer}"
    return _BODY.sub(lambda body: f"{body[1]}{header}{body[2]}{footer}{body[3]}", html, count=1)


def _as_given(name: str, address: str, given: str) -> str:
    """Return a stored sender as a mailbox, written as *given* is when it is the same one."""
    given_name, given_address = split_mailbox("From", given)
    if (name, address.casefold()) == (given_name, given_address.casefold()):
        return given
    return f"{name} <{address}>" if name else address


def _reply_to(stored: str, given: Payload) -> str:
    """Return where replies go: "" when nothing else was wanted than the sender's own address."""
    wanted = given.reply_to or given.sender
    same = stored.casefold() == split_mailbox("Reply-To", wanted)[1].casefold()
    return given.reply_to if same else stored


def _audience(recipients: Fields, given: Audience) -> Audience:
    """Return *given* when the campaign goes to exactly its lists and segments, else whom it goes to."""
    target = {
        ours: sorted(ids)
        for ours, theirs in (
            ("lists", "lists"),
            ("segments", "segments"),
            ("without_lists", "exclusionLists"),
            ("without_segments", "excludedSegments"),
        )
        if (ids := recipients.numbers(theirs))
    }
    wanted = {name: sorted(ids) for name, ids in to_target(given)._asdict().items() if ids}
    return given if target == wanted else Audience(given.name, {Brevo.name: target})


def _path(draft_id: str) -> str:
    return f"/emailCampaigns/{quote(draft_id, safe='')}"
