"""
A stand-in for Brevo's campaigns: its states, its defaults and its ugly habits.

From its OpenAPI file and developers.brevo.com, and from what users reported on GitHub (APIv3-php-library,
issues 39, 48 and 142; APIv3-nodejs-library, issues 102 and 104), all read 2026-11-27: a create with a time
is scheduled; a header or footer without its link is replaced by the account's own; what is scheduled takes
another time without a word; what was suspended never becomes a draft again; a test without addresses goes
to the whole test list; statistics are empty unless asked for; nobody says how long to wait after a 429.
"""

import datetime as dt
import html as html_module
import re
from typing import Any, ClassVar

from standins.base import Answer, Refusal, Request, Route, StandIn

KEY = "xkeysib-0123456789abcdef"
READERS = {"ada@example.com": "Ada", "ben@example.com": ""}
LISTS = {7: ["ada@example.com", "ben@example.com"], 8: ["ada@example.com"], 9: []}
SEGMENTS = {3: ["ben@example.com"]}
SENDERS = ("luke@steady.example",)
TEST_LIST = ("editor@steady.example", "chief@steady.example")
DEFAULT_HEADER = '<p>Bad mail? <a href="{{ mirror }}">Look here</a></p>'
DEFAULT_FOOTER = '<p>Buy our pills. <a href="{{ unsubscribe }}">Stop this</a></p>'
SETTABLE = (
    *("name", "tag", "subject", "previewText", "replyTo", "toField", "htmlContent", "sender", "header"),
    *("footer", "mirrorActive", "inlineImageActivation", "abTesting", "sendAtBestTime", "scheduledAt"),
)
_TOKEN = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#.*?#\}", re.DOTALL)
_OLD = re.compile(r"\{FIRSTNAME\}|\[(?:MIRROR|UNSUBSCRIBE)\]")


def refused(code: str, message: str, status: int = 400) -> Refusal:
    """Return a refusal in Brevo's words."""
    return Refusal(status, {"code": code, "message": message})


