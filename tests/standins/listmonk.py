"""
A stand-in for listmonk 6.2, with its rules and its habits.

Read from its source on 2026-11-27, and held against a real one: `tests/providers/test_listmonk.py` says how.

- A campaign without a template is sent in the default template, and its preview does not show that; the
  preview can be asked for with another template.
- Lists and templates that are not there are left out without a word; a PUT without lists is refused.
- A campaign that is not there is 400. Templates are compiled when a campaign is saved: an error is 400.
- `send_at` alone schedules nothing; null takes a scheduled one back. Any status is answered as asked for,
  whatever is stored: "running" with a time is stored as "scheduled". "finished" is never refused.
- The parameter of tags is `tag`; `tags` is ignored. Tags lose their white space.
- A test goes to those of its addresses that are subscribers; the others are left out.
"""

import datetime as dt
import re
import sqlite3
from typing import Any, ClassVar

from standins.base import Answer, Refusal, Request, Route, StandIn
from standins.gotemplates import TemplateError, render

TOKEN = "a-token-of-the-stand-in"  # noqa: S105  (opens nothing but this)
USER = "newsletter"
_DUMMY = "00000000-0000-0000-0000-000000000000"
_CONTENT = '{{ template "content" . }}'
_DEFAULT = f"<!doctype html><html><body><h1>listmonk</h1>{_CONTENT}<p>Powered by listmonk</p></body></html>"
_FIELDS = (
    *("name", "subject", "from_email", "body", "altbody", "send_at", "content_type", "tags", "headers"),
    *("attribs", "template_id", "messenger", "type", "archive"),
)
_MAY_BECOME = {  # status: (from which, what is said otherwise)
    "draft": (("scheduled",), "Only scheduled campaigns can be saved as drafts."),
    "scheduled": (("draft", "paused"), "Only drafts can be scheduled."),
    "running": (("paused", "draft"), "Only paused campaigns and drafts can be started."),
    "paused": (("running",), "Only active campaigns can be paused."),
    "cancelled": (("running", "paused"), "Only active campaigns can be cancelled."),
}


