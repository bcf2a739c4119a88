"""
Buttondown: a hosted newsletter with its own readers, Django templates, and one sender for all mails.

Its dangerous habits, and what is done about them here:

- a create without a status sends at once: every create says "draft"
- From and Reply-To are the newsletter's: others are refused before anything is written
- test mode sends all mail to its owner: nothing is scheduled while it is on
- no filter on slug or metadata: every page of what came by the API is read, and compared here
- an idempotency key replays its first answer, for how long nobody says: after a draft was deleted, a
  create would answer with the dead one, so none is sent; a slug cannot be taken twice, which is better

Sources, read 2026-11-27: Buttondown's OpenAPI file (public/openapi.json of github.com/buttondown/docs,
2026-08-22) and the pages api-emails-create, api-authentication, api-idempotency-keys, api-versioning,
naked-mode, test-mode, templating and automation-dynamic-content of the same repository.
"""

import datetime as dt
import html as html_module
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

from pipeline.clock import Clock, Pause
from pipeline.errors import OutcomeUnknown, Rejected, SettingsError, Unsupported
from pipeline.mergetags import MergeSyntax, Part, Place, Tag
from pipeline.mime import split_mailbox
from pipeline.model import Audience, Draft, DraftState, Payload, Stats, Stored
from pipeline.providers.answers import Fields, after_write
from pipeline.providers.base import Can, Options, Writes, demand_state, marked
from pipeline.providers.http import Http, Params, Secret
from pipeline.settings import Settings
from pipeline.tomltable import NAME, URL, Form

VERSION = "2026-04-01"  # the API's; pinned, because an older one sends what it should keep
KEY = Secret("BUTTONDOWN_API_KEY")
# Says that the body is HTML; without it Buttondown guesses (page "api-emails-create").
_MODE = "<!-- buttondown-editor-mode: fancy -->"
_ANY_MODE = re.compile(r"<!-- buttondown-editor-mode: [a-z]+ -->")
_SPECIALS = re.compile(r"\{(?=[{%#]|\Z)")
_BRACE = "{% templatetag openbrace %}"  # Django's way to write one opening brace
_WEB_URL = "{{ email.absolute_url }}"
_OURS: Params = {"source": "api", "ordering": "creation_date", "excluded_fields": "body"}
_EVERYONE = "everyone"
# Types of subscribers that get no mail; all others do (page "api-subscribers-type").
_UNREACHED = ("blocked", "complained", "removed", "unactivated", "undeliverable", "unsubscribed")
_STATES: Mapping[str, DraftState] = {
    "draft": "draft",
    "scheduled": "scheduled",
    **dict.fromkeys(("about_to_send", "in_flight", "throttled", "resending"), "sending"),
    "sent": "sent",
}


def _write_tag(tag: Tag, part: Part) -> str:
    """Return a tag as the page "templating" writes it; the first name is metadata that we keep ourselves."""
    if tag.name == "unsubscribe_url":
        return "{{ unsubscribe_url }}"
    if tag.name == "web_url":
        return _WEB_URL
    name = "subscriber.metadata.first_name"
    if not tag.default:
        return f"{{{{ {name} }}}}"
    default = html_module.escape(tag.default) if part == "html" else tag.default
    default = _SPECIALS.sub(lambda match: _literal(match[0], part), default)
    return f"{{% if {name} %}}{{{{ {name} }}}}{{% else %}}{default}{{% endif %}}"


def _literal(run: str, place: Place) -> str:
    """Return an opening brace so that no template language reads it."""
    if place == "style":
        return f"{run} "  # before another brace, % or # of a style sheet a space changes nothing
    return "&#123;" if place == "html" else _BRACE


class Newsletter(NamedTuple):
    """What we need to know of the newsletter; its API key, which stands beside it, is never read."""

    sender: tuple[str, str]  # name and address of From
    reply_to: str  # address; empty when replies go to the sender
    test_mode: bool


