"""
Mailchimp: audiences with segments, campaigns in two parts, and a clock that knows quarter hours only.

Its habits, and what is done about them here:

- settings and content are two calls: a create that died between them leaves a campaign without a body,
  which is found by its title, differs when it is read back, and is mended by `update`
- its actions answer 204 without a word: what came of them is looked up
- From is `from_name` and `reply_to`: replies go to the From address, and nowhere else
- HTML without `*|UNSUB|*` gets a footer of theirs at its end; by reports of others, HTML without one of
  their tags for the postal address does too. Ours has the address in plain words: look at a proof.
- a key that is blocked gets a 403 that is a web page

Sources, read 2026-11-27: Mailchimp's Marketing API 3.0.55 (campaigns, content, send-checklist, actions,
reports; lists and their segments) in github.com/api-evangelist/mailchimp; "About Email Campaign Footers"
on mailchimp.com/help; "About Dynamic and Conditional Merge Tags" on mandrill.zendesk.com.
"""

import datetime as dt
import html as html_module
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

from pipeline.clock import Clock, Pause
from pipeline.errors import Altered, OutcomeUnknown, Rejected, SettingsError, Unsupported
from pipeline.mergetags import MergeSyntax, Part, Place, Tag
from pipeline.mime import split_mailbox
from pipeline.model import Audience, Draft, DraftState, Payload, Stats, Stored
from pipeline.providers.answers import Fields, after_write
from pipeline.providers.base import Can, Options, Writes, demand_state, marked
from pipeline.providers.http import Http, Params, Secret
from pipeline.settings import Settings
from pipeline.tomltable import NAME, URL

KEY = Secret("MAILCHIMP_API_KEY")
_PAGE = 1000  # the most that a listing gives at once; without a count it gives 10
_DATA_CENTRE = re.compile(r"[a-z]{2,6}[0-9]{1,4}")
_SPECIALS = re.compile(r"\*\||\A\|")  # a bar right behind a tag would begin another one
_EVERYONE = "everyone"
_NOT_FOUND = 404
_STATES: Mapping[str, DraftState] = {
    "save": "draft",
    "schedule": "scheduled",
    "sending": "sending",
    "sent": "sent",
    "canceled": "cancelled",
}
_LIST_FIELDS = (
    "total_items,campaigns.id,campaigns.web_id,campaigns.status,campaigns.send_time,campaigns.settings.title"
)
# What Mailchimp would do with a mail by itself: change it, post it elsewhere, keep replies in its own inbox.
_OFF: Mapping[str, Any] = {
    "auto_footer": False,
    "inline_css": False,
    "auto_tweet": False,
    "auto_fb_post": [],
    "fb_comments": False,
    "use_conversation": False,
}
# Set in its pages, and in no request of ours: other words for some readers, each reader's own hour, a
# template around the mail. Whether an update can take one back is UNCONFIRMED; that it cannot take back
# `timewarp`, the API's file says.
_TESTS = ("variate_settings", "ab_split_opts", "rss_opts")
_FOREIGN = (("settings", "timewarp"), ("settings", "template_id"), ("tracking", "clicktale"))
_TAGS = {"unsubscribe_url": "*|UNSUB|*", "web_url": "*|ARCHIVE|*", "subscriber.first_name": "*|FNAME|*"}


def _write_tag(tag: Tag, part: Part) -> str:
    """Return a tag; FNAME is Mailchimp's name for the first name, which an audience's owner may change."""
    written = _TAGS[tag.name]
    if tag.name != "subscriber.first_name" or not tag.default:
        return written
    default = html_module.escape(tag.default) if part == "html" else tag.default
    default = _SPECIALS.sub(lambda match: _literal(match[0], part), default)
    return f"*|IF:FNAME|*{written}*|ELSE:|*{default}*|END:IF|*"


def _literal(run: str, place: Place) -> str:
    """
    Return a star and a bar so that no tag begins there.

    Mailchimp knows no way to write them in plain text: a space comes between. In a style sheet they are
    the prefix for any namespace, which changes nothing in mail and is left out.
    """
    if place == "style":
        return run.replace("*|", "")
    return run.replace("|", "&#124;" if place == "html" else " |")