class Listmonk(StandIn):
    """A listmonk with two readers on list 1, both of them and one more on list 2, nobody on list 3."""

    name: ClassVar[str] = "listmonk"

    def __init__(self) -> None:
        """Start with lists, readers and templates, and no campaigns."""
        super().__init__()
        self.root_url = "https://lists.example"
        self.token = TOKEN
        self.lists = {1: "single", 2: "double", 3: "single"}
        self.templates: dict[int, str] = {1: _DEFAULT, 2: _CONTENT}
        self.subscribers: list[dict[str, Any]] = [
            _subscriber(1, "ada@example.com", "Ada Moreno", {1: "unconfirmed", 2: "confirmed"}),
            _subscriber(2, "ben@example.com", "", {1: "confirmed", 2: "confirmed"}),
            _subscriber(3, "cleo@example.com", "Cleo O'Neil", {2: "confirmed"}),
            _subscriber(4, "dan@example.com", "Dan", {2: "unconfirmed"}),
            _subscriber(5, "eve@example.com", "Eve", {1: "unsubscribed", 2: "unsubscribed"}),
            _subscriber(6, "fay@example.com", "Fay", {1: "confirmed"}, status="blocklisted"),
        ]
        self.campaigns: dict[int, dict[str, Any]] = {}

    def routes(self) -> list[Route]:
        """Return the part of listmonk's API that sends newsletters."""
        one = r"/api/campaigns/([^/]+)"
        return [
            ("GET", "/api/campaigns", self.list_campaigns),
            ("POST", "/api/campaigns", self.create),
            ("GET", one, self.show),
            ("PUT", one, self.update),
            ("DELETE", one, self.delete),
            ("GET", f"{one}/preview", self.preview),
            ("PUT", f"{one}/status", self.set_status),
            ("POST", f"{one}/test", self.test),
            ("GET", "/api/templates", self.list_templates),
            ("GET", r"/api/lists/(\d+)", self.show_list),
            ("GET", "/api/subscribers", self.list_subscribers),
        ]

    def admit(self, request: Request) -> None:
        """Want the token of the API user."""
        if request.headers.get("authorization") != f"token {USER}:{self.token}":
            raise Refusal(403, {"message": "invalid API credentials"})

    def tick(self) -> None:
        """Send every scheduled campaign whose time has come."""
        for campaign in self.campaigns.values():
            due = campaign["send_at"] and dt.datetime.fromisoformat(campaign["send_at"]) <= self.now
            if campaign["status"] == "scheduled" and due:
                readers = self._readers(campaign)
                campaign |= {"started_at": self._time(), "to_send": len(readers), "sent": len(readers)}
                campaign["status"] = "finished"
                self.inbox += [self._mail(campaign, reader) for reader in readers]

    def state(self) -> Any:
        """Return all campaigns, oldest first."""
        return list(self.campaigns.values())

    def list_campaigns(self, request: Request) -> Answer:
        """Filter by `tag`, all of them; page by page, 50 at most, or all."""
        wanted = set(request.query.get("tag", []))
        found = [each for each in self.campaigns.values() if wanted <= set(each["tags"])]
        if request.query.get("order", ["desc"])[0] != "asc":
            found.reverse()
        size, page = request.query.get("per_page", ["20"])[0], int(request.query.get("page", ["1"])[0])
        per_page = len(found) if size == "all" else min(int(size), 50)
        shown = found[(page - 1) * per_page :][:per_page]
        if request.query.get("no_body", ["false"])[0] == "true":
            shown = [{**each, "body": ""} for each in shown]
        total = len(found) if shown else 0
        return _ok({"results": shown, "total": total, "page": page, "per_page": per_page})

    def create(self, request: Request) -> Answer:
        """Store a draft; what is left out becomes a default."""
        given = request.json
        defaults: dict[str, Any] = {
            "from_email": "listmonk <noreply@listmonk.yoursite.com>",
            "altbody": None,
            "send_at": None,
            "content_type": "richtext",
            "tags": [],
            "headers": [],
            "attribs": {},
            "messenger": "email",
            "type": "regular",
            "archive": False,
            "template_id": 1,
        }
        given = {**defaults, **{name: value for name, value in given.items() if value is not None}}
        number = max(self.campaigns, default=0) + 1
        campaign = {
            "id": number,
            "uuid": f"c0ffee00-0000-4000-8000-{number:012x}",
            "status": "draft",
            "created_at": self._time(),
            "started_at": None,
            "to_send": 0,
            "sent": 0,
            "bounces": 0,
        }
        self.campaigns[number] = self._saved(campaign, given, request.json)
        return _ok(self.campaigns[number])

    def show(self, _request: Request, number: str) -> Answer:
        """Return one campaign."""
        return _ok(self._campaign(number))

    def update(self, request: Request, number: str) -> Answer:
        """Lay what is given over what is stored, but for lists and media, which are forgotten."""
        campaign = self._campaign(number)
        if campaign["status"] not in ("draft", "paused", "scheduled"):
            raise Refusal(400, {"message": "Cannot update a running or a finished campaign."})
        merged = self._saved(campaign, {**campaign, **request.json}, request.json)
        if merged["status"] == "scheduled" and merged["send_at"] is None:
            merged["status"] = "draft"
        self.campaigns[campaign["id"]] = merged
        return _ok(merged)

    def delete(self, _request: Request, number: str) -> Answer:
        """Delete one campaign."""
        del self.campaigns[self._campaign(number)["id"]]
        return _ok(data=True)

    def preview(self, request: Request, number: str) -> Answer:
        """Render a campaign for nobody; one without a template stands alone, unlike when it is sent."""
        campaign = {**self._campaign(number), "uuid": _DUMMY}
        wanted = int(request.query.get("template_id", ["0"])[0]) or campaign["template_id"]
        template = self.templates.get(wanted, _CONTENT)
        return Answer(200, self._html(campaign, template, {"uuid": _DUMMY, "name": "Demo Subscriber"}))

    def set_status(self, request: Request, number: str) -> Answer:
        """Change a status where that is allowed."""
        campaign, wanted = self._campaign(number), request.json["status"]
        allowed, otherwise = _MAY_BECOME.get(wanted, ((campaign["status"],), ""))
        if campaign["status"] not in allowed:
            raise Refusal(400, {"message": otherwise})
        if wanted == "scheduled" and not campaign["send_at"]:
            raise Refusal(400, {"message": "Campaign needs a date to be scheduled."})
        answer = {**campaign, "status": wanted}
        campaign["status"] = "scheduled" if wanted == "running" and campaign["send_at"] else wanted
        self.tick()
        return _ok(answer)

    def test(self, request: Request, number: str) -> Answer:
        """Send what is given, not what is stored, to those addresses that are subscribers."""
        campaign, given = self._campaign(number), request.json
        self._saved(dict(campaign), {**given}, given)
        wanted = [address.strip().lower() for address in given.get("subscribers", [])]
        known = [each for each in self.subscribers if each["email"] in wanted]
        if not known:
            raise Refusal(400, {"message": "No known subscribers to test."})
        mails = (self._mail({**campaign, **given}, reader) for reader in known)
        self.inbox += [{**mail, "test": True} for mail in mails]
        return _ok(data=True)

    def list_templates(self, _request: Request) -> Answer:
        """Return all templates."""
        return _ok(
            [
                {
                    "id": number,
                    "name": f"Template {number}",
                    "type": "campaign",
                    "body": body,
                    "is_default": number == 1,
                }
                for number, body in self.templates.items()
            ]
        )

    def show_list(self, _request: Request, number: str) -> Answer:
        """Return one list; one that is not there is 400."""
        if int(number) not in self.lists:
            raise Refusal(400, {"message": "List not found"})
        return _ok({"id": int(number), "name": f"List {number}", "optin": self.lists[int(number)]})

    def list_subscribers(self, request: Request) -> Answer:
        """Count the subscribers that fulfil a condition of SQL, run by a database as there."""
        with sqlite3.connect(":memory:") as tables:
            tables.execute("CREATE TABLE subscribers (id INT, status TEXT)")
            tables.execute("CREATE TABLE subscriber_lists (subscriber_id INT, list_id INT, status TEXT)")
            for each in self.subscribers:
                tables.execute("INSERT INTO subscribers VALUES (?, ?)", (each["id"], each["status"]))
                for number, status in each["lists"].items():
                    tables.execute(
                        "INSERT INTO subscriber_lists VALUES (?, ?, ?)", (each["id"], number, status)
                    )
            condition = request.query.get("query", ["TRUE"])[0]
            try:
                (total,) = tables.execute(f"SELECT COUNT(*) FROM subscribers WHERE {condition}").fetchone()  # noqa: S608
            except sqlite3.Error as err:
                raise Refusal(400, {"message": f"Error preparing subscriber query: {err}"}) from err
        tables.close()
        return _ok({"results": [], "total": total, "page": 1, "per_page": 1})

    def _campaign(self, number: str) -> dict[str, Any]:
        if not number.isdecimal():
            raise Refusal(400, {"message": "invalid ID"})
        if int(number) not in self.campaigns:
            raise Refusal(400, {"message": "Campaign not found"})
        return self.campaigns[int(number)]

    def _saved(
        self, campaign: dict[str, Any], fields: dict[str, Any], given: dict[str, Any]
    ) -> dict[str, Any]:
        """Return *campaign* with *fields*, if they are valid; lists and media come from what was *given*."""
        if not fields.get("name") or len(fields["name"]) > 2000:
            raise Refusal(400, {"message": "Invalid length for name."})
        if not fields.get("subject") or len(fields["subject"]) > 5000:
            raise Refusal(400, {"message": "Invalid length for subject."})
        if fields.get("send_at") and dt.datetime.fromisoformat(fields["send_at"]) < self.now:
            raise Refusal(400, {"message": "Scheduled date should be in the future."})
        if not given.get("lists"):
            raise Refusal(400, {"message": "Invalid list IDs."})
        for name, page in (("body", True), ("altbody", True), ("subject", False)):
            try:
                render(
                    fields.get(name) or "", self._values(campaign, {"uuid": _DUMMY, "name": ""}), page=page
                )
            except TemplateError as err:
                raise Refusal(400, {"message": f"Error compiling campaign body: {err}"}) from err
        template = fields.get("template_id")
        return {
            **campaign,
            **{name: fields.get(name) for name in _FIELDS},
            "altbody": fields.get("altbody") or None,
            "tags": [re.sub(r"\s+", "-", tag.strip()) for tag in fields.get("tags") or [] if tag.strip()],
            "attribs": given.get("attribs"),  # forgotten as well
            "template_id": template if template in self.templates else None,
            "lists": [
                {"id": each, "name": f"List {each}"} for each in sorted(self.lists) if each in given["lists"]
            ],
            "media": [{"id": each, "filename": f"{each}.png"} for each in given.get("media") or []],
        }

    def _readers(self, campaign: dict[str, Any]) -> list[dict[str, Any]]:
        """Return who gets a campaign, each of them once, in the order of their numbers."""
        numbers = [each["id"] for each in campaign["lists"]]
        return [
            each
            for each in self.subscribers
            if each["status"] != "blocklisted" and self._is_on(each, numbers)
        ]

    def _is_on(self, reader: dict[str, Any], numbers: list[int]) -> bool:
        statuses = [(self.lists[number], reader["lists"].get(number, "unsubscribed")) for number in numbers]
        return any(
            status == "confirmed" or (optin, status) == ("single", "unconfirmed")
            for optin, status in statuses
        )

    def _mail(self, campaign: dict[str, Any], reader: dict[str, Any]) -> dict[str, Any]:
        values = self._values(campaign, reader)
        template = self.templates.get(campaign["template_id"], self.templates[1])  # the default one
        headers = {name: value for each in campaign["headers"] for name, value in each.items()}
        unsubscribe = {"List-Unsubscribe": f"<{values['UnsubscribeURL']}>"}
        return {
            "to": reader["email"],
            "from": campaign["from_email"],
            "subject": _written(campaign["subject"], values, page=False),
            "html": self._html(campaign, template, reader),
            "text": _written(campaign["altbody"] or "", values, page=True),
            "headers": {**unsubscribe, **headers},
            "draft": str(campaign["id"]),
        }

    def _html(self, campaign: dict[str, Any], template: str, reader: dict[str, Any]) -> str:
        body = render(campaign["body"], self._values(campaign, reader), page=True)
        before, _, after = template.partition(_CONTENT)
        return before + body + after

    def _values(self, campaign: dict[str, Any], reader: dict[str, Any]) -> dict[str, str]:
        name = next((each for each in reader["name"].split(" ") if len(each) > 2), reader["name"])
        return {
            "UnsubscribeURL": f"{self.root_url}/subscription/{campaign['uuid']}/{reader['uuid']}",
            "MessageURL": f"{self.root_url}/campaign/{campaign['uuid']}/{reader['uuid']}",
            "FirstName": name,
        }

    def _time(self) -> str:
        return self.now.isoformat()


def _subscriber(
    number: int, email: str, name: str, lists: dict[int, str], *, status: str = "enabled"
) -> dict[str, Any]:
    uuid = f"5ab50000-0000-4000-8000-{number:012x}"
    return {"id": number, "uuid": uuid, "email": email, "name": name, "status": status, "lists": lists}


def _is_template(text: str | None) -> bool:
    """Say whether listmonk runs a subject or a text part as a template; others are sent as they are."""
    return "}}" in (text or "").partition("{{")[2]


def _written(text: str, values: dict[str, str], *, page: bool) -> str:
    return render(text, values, page=page) if _is_template(text) else text


def _ok(data: Any) -> Answer:
    return Answer(200, {"data": data})


STANDIN = Listmonk