class Buttondown:
    """The emails of one newsletter at Buttondown."""

    name: ClassVar[str] = "buttondown"
    can: ClassVar[frozenset[Can]] = frozenset(
        {Can.SCHEDULE, Can.UNSCHEDULE, Can.SEND_TEST, Can.PREHEADER, Can.RENDER}
    )
    grid: ClassVar[dt.timedelta] = dt.timedelta(minutes=1)
    syntax: ClassVar[Writes] = MergeSyntax(write=_write_tag, specials=_SPECIALS, escape=_literal)

    def __init__(self, http: Http, newsletter: str) -> None:
        """Take the API and the newsletter's id, which may be empty when the key knows one only."""
        self._http = http
        self._newsletter_id = newsletter

    @classmethod
    def from_settings(cls, settings: Settings, _clock: Clock, pause: Pause) -> "Buttondown":
        """
        Open the newsletter. Keys: url, newsletter (its id), text_part.

        Raises:
            SettingsError: a key is unknown or wrong.
        """
        options = Options(settings, cls.name)
        options.refuse_unknown(("url", "newsletter", "text_part"))
        url = options.table.text("url", URL, default="https://api.buttondown.com/v1")
        newsletter = options.table.text("newsletter", NAME, default="")
        # Buttondown makes the text part: publish asks that the settings say so, and reads it there.
        options.table.text("text_part", Form(re.compile("provider"), '"provider"'), default="")
        options.close()

        def headers() -> Mapping[str, str]:
            context = {"Buttondown-Context": newsletter} if newsletter else {}
            return {"Authorization": f"Token {KEY.value()}", "X-API-Version": VERSION, **context}

        return cls(Http(cls.name, url, headers=headers, words=words, pause=pause), newsletter)

    def find(self, *keys: str) -> Sequence[Draft]:
        """Return every email that came by the API and has one of *keys* as its slug or in its metadata."""
        drafts = []
        for row in self._pages("/emails", _OURS):
            names = (row.part("metadata").optional_text("key"), row.optional_text("slug"))
            drafts += [replace(from_email(row), key=key) for key in keys if key in names]
        return drafts

    def create(self, key: str, payload: Payload) -> Draft:
        """
        Store a new draft.

        Raises:
            SettingsError: the audience is not written as it must be.
            Unsupported: another sender than the newsletter's, or a preheader with a tag or brace in it.
        """
        email = to_email(key, payload)
        self._demand_sender(payload)
        answer = self._http.write("POST", "/emails", {**email, "status": "draft"})
        with after_write(self.name, "POST /emails"):
            return from_email(Fields(self.name, "POST /emails", answer))

    def update(self, draft: Draft, payload: Payload) -> Draft:
        """Replace what a draft holds; as `create`."""
        email = to_email(draft.key, payload)
        self._demand_sender(payload)
        self._demand_state(draft, "draft")
        return self._patched(draft, email)

    def read(self, draft_id: str) -> Draft | None:
        """Return the draft as it is now; one that was deleted may still be there, in a state of its own."""
        try:
            return from_email(self._fields(_path(draft_id)))
        except Rejected as err:
            if err.status == 404:  # noqa: PLR2004  (not found)
                return None
            raise

    def stored(self, draft: Draft, given: Payload) -> Stored:
        """
        Return what is stored, and the HTML that `renders` shows; the text part is made when it sends.

        The digest is not the one given when an option was changed: a template, an attachment, who pays.
        """
        email = self._fields(_path(draft.id))
        newsletter = self._newsletter()
        rendered = self._fields(f"{_path(draft.id)}/renders", {"target": "email"})
        payload = marked(stored_payload(email, newsletter, given), changed_options(email, given))
        return Stored(payload, rendered.text("content"), "")

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """
        Have *draft* sent at *at*, a whole minute.

        Raises:
            Rejected: it is no draft, or the newsletter is in test mode. Nothing was scheduled.
            OutcomeUnknown: it was taken, and is not seen to be scheduled.
        """
        if at.second or at.microsecond:
            raise Rejected(
                f"buttondown: a draft is sent on a whole minute, not at {at.isoformat()!r}",
                hint="leave out the seconds",
            )
        if self._newsletter().test_mode:
            raise Rejected(
                "buttondown: the newsletter is in test mode: every mail would go to its owner alone",
                hint="switch it off at Buttondown under Settings, Danger Zone",
            )
        self._demand_state(draft, "draft")
        moment = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self._turned(draft, {"status": "scheduled", "publish_date": moment}, "draft")

    def unschedule(self, draft: Draft) -> Draft:
        """Take a scheduled draft back."""
        self._demand_state(draft, "scheduled")
        return self._turned(draft, {"status": "draft"}, "scheduled")

    def send_test(self, draft: Draft, *, to: Sequence[str]) -> None:
        """Send the stored draft to these addresses; Buttondown marks its subject with [PREVIEW]."""
        if not to:
            raise Rejected("buttondown: a test with no address", hint="name one with --to")
        self._http.write("POST", f"{_path(draft.id)}/send-draft", {"recipients": list(to)})

    def count(self, audience: Audience) -> int:
        """
        Return how many subscribers *audience* has whose type gets mail: about as many as will get it.

        Several tags are asked for at once and read as "any of them", as with the list's other filters;
        that and that the filter takes names are UNCONFIRMED, so each row shown must bear one of them.
        Source: OpenAPI file, GET /subscribers, parameters `tag` and `-type`, and `count` of its answer.
        """
        tags = to_tags(audience)
        names = [self._fields(f"/tags/{quote(tag, safe='')}").text("name") for tag in tags]
        params: dict[str, Any] = {"-type": _UNREACHED, **({"tag": names} if tags else {})}
        page = self._fields("/subscribers", params)
        for row in page.rows("results") if tags else ():
            if not {*row.texts("tags")} & {*tags, *names}:
                raise page.unexpected("results", "holds readers without the tag that was asked for")
        return page.number("count")

    def stats(self, draft: Draft) -> Stats:
        """Return what the email's analytics count."""
        counts = self._fields(f"{_path(draft.id)}/analytics")
        return Stats(
            counts.number("recipients"), counts.number("deliveries"), counts.number("permanent_failures")
        )

    def _newsletter(self) -> Newsletter:
        rows = [(row.text("id"), row) for row in self._pages("/newsletters", {})]
        chosen = [row for found, row in rows if self._newsletter_id in ("", found)]
        if len(chosen) != 1:
            which = f"none has the id {self._newsletter_id!r}" if self._newsletter_id else "which one?"
            known = ", ".join(repr(found) for found, _ in rows) or "none"
            raise SettingsError(
                f"buttondown: the key knows {len(rows)} newsletters, and {which}",
                hint=f"set newsletter under [tool.newsletter.providers.buttondown] to one of: {known}",
            )
        return from_newsletter(chosen[0])

    def _demand_sender(self, payload: Payload) -> None:
        """Refuse a From or a Reply-To that readers would not see."""
        newsletter = self._newsletter()
        for header, wanted, there in (
            ("From", payload.sender, sender_of(newsletter, payload)),
            ("Reply-To", payload.reply_to, reply_to_of(newsletter, payload)),
        ):
            if wanted != there:
                raise Unsupported(
                    f"buttondown: {header} is the newsletter's own, {there!r}, and cannot be {wanted!r}",
                    hint="set both alike: in pyproject.toml, and at Buttondown under Settings",
                )

    def _demand_state(self, draft: Draft, state: DraftState) -> None:
        demand_state(self.name, draft, self.read(draft.id), state)

    def _patched(self, draft: Draft, change: Mapping[str, Any]) -> Draft:
        """Change an email; return it as a look afterwards shows it."""
        self._http.write("PATCH", _path(draft.id), change)
        with after_write(self.name, f"PATCH {_path(draft.id)}"):
            return from_email(self._fields(_path(draft.id)))

    def _turned(self, draft: Draft, change: Mapping[str, Any], before: DraftState) -> Draft:
        """Change an email's state; an answer that says yes is not enough."""
        turned = self._patched(draft, change)
        if turned.state == before:
            raise OutcomeUnknown(
                f"buttondown: draft {draft.id!r}: the change was taken, and it is still {before!r}",
                hint="do not repeat, run `newsletter status`",
            )
        return turned

    def _fields(self, path: str, params: Params | None = None) -> Fields:
        return Fields(self.name, f"GET {path}", self._http.get(path, params))

    def _pages(self, path: str, params: Params) -> list[Fields]:
        """
        Return the rows of all pages.

        Raises:
            UnexpectedAnswer: there are fewer than were promised: one of ours may be among the others.
        """
        rows: list[Fields] = []
        number = 0
        while True:
            number += 1
            page = self._fields(path, {**params, "page": number})
            found = page.rows("results")
            rows += found
            if not found or not page.has("next"):
                break
        if len(rows) < page.number("count"):
            raise page.unexpected("results", f"ended after {len(rows)} of {page.number('count')}")
        return rows