class Target(NamedTuple):
    """Whom a campaign goes to."""

    list_id: str
    segment: int | None  # a saved segment or a tag; None for all of the list


class Mailchimp:
    """The campaigns of one account at Mailchimp."""

    name: ClassVar[str] = "mailchimp"
    can: ClassVar[frozenset[Can]] = frozenset(
        {Can.SCHEDULE, Can.UNSCHEDULE, Can.SEND_TEST, Can.OWN_TEXT, Can.PREHEADER, Can.SENDER}
    )
    grid: ClassVar[dt.timedelta] = dt.timedelta(minutes=15)
    syntax: ClassVar[Writes] = MergeSyntax(write=_write_tag, specials=_SPECIALS, escape=_literal)

    def __init__(self, url: str, *, tracking: bool, pause: Pause) -> None:
        """Take the API's address, empty for the one that the key names, and whether readers are tracked."""
        self._url = url
        self._tracking = tracking
        self._pause = pause
        self._http: Http | None = None

    @classmethod
    def from_settings(cls, settings: Settings, _clock: Clock, pause: Pause) -> "Mailchimp":
        """
        Open the account. Keys: url, tracking (opens and clicks; false unless it is set).

        Raises:
            SettingsError: a key is unknown or wrong.
        """
        options = Options(settings, cls.name)
        options.refuse_unknown(("url", "tracking"))
        url = options.table.text("url", URL, default="")
        tracking = options.table.flag("tracking")
        options.close()
        return cls(url, tracking=tracking, pause=pause)

    def find(self, *keys: str) -> Sequence[Draft]:
        """Return every campaign whose title is exactly one of *keys*: all pages, newest first."""
        drafts: list[Draft] = []
        seen = 0
        while True:
            page = self._fields(
                "/campaigns",
                {
                    "count": _PAGE,
                    "offset": seen,
                    "sort_field": "create_time",
                    "sort_dir": "DESC",
                    "fields": _LIST_FIELDS,
                },
            )
            rows = page.rows("campaigns")
            seen += len(rows)
            drafts += [draft for row in rows if (draft := self._draft(row)).key in keys]
            if seen >= page.number("total_items"):
                return list({draft.id: draft for draft in drafts}.values())
            if not rows:
                raise page.unexpected("campaigns", f"ended after {seen} of {page.number('total_items')}")

    def create(self, key: str, payload: Payload) -> Draft:
        """
        Store a new campaign: its settings, then its content.

        Raises:
            SettingsError: the audience is not written as it must be.
            Unsupported: replies are to go to another address than From.
            OutcomeUnknown: it may be stored, with or without its content.
        """
        campaign = {"type": "regular", **to_campaign(key, payload, tracking=self._tracking)}
        answer = self._api.write("POST", "/campaigns", campaign)
        with after_write(self.name, "POST /campaigns"):
            draft = self._draft(Fields(self.name, "POST /campaigns", answer))
        self._put_content(draft, payload)
        return draft

    def update(self, draft: Draft, payload: Payload) -> Draft:
        """Replace settings and content of a campaign that is no more than a draft; as `create`."""
        campaign = to_campaign(draft.key, payload, tracking=self._tracking)
        self._demand_state(draft, "draft")
        self._api.write("PATCH", _path(draft.id), campaign)
        self._put_content(draft, payload)
        with after_write(self.name, f"PUT {_path(draft.id)}/content"):
            return self._draft(self._fields(_path(draft.id)))

    def read(self, draft_id: str) -> Draft | None:
        """Return the campaign as it is now, or None when it is gone."""
        try:
            return self._draft(self._fields(_path(draft_id)))
        except Rejected as err:
            if err.status == _NOT_FOUND:
                return None
            raise

    def stored(self, draft: Draft, given: Payload) -> Stored:
        """
        Return what is stored, twice: Mailchimp shows no final form before it sends.

        The digest is not the one given when its pages switched on what we switch off, or tracking differs.

        Raises:
            Altered: it is no regular campaign any more, or has a test, an hour or a template of its own.
        """
        campaign = self._fields(_path(draft.id))
        self._draft(campaign)  # it is one: else all of its fields would only seem to be empty
        content = self._fields(f"{_path(draft.id)}/content")
        if foreign := foreign_options(campaign):
            raise Altered(
                f"mailchimp: draft {draft.id!r} was changed there: {', '.join(foreign)}",
                hint="set that back at Mailchimp, or delete the draft there; then push again",
            )
        changed = changed_options(campaign, tracking=self._tracking)
        payload = marked(stored_payload(campaign, content, given), changed)
        return Stored(payload, payload.html, payload.text)

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """
        Have *draft* sent at *at*, on a quarter of an hour.

        Raises:
            Rejected: off the grid, no draft, or not ready; Mailchimp's own check list says why.
            OutcomeUnknown: it was taken, and is not seen to be scheduled.
        """
        if at.minute % 15 or at.second or at.microsecond:
            raise Rejected(
                f"mailchimp: a campaign is sent on a quarter of an hour, not at {at.isoformat()!r}",
                hint="move send_at to minute 00, 15, 30 or 45",
            )
        self._demand_state(draft, "draft")
        checklist = self._fields(f"{_path(draft.id)}/send-checklist")
        if not checklist.flag("is_ready"):
            raise Rejected(f"mailchimp: not ready: {objections(checklist)}", hint="mend it at Mailchimp")
        moment = at.astimezone(dt.UTC).isoformat()
        return self._acted(draft, "schedule", {"schedule_time": moment}, "draft")

    def unschedule(self, draft: Draft) -> Draft:
        """Take a scheduled campaign back."""
        self._demand_state(draft, "scheduled")
        return self._acted(draft, "unschedule", None, "scheduled")

    def send_test(self, draft: Draft, *, to: Sequence[str]) -> None:
        """Send the stored campaign to these addresses, both parts; no reader's values are filled in."""
        if not to:
            raise Rejected("mailchimp: a test with no address", hint="name one with --to")
        body = {"test_emails": list(to), "send_type": "html"}
        self._api.write("POST", f"{_path(draft.id)}/actions/test", body)

    def count(self, audience: Audience) -> int:
        """
        Return how many active members list or segment has; minutes old, Mailchimp keeps such counts a while.

        Source: Marketing API, GET /lists/{id}: `stats.member_count`, "the number of active members",
        "cached for at least five minutes"; GET /lists/{id}/segments/{id}: `member_count`, "the number of
        active subscribers currently included in the segment".
        """
        target = to_target(audience)
        path = f"/lists/{quote(target.list_id, safe='')}"
        if target.segment is None:
            return self._fields(path, {"fields": "stats.member_count"}).part("stats").number("member_count")
        segment = self._fields(f"{path}/segments/{target.segment}", {"fields": "member_count"})
        return segment.number("member_count")

    def stats(self, draft: Draft) -> Stats:
        """Return what the campaign's report counts; a campaign that has not gone out has none."""
        if self._draft(self._fields(_path(draft.id))).state not in ("sending", "sent", "cancelled"):
            return Stats()
        report = self._fields(f"/reports/{quote(draft.id, safe='')}")
        bounces = report.part("bounces")
        return Stats(
            sent=report.number("emails_sent"),
            bounced=bounces.number("hard_bounces") + bounces.number("soft_bounces"),
        )

    @property
    def _api(self) -> Http:
        """The API, whose address may stand in the key: it is read here for the first time."""
        if self._http is None:
            url = self._url or f"https://{_data_centre()}.api.mailchimp.com/3.0"
            self._http = Http(self.name, url, headers=_headers, words=words, pause=self._pause)
        return self._http

    def _draft(self, campaign: Fields) -> Draft:
        return from_campaign(campaign, centre="" if self._url else _data_centre())

    def _put_content(self, draft: Draft, payload: Payload) -> None:
        self._api.write(
            "PUT", f"{_path(draft.id)}/content", {"html": payload.html, "plain_text": payload.text}
        )

    def _demand_state(self, draft: Draft, state: DraftState) -> None:
        demand_state(self.name, draft, self.read(draft.id), state)

    def _acted(self, draft: Draft, action: str, body: Any, before: DraftState) -> Draft:
        """Do what answers 204, and look up what came of it."""
        path = f"{_path(draft.id)}/actions/{action}"
        self._api.write("POST", path, body)
        with after_write(self.name, f"POST {path}"):
            turned = self._draft(self._fields(_path(draft.id)))
        if turned.state == before:
            raise OutcomeUnknown(
                f"mailchimp: draft {draft.id!r}: {action} was taken, and it is still {before!r}",
                hint="do not repeat, run `newsletter status`",
            )
        return turned

    def _fields(self, path: str, params: Params | None = None) -> Fields:
        return Fields(self.name, f"GET {path}", self._api.get(path, params))