class Brevo(StandIn):
    """One account: three lists, one segment, two readers."""

    name: ClassVar[str] = "brevo"

    def __init__(self) -> None:
        """Start without campaigns."""
        super().__init__()
        self.campaigns: dict[int, dict[str, Any]] = {}
        self.sends = True  # whether it sends what is queued and due
        self.makes_drafts_again = True  # whether what is scheduled may become a draft
        self.counts_page = False  # whether a listing counts its page, or all there is
        self.lists = {number: list(members) for number, members in LISTS.items()}

    def routes(self) -> list[Route]:
        """Return the paths of the API, without /v3."""
        one = r"/emailCampaigns/(\d+)"
        return [
            ("GET", "/emailCampaigns", self._list),
            ("POST", "/emailCampaigns", self._create),
            ("GET", one, self._get),
            ("PUT", one, self._update),
            ("DELETE", one, self._delete),
            ("PUT", f"{one}/status", self._status),
            ("POST", f"{one}/sendNow", self._send_now),
            ("POST", f"{one}/sendTest", self._send_test),
            ("GET", "/contacts/lists", self._contact_lists),
            ("GET", "/contacts/segments", self._segments),
            ("GET", "/contacts", self._contacts),
        ]

    def admit(self, request: Request) -> None:
        """Refuse another key."""
        if request.headers.get("api-key") != KEY:
            raise refused("unauthorized", "Key not found", 401)

    def not_found(self) -> Answer:
        """Return what is answered where there is nothing."""
        return Answer(404, {"code": "document_not_found", "message": "Document not found"})

    def state(self) -> Any:
        """Return all campaigns."""
        return list(self.campaigns.values())

    def tick(self) -> None:
        """Send what is queued and due."""
        for campaign in self.campaigns.values():
            is_due = campaign["status"] == "queued" and _moment(campaign["scheduledAt"]) <= self.now
            if self.sends and is_due:
                readers = self._readers(campaign)
                self.inbox += [self._mail(campaign, reader) for reader in readers]
                campaign.update(status="sent", sentDate=self.now.isoformat())
                campaign["_sent"] = len(readers)

    def _readers(self, campaign: dict[str, Any]) -> list[str]:
        sent_to = campaign["recipients"]
        groups = [self.lists[each] for each in sent_to["lists"]]
        groups += [SEGMENTS[each] for each in sent_to.get("segments", ())]
        without = {reader for each in sent_to["exclusionLists"] for reader in self.lists[each]}
        return sorted({reader for group in groups for reader in group} - without)

    def _list(self, request: Request) -> Answer:
        asked = {name: values[0] for name, values in request.query.items()}
        campaigns = sorted(
            self.campaigns.values(), key=lambda each: each["id"], reverse=asked.get("sort") != "asc"
        )
        if "status" in asked:
            campaigns = [each for each in campaigns if each["status"] == asked["status"]]
        page = _page(campaigns, asked, most=100, default=50)
        shown = [self._shown(each, asked.get("statistics")) for each in page]
        if asked.get("excludeHtmlContent") == "true":
            shown = [{**each, "htmlContent": ""} for each in shown]
        count = len(shown) if self.counts_page else len(campaigns)
        return Answer(body={"campaigns": shown, "count": count} if shown else {"count": count})

    def _create(self, request: Request) -> Answer:
        body = request.json
        for name in ("name", "sender", "subject"):
            if not body.get(name):
                raise refused("missing_parameter", f"{name} is missing")
        number = len(self.campaigns) + 1
        campaign = {
            "id": number,
            "type": "classic",
            "status": "draft",
            "previewText": "",
            "tag": "",
            "scheduledAt": "",
            "replyTo": "[DEFAULT_REPLY_TO]",
            "header": "",
            "footer": "",
            "testSent": False,
            "mirrorActive": False,
            "inlineImageActivation": True,
            "abTesting": False,
            "sendAtBestTime": False,
            "recipients": {"lists": [], "exclusionLists": [], "segments": [], "excludedSegments": []},
            "_sent": 0,
        }
        self._set(campaign, body)
        self.campaigns[number] = campaign
        return Answer(201, {"id": number})

    def _set(self, campaign: dict[str, Any], body: dict[str, Any]) -> None:
        """Set what was given; look at all of it before any of it counts."""
        if "htmlContent" in body and not 10 < len(body["htmlContent"]) < 1_000_000:
            raise refused("invalid_parameter", "htmlContent should have more than 10 characters")
        if "sender" in body and body["sender"].get("email") not in SENDERS:
            raise refused("invalid_parameter", "Sender is invalid / inactive")
        given = body.get("recipients", {})
        if not {*given.get("listIds", ()), *given.get("exclusionListIds", ())} <= set(self.lists):
            raise refused("invalid_parameter", "Invalid list ID in listIds")
        if not set(given.get("segmentIds", ())) <= set(SEGMENTS):
            raise refused("invalid_parameter", "Invalid segment ID in segmentIds")
        names = {"lists": "listIds", "segments": "segmentIds", "exclusionLists": "exclusionListIds"}
        to = {
            **campaign["recipients"],
            **{ours: given[theirs] for ours, theirs in names.items() if theirs in given},
        }
        if body.get("scheduledAt"):
            _moment(body["scheduledAt"])
            if not to["lists"] and not to["segments"]:
                raise refused("missing_parameter", "recipients are missing")
        campaign.update({name: body[name] for name in SETTABLE if name in body}, recipients=to)
        if "mirror" not in campaign["header"].lower():
            campaign["header"] = "[DEFAULT_HEADER]"
        if "unsubscribe" not in campaign["footer"].lower():
            campaign["footer"] = "[DEFAULT_FOOTER]"
        if body.get("scheduledAt"):
            campaign["status"] = "queued"

    def _one(self, number: str) -> dict[str, Any]:
        if int(number) not in self.campaigns:
            raise refused("document_not_found", "Campaign ID does not exist", 404)
        return self.campaigns[int(number)]

    def _get(self, request: Request, number: str) -> Answer:
        return Answer(body=self._shown(self._one(number), request.query.get("statistics", [""])[0]))

    def _shown(self, campaign: dict[str, Any], statistics: str | None) -> dict[str, Any]:
        sent = campaign["_sent"]
        stats = {"sent": sent, "delivered": sent, "hardBounces": 0, "softBounces": 0}
        return {
            **{name: value for name, value in campaign.items() if name[0] != "_"},
            "sender": {**campaign["sender"], "id": 26},
            "statistics": {
                "globalStats": stats if statistics == "globalStats" else {},
                "campaignStats": [],
                "remaining": 0 if sent else len(self._readers(campaign)),
            },
        }

    def _update(self, request: Request, number: str) -> Answer:
        campaign = self._one(number)
        if campaign["status"] not in ("draft", "queued"):
            raise refused(
                "campaign_sent" if campaign["status"] == "sent" else "bad_request", "Cannot be updated"
            )
        if not request.json:
            raise refused("missing_parameter", "Nothing to update")
        self._set(campaign, request.json)
        return Answer(204)

    def _delete(self, _request: Request, number: str) -> Answer:
        if self._one(number)["status"] != "draft":
            raise refused("permission_denied", "A scheduled campaign cannot be deleted", 403)
        del self.campaigns[int(number)]
        return Answer(204)

    def _status(self, request: Request, number: str) -> Answer:
        campaign, wanted = self._one(number), request.json.get("status")
        was = campaign["status"]
        if wanted in ("sent", "queued"):
            campaign.update(status="queued", scheduledAt=self.now.isoformat())
        elif wanted == "suspended" and was in ("queued", "in_process"):
            campaign["status"] = "suspended"
        elif (wanted == "draft" and was == "queued" and self.makes_drafts_again) or (
            wanted == "archive" and was in ("sent", "suspended", "draft")
        ):
            campaign["status"] = wanted  # a draft keeps the time it had
        else:
            raise refused("invalid_parameter", f"Status cannot be changed from {was} to {wanted}")
        return Answer(204)

    def _send_now(self, _request: Request, number: str) -> Answer:
        if self._one(number)["status"] == "sent":
            raise refused("campaign_sent", "Campaign was sent already")
        self._one(number).update(status="queued", scheduledAt=self.now.isoformat())
        return Answer(204)

    def _send_test(self, request: Request, number: str) -> Answer:
        campaign = self._one(number)
        addresses = request.json.get("emailTo") or list(TEST_LIST)
        strangers = [each for each in addresses if each not in TEST_LIST]
        if strangers:
            body = {"code": "invalid_parameter", "message": "Test email could not be sent to these addresses"}
            raise Refusal(400, {**body, "unexistingEmails": strangers})
        self.inbox += [{**self._mail(campaign, each), "test": True} for each in addresses]
        campaign["testSent"] = True
        return Answer(204)

    def _contact_lists(self, request: Request) -> Answer:
        rows = [
            {
                "id": number,
                "name": f"List {number}",
                "folderId": 1,
                "totalBlacklisted": 0,
                "totalSubscribers": 0,
                "uniqueSubscribers": len(members),
            }
            for number, members in sorted(self.lists.items(), reverse=True)
        ]
        asked = {name: values[0] for name, values in request.query.items()}
        return Answer(body={"lists": _page(rows, asked, most=50, default=10), "count": len(rows)})

    def _segments(self, request: Request) -> Answer:
        rows = [{"id": number, "segmentName": "Keen", "categoryName": "Mine"} for number in SEGMENTS]
        asked = {name: values[0] for name, values in request.query.items()}
        return Answer(body={"segments": _page(rows, asked, most=50, default=10), "count": len(rows)})

    def _contacts(self, request: Request) -> Answer:
        asked = {name: values[0] for name, values in request.query.items()}
        if int(asked.get("segmentId", 0)) not in SEGMENTS:
            raise refused("invalid_parameter", "Segment does not exist")
        rows = [{"email": each} for each in SEGMENTS[int(asked["segmentId"])]]
        return Answer(body={"contacts": _page(rows, asked, most=1000, default=50), "count": len(rows)})

    def _mail(self, campaign: dict[str, Any], reader: str) -> dict[str, Any]:
        """Return what one reader gets: header, preview text and footer put in, tags filled in."""
        header = campaign["header"].replace("[DEFAULT_HEADER]", DEFAULT_HEADER)
        footer = campaign["footer"].replace("[DEFAULT_FOOTER]", DEFAULT_FOOTER)
        preview = (
            f'<div style="display:none">{campaign["previewText"]}</div>' if campaign["previewText"] else ""
        )
        html, number = re.subn(
            r"(<body\b[^>]*>)(.*)(</body>)",
            lambda body: f"{body[1]}{preview}{header}{body[2]}{footer}{body[3]}",
            campaign["htmlContent"],
            flags=re.DOTALL,
        )
        values = {
            "contact.FIRSTNAME": READERS.get(reader, ""),
            "unsubscribe": f"https://brevo.invalid/unsubscribe/{reader}",
            "mirror": f"https://brevo.invalid/mirror/{campaign['id']}",
        }
        filled = rendered(html if number else f"{header}{html}{footer}", values, is_html=True)
        return {
            "to": reader,
            "subject": rendered(campaign["subject"], values, is_html=False),
            "html": filled,
            "text": as_text(filled),
            "draft": str(campaign["id"]),
        }


