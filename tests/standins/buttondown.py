"""
A stand-in for Buttondown, API version 2026-04-01 with the habits of older ones.

A POST without a status sends at once; unknown fields are 422; a slug can be taken once; pages are short.
Its own readers: ada (first name, tag), ben (no first name, tag), and cleo, who bears no tag, and dora, who
has unsubscribed. The key is "buttondown-key".
Source: buttondown/docs, public/openapi.json of 2026-08-22 and its pages, read 2026-11-27.
"""

import datetime as dt
import re
import uuid
from typing import Any, ClassVar

from standins.base import Answer, Refusal, Request, Route, StandIn

TAG = "sub_tag_weekly"
FIELDS = frozenset(
    (
        *("attachments", "publish_date", "subject", "slug", "description", "canonical_url", "image", "body"),
        *("archival_mode", "email_type", "status", "metadata", "secondary_id", "filters", "template"),
        *("commenting_mode", "related_email_ids", "featured", "should_trigger_pay_per_email_billing"),
    )
)
STATUSES = ("draft", "about_to_send", "scheduled", "in_flight", "paused", "deleted", "errored", "sent")
NOBODY: dict[str, Any] = {"filters": [], "groups": [], "predicate": "and"}
MODE = re.compile(r"<!-- buttondown-editor-mode: (fancy|plaintext) -->")
LITERAL = {"openbrace": "{", "closebrace": "}", "openvariable": "{{", "closevariable": "}}"}