def _headers() -> Mapping[str, str]:
    credentials = b64encode(f"newsletter:{KEY.value()}".encode()).decode()
    return {"Authorization": f"Basic {credentials}"}


def _data_centre() -> str:
    """Return what stands behind the last "-" of the key: the name of the host."""
    centre = KEY.value().rpartition("-")[2]
    if not _DATA_CENTRE.fullmatch(centre):
        raise SettingsError(
            f"{KEY.variable} does not end in its data centre, such as -us6",
            hint="copy the whole key from Mailchimp, under Account, Extras, API keys",
        )
    return centre


def to_campaign(key: str, payload: Payload, *, tracking: bool) -> dict[str, Any]:
    """
    Return recipients, settings and tracking of a campaign, for a create or an update.

    Whether an update that names no segment takes the old one away is UNCONFIRMED: the read-back tells.

    Raises:
        SettingsError: the audience is not written as it must be.
        Unsupported: Reply-To is another address than From: Mailchimp has one field for both.
    """
    target = to_target(payload.audience)
    name, address = split_mailbox("From", payload.sender)
    if payload.reply_to and not _replies_to_sender(payload):
        raise Unsupported(
            f"mailchimp: replies go to the From address {address!r}, and cannot go to {payload.reply_to!r}",
            hint="set reply_to in pyproject.toml to the address of from, or leave it out",
        )
    recipients: dict[str, Any] = {"list_id": target.list_id}
    if target.segment is not None:
        recipients["segment_opts"] = {"saved_segment_id": target.segment}
    return {
        "recipients": recipients,
        "settings": {
            "title": key,  # readers do not see it
            "subject_line": payload.subject,
            "preview_text": payload.preheader,
            "from_name": name,
            "reply_to": address,
            **_OFF,
        },
        "tracking": _tracked(on=tracking),
    }


