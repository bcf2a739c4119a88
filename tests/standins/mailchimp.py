"""
A stand-in for Mailchimp's Marketing API 3.0.

Campaigns in two parts, ten to a page unless more are asked for, quarter hours only, actions that answer 204,
a footer of its own where the HTML has no unsubscribe tag, and a text part of its own where none is given.
Readers: ada (first name, in segment 42), ben (in segment 42), and cleo, who is in no segment. The list
is "a1b2c3d4e5", the key "mailchimp-key-us6".
Source: Mailchimp's Marketing API 3.0.55 and help pages, read 2026-11-27.
"""

import datetime as dt
import re
from base64 import b64decode
from copy import deepcopy
from typing import Any, ClassVar

from standins.base import Answer, Refusal, Request, Route, StandIn

LIST = "a1b2c3d4e5"
SEGMENT = 42
LINKS = [{"rel": "self", "href": "https://us6.api.mailchimp.com/3.0/campaigns", "method": "GET"}]
FOOTER = (
    '<p class="mailchimp-footer"><a href="*|UNSUB|*">unsubscribe from this list</a> *|LIST:ADDRESSLINE|*</p>'
)


class Mailchimp(StandIn):
    """One account; attributes may be set by a test."""

    name: ClassVar[str] = "mailchimp"

    def __init__(self) -> None:
        """Start without campaigns."""
        super().__init__()
        self.campaigns: dict[str, dict[str, Any]] = {}
        self.content: dict[str, dict[str, str]] = {}
        self.most = 1000  # campaigns on a page, whatever is asked for
        self.blocked = False  # answers 403 with a web page
        self.objection = ""  # something the check list holds against every campaign
        self.readers: list[dict[str, Any]] = [
            {"email": "ada@example.com", "FNAME": "Ada", "segments": [SEGMENT]},
            {"email": "ben@example.com", "FNAME": "", "segments": [SEGMENT]},
            {"email": "cleo@example.com", "FNAME": "Cleo", "segments": []},
        ]

    def routes(self) -> list[Route]:
        """Return the routes, under the root and under /3.0."""
        campaign = r"(?:/3\.0)?/campaigns/([^/]+)"
        return [
            ("GET", r"(?:/3\.0)?/campaigns", self.list_campaigns),
            ("POST", r"(?:/3\.0)?/campaigns", self.create),
            ("GET", campaign, lambda _request, which: Answer(body=self.shown(self.campaign(which)))),
            ("PATCH", campaign, self.patch),
            ("GET", campaign + "/content", self.get_content),
            ("PUT", campaign + "/content", self.put_content),
            ("GET", campaign + "/send-checklist", lambda _request, which: Answer(body=self.checklist(which))),
            ("POST", campaign + "/actions/schedule", self.schedule),
            ("POST", campaign + "/actions/unschedule", self.unschedule),
            ("POST", campaign + "/actions/send", self.send),
            ("POST", campaign + "/actions/test", self.send_test),
            ("GET", r"(?:/3\.0)?/reports/([^/]+)", self.report),
            ("GET", r"(?:/3\.0)?/lists/([^/]+)", self.members),
            ("GET", r"(?:/3\.0)?/lists/([^/]+)/segments/([0-9]+)", self.segment),
        ]

    def not_found(self) -> Answer:
        """Return Mailchimp's own words for nothing."""
        return problem(404, "Resource Not Found", "The requested resource could not be found.").answer

    def admit(self, request: Request) -> None:
        """Refuse a wrong key as JSON, a blocked one as a web page."""
        if self.blocked:
            raise Refusal(403, "<html><body>Access Denied</body></html>")
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme != "Basic" or not b64decode(credentials).endswith(b":mailchimp-key-us6"):
            raise problem(401, "API Key Invalid", "Your API key may be invalid.")

    def list_campaigns(self, request: Request) -> Answer:
        """List campaigns; they are not searched by title."""
        rows = [self.shown(each) for each in self.campaigns.values()]
        if request.query.get("sort_dir") == ["DESC"]:
            rows.reverse()
        count = int(request.query.get("count", ["10"])[0])
        if count > 1000:
            raise problem(400, "Invalid Resource", "count is at most 1000.")
        offset = int(request.query.get("offset", ["0"])[0])
        count = min(count, self.most)
        return Answer(body={"campaigns": rows[offset : offset + count], "total_items": len(rows)})

    def campaign(self, which: str) -> dict[str, Any]:
        """Return a campaign, or answer 404."""
        if which not in self.campaigns:
            raise Refusal(404, self.not_found().body, {"Content-Type": "application/problem+json"})
        return self.campaigns[which]

    def shown(self, campaign: dict[str, Any]) -> dict[str, Any]:
        """Return a campaign as the API shows it: an empty time is an empty text."""
        shown = deepcopy(campaign)
        shown["recipients"]["recipient_count"] = len(self.audience(campaign))
        return shown

    def create(self, request: Request) -> Answer:
        """Store a campaign without content."""
        given = request.json
        if given.get("type") != "regular":
            raise problem(400, "Invalid Resource", "The stand-in knows regular campaigns only.")
        which = f"c{len(self.campaigns) + 1:09x}"
        self.campaigns[which] = {
            "id": which,
            "web_id": len(self.campaigns) + 1,
            "type": "regular",
            "create_time": self.now.isoformat(),
            "status": "save",
            "emails_sent": 0,
            "send_time": "",
            "recipients": {},
            "settings": {
                **dict.fromkeys(("auto_footer", "fb_comments", "use_conversation"), True),
                **dict.fromkeys(("inline_css", "auto_tweet", "timewarp", "drag_and_drop"), False),
                "template_id": 0,
            },
            "tracking": {"opens": True, "html_clicks": True, "google_analytics": "of the account"},
        }
        try:
            self.change(self.campaigns[which], given)
        except Refusal:
            del self.campaigns[which]
            raise
        return Answer(body=self.shown(self.campaigns[which]))

    def patch(self, request: Request, which: str) -> Answer:
        """Change a campaign that has not begun to go out."""
        campaign = self.campaign(which)
        self.demand(campaign, "save", "paused", "schedule")
        self.change(campaign, request.json)
        return Answer(body=self.shown(campaign))

    def change(self, campaign: dict[str, Any], given: dict[str, Any]) -> None:
        """Take over recipients, settings and tracking."""
        recipients = given.get("recipients", {})
        segment = recipients.get("segment_opts", {}).get("saved_segment_id")
        if recipients and recipients.get("list_id") != LIST:
            raise problem(
                400, "Invalid Resource", "", {"field": "recipients.list_id", "message": "No such list"}
            )
        if segment is not None and (type(segment) is not int or segment != SEGMENT):
            raise problem(400, "Invalid Resource", "", {"field": "recipients.segment_opts", "message": "No"})
        campaign["recipients"] = deepcopy(recipients) or campaign["recipients"]
        campaign["settings"].update(given.get("settings", {}))
        campaign["tracking"].update(given.get("tracking", {}))

    def get_content(self, _request: Request, which: str) -> Answer:
        """Show the content; a campaign without any has none of the fields."""
        self.campaign(which)
        content = self.content.get(which)
        if content is None:
            return Answer(body={"_links": LINKS})
        return Answer(body={**content, "_links": LINKS, "archive_html": footed(content["html"])})

    def put_content(self, request: Request, which: str) -> Answer:
        """Store the content; a text part that is missing is made of the HTML."""
        self.demand(self.campaign(which), "save", "paused")
        html = request.json.get("html", "")
        text = request.json.get("plain_text") or re.sub(r"<[^>]*>", " ", html)
        self.content[which] = {"html": html, "plain_text": text.replace("\n", "\r\n").rstrip()}
        return self.get_content(request, which)

    def checklist(self, which: str) -> dict[str, Any]:
        """Say what is missing before a campaign can go out."""
        settings = self.campaign(which)["settings"]
        missing = [
            (not settings.get("subject_line"), "Subject", "Write a subject line."),
            (not settings.get("from_name") or not settings.get("reply_to"), "From", "Say who it is from."),
            (which not in self.content, "Content", "Design your email."),
            (bool(self.objection), "List", self.objection),
        ]
        items = [
            {"type": "error" if bad else "success", "id": number, "heading": heading, "details": details}
            for number, (bad, heading, details) in enumerate(missing)
        ]
        return {"is_ready": not any(bad for bad, _, _ in missing), "items": items}

    def schedule(self, request: Request, which: str) -> Answer:
        """Schedule a campaign that is ready, on a quarter of an hour to come."""
        campaign = self.campaign(which)
        self.demand(campaign, "save", "paused")
        self.demand_ready(which)
        moment = dt.datetime.fromisoformat(request.json["schedule_time"])
        if moment.minute % 15 or moment.second:
            raise problem(400, "Bad Request", "Campaigns can only be scheduled on the quarter-hour.")
        if moment <= self.now:
            raise problem(400, "Bad Request", "Please choose a time in the future.")
        campaign["status"], campaign["send_time"] = "schedule", moment.isoformat()
        return Answer(204)

    def unschedule(self, _request: Request, which: str) -> Answer:
        """Take a scheduled campaign back."""
        campaign = self.campaign(which)
        self.demand(campaign, "schedule")
        campaign["status"], campaign["send_time"] = "save", ""
        return Answer(204)

    def send(self, _request: Request, which: str) -> Answer:
        """Send a campaign now."""
        campaign = self.campaign(which)
        self.demand(campaign, "save", "paused")
        self.demand_ready(which)
        self.dispatch(campaign, self.now.isoformat())
        return Answer(204)

    def send_test(self, request: Request, which: str) -> Answer:
        """Send a campaign to single addresses."""
        campaign = self.campaign(which)
        self.demand_ready(which)
        if request.json.get("send_type") not in ("html", "plaintext"):
            raise problem(400, "Invalid Resource", "", {"field": "send_type", "message": "Required"})
        for address in request.json["test_emails"]:
            self.mail(campaign, {"email": address, "FNAME": ""}, prefix="[Test] ", test=True)
        return Answer(204)

    def demand(self, campaign: dict[str, Any], *statuses: str) -> None:
        """Refuse what the campaign's state does not allow."""
        if campaign["status"] not in statuses:
            raise problem(
                400, "Bad Request", f"This campaign is {campaign['status']!r} and cannot be changed."
            )

    def demand_ready(self, which: str) -> None:
        """Refuse a campaign that the check list holds back."""
        if not self.checklist(which)["is_ready"]:
            raise problem(400, "Bad Request", "Your Campaign is not ready to send.")

    def report(self, _request: Request, which: str) -> Answer:
        """Count what was sent."""
        campaign = self.campaign(which)
        if campaign["status"] != "sent":
            return self.not_found()
        bounces = {"hard_bounces": 0, "soft_bounces": 0, "syntax_errors": 0}
        return Answer(body={"id": which, "emails_sent": campaign["emails_sent"], "bounces": bounces})

    def members(self, _request: Request, which: str) -> Answer:
        """Return a list with its number of members."""
        if which != LIST:
            return self.not_found()
        return Answer(body={"id": LIST, "stats": {"member_count": len(self.readers)}})

    def segment(self, _request: Request, which: str, segment: str) -> Answer:
        """Return a segment with its number of members."""
        if which != LIST or int(segment) != SEGMENT:
            return self.not_found()
        count = sum(int(segment) in reader["segments"] for reader in self.readers)
        return Answer(body={"id": SEGMENT, "member_count": count})

    def audience(self, campaign: dict[str, Any]) -> list[dict[str, Any]]:
        """Return whom a campaign goes to: all of the list without a segment."""
        segment = campaign["recipients"].get("segment_opts", {}).get("saved_segment_id")
        return [reader for reader in self.readers if not segment or segment in reader["segments"]]

    def tick(self) -> None:
        """Send what is due."""
        for campaign in self.campaigns.values():
            if (
                campaign["status"] == "schedule"
                and dt.datetime.fromisoformat(campaign["send_time"]) <= self.now
            ):
                self.dispatch(campaign, campaign["send_time"])

    def dispatch(self, campaign: dict[str, Any], moment: str) -> None:
        """Send a campaign to all of its readers."""
        readers = self.audience(campaign)
        for reader in readers:
            self.mail(campaign, reader)
        campaign.update(status="sent", send_time=moment, emails_sent=len(readers))

    def mail(
        self, campaign: dict[str, Any], reader: dict[str, Any], *, prefix: str = "", test: bool = False
    ) -> None:
        """Put one reader's mail into the inbox."""
        content, settings = self.content[campaign["id"]], campaign["settings"]
        hidden = f'<div style="display:none">{settings.get("preview_text", "")}</div>'
        html = re.sub(r"(<body[^>]*>)", lambda match: match[1] + hidden, footed(content["html"]), count=1)
        self.inbox.append(
            {
                "to": reader["email"],
                "subject": prefix + filled(settings["subject_line"], reader),
                "html": filled(html, reader),
                "text": filled(content["plain_text"], reader),
                "draft": campaign["id"],
                "from": f"{settings['from_name']} <{settings['reply_to']}>",
                "test": test,
            }
        )

    def state(self) -> Any:
        """Return all campaigns with their content."""
        return [{**each, "content": self.content.get(which)} for which, each in self.campaigns.items()]