def to_email(key: str, payload: Payload) -> dict[str, Any]:
    """
    Return the fields of a create or an update, all but the status.

    Whether tags are filled in in a description is UNCONFIRMED, so that none may stand there.
    """
    if "{" in payload.preheader:
        raise Unsupported(
            "buttondown: a preheader with a merge tag or a brace in it: readers might see it raw",
            hint="write the issue's preheader without",
        )
    return {
        "subject": payload.subject,
        "description": payload.preheader,
        "body": _MODE + payload.html,
        **_options(payload),
        "slug": key,
        "metadata": {"key": key, "digest": payload.digest},
        "filters": {
            "filters": [_filter(tag) for tag in to_tags(payload.audience)],
            "groups": [],
            "predicate": "or",
        },
    }


def _options(payload: Payload) -> dict[str, Any]:
    """Return how the mail is sent, beside its content: nothing is left to a default of the newsletter."""
    return {
        "template": "naked",  # no header, footer or colophon around ours
        # Their web page of it is open to all by default, and to comments: it is where the mail leads there.
        "archival_mode": "enabled" if _WEB_URL in payload.html else "disabled",
        "commenting_mode": "disabled",
        "attachments": [],
        "related_email_ids": [],  # they would be shown at the bottom
        "should_trigger_pay_per_email_billing": False,
    }