class Buttondown(StandIn):
    """One newsletter; attributes may be set by a test."""

    name: ClassVar[str] = "buttondown"

    def __init__(self) -> None:
        """Start without emails."""
        super().__init__()
        self.page_size = 2
        self.emails: dict[str, dict[str, Any]] = {}
        self.tags = {TAG: "weekly", "sub_tag_other": "other"}
        self.readers: list[dict[str, Any]] = [
            self.reader("ada@example.com", first_name="Ada", tags=["weekly"]),
            self.reader("ben@example.com", tags=["weekly"]),
            self.reader("cleo@example.com", tags=[]),
            self.reader("dora@example.com", tags=["weekly"], kind="unsubscribed"),
        ]
        self.newsletters: list[dict[str, Any]] = [
            {
                "id": "b41c5a2e-0000-4000-8000-000000000001",
                "username": "steady",
                "name": "Steady",
                "api_key": "the-newsletters-own-secret",
                "from_name": "Coach Luke",
                "email_address": "luke@steady.example",
                "reply_to_address": "",
                "test_mode": False,
            }
        ]

    @staticmethod
    def reader(
        address: str, *, tags: list[str], first_name: str = "", kind: str = "regular"
    ) -> dict[str, Any]:
        """Return a subscriber."""
        metadata = {"first_name": first_name} if first_name else {}
        return {"id": address, "email_address": address, "type": kind, "tags": tags, "metadata": metadata}

    def routes(self) -> list[Route]:
        """Return the routes, under the root and under /v1."""
        email = r"(?:/v1)?/emails/([^/]+)"
        return [
            ("GET", r"(?:/v1)?/emails", self.list_emails),
            ("POST", r"(?:/v1)?/emails", self.create),
            ("GET", email, lambda _request, which: Answer(body=self.email(which))),
            ("PATCH", email, self.patch),
            ("GET", email + "/renders", self.renders),
            ("GET", email + "/analytics", self.analytics),
            ("POST", email + "/send-draft", self.send_draft),
            ("GET", r"(?:/v1)?/newsletters", lambda request: self.page(request, self.newsletters)),
            ("GET", r"(?:/v1)?/tags/([^/]+)", self.tag),
            ("GET", r"(?:/v1)?/subscribers", self.subscribers),
        ]

    def admit(self, request: Request) -> None:
        """Refuse a wrong key, another version, and a context that is no newsletter's id."""
        key = request.headers.get("authorization", "")
        context = request.headers.get("buttondown-context")
        if key != "Token buttondown-key" or (context and context not in [n["id"] for n in self.newsletters]):
            raise refusal(401, "authentication_invalid", "That API key does not exist.")
        if request.headers.get("x-api-version") != "2026-04-01":
            raise refusal(400, "version_invalid", "Pin the version that was tested.")

    def list_emails(self, request: Request) -> Answer:
        """List emails by creation; there is no filter on slug or metadata."""
        sources = request.query.get("source")
        rows = [email for email in self.emails.values() if not sources or email["source"] in sources]
        if "body" in request.query.get("excluded_fields", []):
            rows = [{**row, "body": ""} for row in rows]
        return self.page(request, rows)

    def page(self, request: Request, rows: list[dict[str, Any]]) -> Answer:
        """Return one page."""
        number = int(request.query.get("page", ["1"])[0])
        start = (number - 1) * self.page_size
        url = f"https://api.buttondown.com{request.path}?page={number + 1}"
        more = url if start + self.page_size < len(rows) else None
        body = {"results": rows[start : start + self.page_size], "next": more, "previous": None}
        return Answer(body={**body, "count": len(rows)})

    def email(self, which: str) -> dict[str, Any]:
        """Return an email, or answer 404."""
        if which not in self.emails:
            raise refusal(404, "not_found", "No such email.")
        return self.emails[which]

    def create(self, request: Request) -> Answer:
        """Store an email; without a status it is sent."""
        given = request.json
        self.check(given)
        if "subject" not in given:
            raise invalid("subject", "field required")
        self.free_slug(given.get("slug"), but="")
        if given.get("body", "").startswith("---"):
            raise refusal(400, "body_contains_frontmatter", "The body contains front matter.")
        email = {
            "id": f"em_{uuid.uuid4()}",
            "creation_date": self.now.isoformat(),
            "source": "api",
            "absolute_url": f"https://buttondown.com/steady/archive/{given.get('slug') or 'untitled'}/",
            "body": "",
            "description": "",
            "slug": None,
            "metadata": {},
            "filters": NOBODY,
            "template": None,
            "archival_mode": "enabled",
            "commenting_mode": "enabled",
            "attachments": [],
            "related_email_ids": [],
            "should_trigger_pay_per_email_billing": False,
            "callouts": [{"title": "A note beside the statistics"}],
            "publish_date": None,
            "status": "about_to_send",
            **given,
        }
        self.demand_time(email)
        self.emails[email["id"]] = typed(email)
        self.tick()
        return Answer(201, email)

    def patch(self, request: Request, which: str) -> Answer:
        """Change an email; one that is going out or has gone keeps its state."""
        email, given = self.email(which), request.json
        self.check(given)
        self.free_slug(given.get("slug"), but=which)
        if (
            email["status"] not in ("draft", "scheduled")
            and given.get("status", email["status"]) != email["status"]
        ):
            raise refusal(400, "status_invalid", f"An email that is {email['status']} stays so.")
        changed = {**email, **given}
        if changed["publish_date"] == "none":
            changed["publish_date"] = None
        self.demand_time(changed)
        self.emails[which] = typed(changed)
        return Answer(body=self.emails[which])

    def check(self, given: dict[str, Any]) -> None:
        """Refuse what the schema forbids."""
        for name in given:
            if name not in FIELDS:
                raise invalid(name, "extra fields not permitted")
        if given.get("status", "draft") not in STATUSES:
            raise invalid("status", "value is not a valid enumeration member")
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,100}", given.get("slug") or "x"):
            raise invalid("slug", "string does not match regex")
        for rule in given.get("filters", NOBODY)["filters"]:
            if rule["value"] not in self.tags:
                raise refusal(400, "tag_invalid", "No such tag.")

    def free_slug(self, slug: str | None, *, but: str) -> None:
        """Refuse a slug that another email has."""
        if slug and any(email["slug"] == slug and which != but for which, email in self.emails.items()):
            raise refusal(400, "slug_invalid", "This slug is already in use.")

    def demand_time(self, email: dict[str, Any]) -> None:
        """Refuse a schedule without a time to come."""
        if email["status"] == "scheduled":
            if not email["publish_date"]:
                raise refusal(400, "publish_date_missing", "A scheduled email needs a publish date.")
            if moment(email["publish_date"]) <= self.now:
                raise refusal(400, "publish_date_invalid", "The publish date lies in the past.")

    def renders(self, request: Request, which: str) -> Answer:
        """Show what an email will be."""
        email = self.email(which)
        if request.query.get("target") not in (["email"], ["html"]):
            raise invalid("target", "value is not a valid enumeration member")
        somebody = self.reader("reader@example.com", tags=[], first_name="Reader")
        return Answer(body={"content": rendered(email, somebody)})

    def analytics(self, _request: Request, which: str) -> Answer:
        """Count what was sent."""
        email = self.email(which)
        sent = sum(mail["draft"] == email["id"] and not mail["test"] for mail in self.inbox)
        return Answer(body={"recipients": sent, "deliveries": sent, "permanent_failures": 0})

    def send_draft(self, request: Request, which: str) -> Answer:
        """Send an email to single addresses, marked."""
        email, given = self.email(which), request.json
        if set(given) - {"recipients", "subscribers"}:
            raise invalid("body", "extra fields not permitted")
        for address in given.get("recipients") or []:
            self.mail(email, self.reader(address, tags=[]), prefix="[PREVIEW] ", test=True)
        return Answer(body={})

    def tag(self, _request: Request, which: str) -> Answer:
        """Return a tag by its id."""
        if which not in self.tags:
            raise refusal(404, "not_found", "No such tag.")
        return Answer(body={"id": which, "name": self.tags[which], "color": "#000000"})

    def subscribers(self, request: Request) -> Answer:
        """List subscribers; the filter on tags takes their names."""
        names, kinds = request.query.get("tag", []), request.query.get("-type", [])
        rows = [each for each in self.readers if each["type"] not in kinds]
        return self.page(request, [each for each in rows if not names or set(names) & set(each["tags"])])

    def audience(self, email: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the readers an email goes to: everyone when nothing is said."""
        group = email["filters"]
        names = [self.tags[rule["value"]] for rule in group["filters"]]
        chosen = any if group["predicate"] == "or" else all
        readers = [each for each in self.readers if each["type"] == "regular"]
        return [each for each in readers if not names or chosen(name in each["tags"] for name in names)]

    def tick(self) -> None:
        """Send what is due, and what was not held back."""
        for email in self.emails.values():
            due = email["status"] == "scheduled" and moment(email["publish_date"]) <= self.now
            if due or email["status"] == "about_to_send":
                email["status"] = "sent"
                email["publish_date"] = email["publish_date"] or self.now.isoformat()
                for reader in self.audience(email):
                    self.mail(email, reader)

    def mail(
        self, email: dict[str, Any], reader: dict[str, Any], *, prefix: str = "", test: bool = False
    ) -> None:
        """Put one reader's mail into the inbox; in test mode all of it goes to the owner."""
        newsletter = self.newsletters[0]
        html = rendered(email, reader)
        to, subject = reader["email_address"], prefix + filled(email["subject"], email, reader)
        if newsletter["test_mode"]:
            to, subject = newsletter["email_address"], f"[TEST MODE] {subject}"
        text = re.sub(r"<[^>]*>", " ", html)  # Buttondown makes the text part itself
        self.inbox.append(
            {"to": to, "subject": subject, "html": html, "text": text, "draft": email["id"], "test": test}
        )

    def state(self) -> Any:
        """Return all emails."""
        return list(self.emails.values())


def typed(email: dict[str, Any]) -> dict[str, Any]:
    """Return an email with the type that follows from its archival mode; filters here are tags alone."""
    return {**email, "email_type": "private" if email["archival_mode"] == "disabled" else "public"}


def rendered(email: dict[str, Any], reader: dict[str, Any]) -> str:
    """Return the HTML of one reader's mail: the body alone when the template is naked."""
    html = filled(MODE.sub("", email["body"], count=1), email, reader)
    if email["description"]:
        hidden = f'<div style="display:none">{email["description"]}</div>'
        html = re.sub(r"(<body[^>]*>)", lambda match: match[1] + hidden, html, count=1)
    return html if email["template"] == "naked" else f"{html}<p>Powered by Buttondown</p>"


def filled(content: str, email: dict[str, Any], reader: dict[str, Any]) -> str:
    """Return *content* as Django's templates would, as far as the stand-in knows them."""
    values = {
        "unsubscribe_url": f"https://buttondown.com/unsubscribe/{reader['id']}",
        "email.absolute_url": email["absolute_url"],
        "subscriber.metadata.first_name": reader["metadata"].get("first_name", ""),
    }
    content = re.sub(r"\{#.*?#\}", "", content)
    content = re.sub(
        r"\{% if ([a-z_.]+) %\}(.*?)\{% else %\}(.*?)\{% endif %\}",
        lambda match: match[2] if values.get(match[1]) else match[3],
        content,
    )
    return re.sub(
        r"\{\{ ?([^{}]*?) ?\}\}|\{% templatetag ([a-z]+) %\}",
        lambda match: LITERAL[match[2]] if match[2] else values.get(match[1], ""),
        content,
    )


def moment(text: str) -> dt.datetime:
    """Return a time of the API."""
    return dt.datetime.fromisoformat(text)


def refusal(status: int, code: str, detail: str) -> Refusal:
    """Return a refusal in Buttondown's form."""
    return Refusal(status, {"code": code, "detail": detail, "metadata": {}})


def invalid(name: str, message: str) -> Refusal:
    """Return what a request of the wrong shape is answered."""
    return Refusal(422, {"detail": [{"type": "value_error", "loc": ["body", name], "msg": message}]})


STANDIN = Buttondown