def _tracked(*, on: bool) -> dict[str, Any]:
    return {
        "opens": on,
        "html_clicks": on,  # it rewrites every link
        "text_clicks": False,
        "goal_tracking": False,
        "ecomm360": False,
        "google_analytics": "",  # it adds to every link
    }


def changed_options(campaign: Fields, *, tracking: bool) -> list[str]:
    """Name the options that are not as `to_campaign` sets them; one that is not shown is off."""
    settings, tracked = campaign.part("settings"), campaign.part("tracking")
    return [
        *(f"settings.{name}" for name in _OFF if settings.has(name)),
        *(f"tracking.{name}" for name, on in _tracked(on=tracking).items() if tracked.has(name) != bool(on)),
    ]


def foreign_options(campaign: Fields) -> list[str]:
    """Name the options that we never set, and that would send something else, or to others, or later."""
    return [
        *(("type",) if campaign.text("type") != "regular" else ()),
        *(name for name in _TESTS if campaign.has(name)),
        *(f"{part}.{name}" for part, name in _FOREIGN if campaign.part(part).has(name)),
    ]


def to_target(audience: Audience) -> Target:
    """
    Return whom *audience* means.

    Raises:
        SettingsError: it is written in another way; nobody is everyone by leaving something out.
    """
    target = audience.target.get(Mailchimp.name)
    if isinstance(target, Mapping) and set(target) == {"list", "segment"}:
        list_id, segment = target["list"], target["segment"]
        if isinstance(list_id, str) and NAME.pattern.fullmatch(list_id):
            if segment == _EVERYONE:
                return Target(list_id, None)
            if type(segment) is int and segment > 0:
                return Target(list_id, segment)
    raise SettingsError(
        f"pyproject.toml: audience {audience.name!r} cannot be {target!r} at mailchimp",
        hint=f"under [tool.newsletter.audiences.{audience.name}] write the ids of list and segment, "
        'mailchimp = {list = "a1b2c3d4e5", segment = 42}, or segment = "everyone"',
    )