def changed_options(email: Fields, given: Payload) -> list[str]:
    """
    Name the options that are not as `to_email` sets them for *given*.

    `email_type` is derived from archival mode and filters (OpenAPI file, EmailType): one that is neither
    public nor private leaves readers out, or reaches none. Callouts are notes beside the statistics.
    """
    changed = [
        name
        for name, value in _options(given).items()
        if (email.optional_text(name) != value if isinstance(value, str) else email.has(name))
    ]
    if email.optional_text("email_type") not in ("", "public", "private"):
        changed.append("email_type")
    return changed


def _filter(tag: str) -> dict[str, str]:
    return {"field": "subscriber.tags", "operator": "contains", "value": tag}


def to_tags(audience: Audience) -> tuple[str, ...]:
    """
    Return the ids of the tags that *audience* means; none for everyone.

    Raises:
        SettingsError: it is written in another way; nobody is everyone by leaving something out.
    """
    target = audience.target.get(Buttondown.name)
    if target == _EVERYONE:
        return ()
    tags = target.get("tags") if isinstance(target, Mapping) and set(target) == {"tags"} else None
    if not isinstance(tags, list) or not tags or not all(_is_tag(tag) for tag in tags):
        raise SettingsError(
            f"pyproject.toml: audience {audience.name!r} cannot be {target!r} at buttondown",
            hint=f"under [tool.newsletter.audiences.{audience.name}] write the ids of its tags, "
            'buttondown = {tags = ["sub_tag_..."]}, or buttondown = "everyone"',
        )
    return tuple(sorted(set(tags)))


def _is_tag(tag: Any) -> bool:
    return isinstance(tag, str) and bool(NAME.pattern.fullmatch(tag))