def rendered(template: str, values: dict[str, str], *, is_html: bool) -> str:
    """
    Return *template* of Brevo's language filled in: variables, defaults, literals, if and else, comments.

    Tags of the older language are filled in, too: drafts that hold some are not to be told apart.
    """

    def old(match: re.Match[str]) -> str:
        names = {"{": "contact.FIRSTNAME", "[M": "mirror", "[U": "unsubscribe"}
        return values[next(name for start, name in names.items() if match[0].startswith(start))]

    shows, written, end = [True], "", 0
    for match in _TOKEN.finditer(template):
        if all(shows):
            written += _OLD.sub(old, template[end : match.start()])
            written += _value(match[1], values, is_html=is_html) if match[1] is not None else ""
        end = match.end()
        _turn(shows, match[2], values)
    return written + _OLD.sub(old, template[end:])


def _value(expression: str, values: dict[str, str], *, is_html: bool) -> str:
    name, _, default = (part.strip() for part in expression.partition("|default:"))
    if name[:1] in ('"', "'"):
        return name[1:-1]
    found = values.get(name, "")
    return (html_module.escape(found) if is_html else found) or default[1:-1]


def _turn(shows: list[bool], statement: str | None, values: dict[str, str]) -> None:
    """Let an if, else or endif decide whether what follows is shown."""
    word, _, name = (part.strip() for part in (statement or "").strip().partition(" "))
    if word == "if":
        shows.append(bool(values.get(name)))
    elif word == "else":
        shows[-1] = not shows[-1]
    elif word == "endif":
        shows.pop()


def as_text(html: str) -> str:
    """Return the text part that Brevo makes of a page."""
    words = re.sub(r"(?s)<(style|title)\b.*?</\1>|<[^>]*>", "\n", html)
    return re.sub(r"\n\s*", "\n", html_module.unescape(words)).strip() + "\n"


def _page(rows: list[Any], asked: dict[str, str], *, most: int, default: int) -> list[Any]:
    limit, offset = int(asked.get("limit", default)), int(asked.get("offset", 0))
    if limit > most:
        raise refused("out_of_range", f"Limit exceeds max value: {most}")
    return rows[offset : offset + limit]


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except ValueError:
        raise refused("invalid_parameter", "scheduledAt is not valid") from None


STANDIN = Brevo