def footed(html: str) -> str:
    """Return HTML with Mailchimp's own footer where it has no unsubscribe tag."""
    return html if "*|UNSUB|*" in html else html.replace("</body>", f"{FOOTER}</body>")


def filled(content: str, reader: dict[str, Any]) -> str:
    """Return *content* with the tags that the stand-in knows filled in; an unknown one becomes nothing."""
    values = {
        "UNSUB": f"https://steady.us6.list-manage.com/unsubscribe?e={reader['email']}",
        "ARCHIVE": "https://mailchi.mp/steady/archive",
        "FNAME": reader["FNAME"],
        "LIST:ADDRESSLINE": "418 Alder Street",
    }
    content = re.sub(
        r"\*\|IF:([A-Z]+)\|\*(.*?)\*\|ELSE:\|\*(.*?)\*\|END:IF\|\*",
        lambda match: match[2] if values.get(match[1]) else match[3],
        content,
    )
    return re.sub(r"\*\|(.+?)\|\*", lambda match: values.get(match[1], ""), content)


def problem(status: int, title: str, detail: str, *errors: dict[str, str]) -> Refusal:
    """Return a refusal in Mailchimp's form (RFC 7807)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": "1"}
    return Refusal(
        status,
        {**body, "errors": list(errors)} if errors else body,
        {"Content-Type": "application/problem+json"},
    )


STANDIN = Mailchimp