def from_email(email: Fields) -> Draft:
    """Return the draft that an email is; its key is what its metadata says, or else its slug."""
    draft_id, status = email.text("id"), email.text("status")
    state = _STATES.get(status, "unknown")
    moment = email.moment("publish_date")
    return Draft(
        id=draft_id,
        key=email.part("metadata").optional_text("key") or email.optional_text("slug"),
        state=state,
        send_at=moment if state in ("scheduled", "sending", "sent") else None,
        sent_at=moment if state == "sent" else None,
        native_state=status,
        url=f"https://buttondown.com/emails/{quote(draft_id, safe='')}",
    )


def from_newsletter(newsletter: Fields) -> Newsletter:
    """
    Return what we need of a newsletter.

    Raises:
        Unsupported: it names no From address of its own; what Buttondown then puts there is not said.
    """
    address = newsletter.optional_text("email_address")
    if not address:
        raise Unsupported(
            "buttondown: the newsletter has no From address of its own",
            hint="set name and address at Buttondown under Settings",
        )
    return Newsletter(
        sender=(newsletter.optional_text("from_name"), address),
        reply_to=newsletter.optional_text("reply_to_address"),
        test_mode=newsletter.flag("test_mode"),
    )


def stored_payload(email: Fields, newsletter: Newsletter, given: Payload) -> Payload:
    """
    Return the payload as it is stored; text and images, which are not, are those of *given*.

    So is the digest where all else is equal: it counts a text part that Buttondown is not given.
    """
    payload = replace(
        given,
        subject=email.text("subject"),
        preheader=email.optional_text("description"),
        sender=sender_of(newsletter, given),
        reply_to=reply_to_of(newsletter, given),
        html=restored(email.text("body")),
        audience=from_filters(email.part("filters"), given.audience),
    )
    if payload == given:
        return given
    return replace(payload, digest=email.part("metadata").optional_text("digest"))


def restored(body: str) -> str:
    """Return a stored body without the mark of the editor that stands at its start."""
    return _ANY_MODE.sub("", body, count=1) if _ANY_MODE.match(body) else body


def from_filters(group: Fields, given: Audience) -> Audience:
    """Return the audience that an email goes to, in the spelling of *given* where it is the same."""
    filters = [(row.text("field"), row.text("operator"), row.text("value")) for row in group.rows("filters")]
    tags = sorted({value for _, _, value in filters})
    ours = all(found[:2] == ("subscriber.tags", "contains") for found in filters)
    if group.has("groups") or not ours or (len(tags) > 1 and group.text("predicate") != "or"):
        return Audience(given.name, {Buttondown.name: "filters that were not set here"})
    if tuple(tags) == to_tags(given):
        return given
    return Audience(given.name, {Buttondown.name: {"tags": tags} if tags else _EVERYONE})


def sender_of(newsletter: Newsletter, given: Payload) -> str:
    """Return the newsletter's From, in the spelling of *given* where it is the same."""
    name, address = newsletter.sender
    if _same(split_mailbox("From", given.sender), newsletter.sender):
        return given.sender
    return f"{name} <{address}>" if name else address


def reply_to_of(newsletter: Newsletter, given: Payload) -> str:
    """Return where replies go, in the spelling of *given* where it is the same; From where nothing is set."""
    sender = newsletter.sender
    there = newsletter.reply_to or sender[1]
    wanted = split_mailbox("Reply-To", given.reply_to) if given.reply_to else ("", sender[1])
    if _same(("", wanted[1]), ("", there)) and wanted[0] in ("", sender[0]):
        return given.reply_to
    return there


def _same(left: tuple[str, str], right: tuple[str, str]) -> bool:
    return left[0] == right[0] and left[1].casefold() == right[1].casefold()


def words(failure: Any) -> str:
    """Return Buttondown's own words for a refusal: `detail`, or what is wrong with each field."""
    detail = failure["detail"]
    if isinstance(detail, str):
        return f"{failure.get('code', '')} {detail}".strip()
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in detail)


def _path(draft_id: str) -> str:
    return f"/emails/{quote(draft_id, safe='')}"