def from_campaign(campaign: Fields, *, centre: str) -> Draft:
    """
    Return the draft that a campaign is; its key is its title.

    Args:
        campaign: as a listing or a look at it gives it.
        centre: the data centre, for the page where a human looks at it; empty for none.
    """
    status = campaign.text("status")
    state = _STATES.get(status, "unknown")
    moment = campaign.moment("send_time") if state in ("scheduled", "sending", "sent") else None
    page = f"https://{centre}.admin.mailchimp.com/campaigns/show/?id="
    return Draft(
        id=campaign.text("id"),
        key=campaign.part("settings").optional_text("title"),
        state=state,
        send_at=moment,
        sent_at=moment if state == "sent" else None,
        native_state=status,
        url=f"{page}{campaign.number('web_id')}" if centre else "",
    )


def stored_payload(campaign: Fields, content: Fields, given: Payload) -> Payload:
    """Return the payload as it is stored; digest and images, which are not, are those of *given*."""
    if not content.has("_links"):  # every answer of theirs has them; a campaign without a body has no more
        content.text("html")
    settings = campaign.part("settings")
    name, address = settings.optional_text("from_name"), settings.optional_text("reply_to")
    sender = f"{name} <{address}>" if name else address
    wanted = split_mailbox("From", given.sender)
    same = (wanted[0], wanted[1].casefold()) == (name, address.casefold())
    return replace(
        given,
        subject=settings.optional_text("subject_line"),
        preheader=settings.optional_text("preview_text"),
        sender=given.sender if same else sender,
        reply_to=given.reply_to if same and _replies_to_sender(given) else address,
        html=restored(content.optional_text("html"), given.html),
        text=restored(content.optional_text("plain_text"), given.text),
        audience=from_recipients(campaign.part("recipients"), given.audience),
    )


def _replies_to_sender(payload: Payload) -> bool:
    """Say whether replies are to go where From points: without a Reply-To, or with the same address in it."""
    if not payload.reply_to:
        return True
    sender, reply_to = split_mailbox("From", payload.sender), split_mailbox("Reply-To", payload.reply_to)
    return sender[1].casefold() == reply_to[1].casefold() and reply_to[0] in ("", sender[0])


def restored(stored: str, given: str) -> str:
    """
    Return stored content as it was given, where nothing differs but line ends and space at the very end.

    What else Mailchimp rewrites is UNCONFIRMED; any other difference is shown, and stops the issue.
    """
    plain = stored.replace("\r\n", "\n")
    return given if plain.rstrip() == given.replace("\r\n", "\n").rstrip() else plain


def from_recipients(recipients: Fields, given: Audience) -> Audience:
    """Return the audience that a campaign goes to, in the spelling of *given* where it is the same."""
    list_id, chosen = recipients.optional_text("list_id"), recipients.part("segment_opts")
    segment: int | str = _EVERYONE
    if chosen.has("saved_segment_id"):
        segment = chosen.number("saved_segment_id")
    elif chosen.has("conditions") or chosen.has("prebuilt_segment_id"):
        segment = "conditions that were not set here"
    found = {"list": list_id, "segment": segment}
    if found == given.target.get(Mailchimp.name):
        return given
    return Audience(given.name, {Mailchimp.name: found})


def objections(checklist: Fields) -> str:
    """Return what Mailchimp's check list objects to."""
    items = [item for item in checklist.rows("items") if item.text("type") == "error"]
    said = "; ".join(
        f"{item.optional_text('heading')}: {item.optional_text('details')}".strip(": ") for item in items
    )
    return said or "the check list names no reason"


def words(failure: Any) -> str:
    """Return Mailchimp's own words for a refusal (RFC 7807), without the key."""
    fields = [f"{each.get('field', '')}: {each.get('message', '')}" for each in failure.get("errors", ())]
    said = "; ".join([f"{failure['title']}: {failure.get('detail', '')}", *fields])
    return said.replace(KEY.value(), "***")


def _path(draft_id: str) -> str:
    return f"/campaigns/{quote(draft_id, safe='')}"
