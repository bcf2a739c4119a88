"""What each provider calls what we ask of it, and what somebody may do at it by hand, behind our back."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from standins.base import Request


@dataclass(frozen=True)
class Verbs:
    """Requests as patterns of "METHOD /path"; what is done by hand takes the stand-in and a draft's id."""

    listing: str
    create: str
    content: str  # what stores the body, when it is stored again
    schedule: str  # what makes a draft one that will be sent
    unschedule: str
    nothing: dict[str, Any]  # the listing of an account without drafts
    edit: Callable[[Any, str], object]  # another subject
    narrow: Callable[[Any, str], object]  # another audience
    delete: Callable[[Any, str], object]
    empty: Callable[[Any], object]  # nobody reads any more
    lose: Callable[[Any, str], object]  # one of two mails was not sent

    @property
    def empty_listing(self) -> str:
        """The listing of an account without drafts, as JSON."""
        return json.dumps(self.nothing)


def _no_members(standin: Any) -> None:
    standin.lists[7] = []


def _nobody(standin: Any) -> None:
    standin.readers = []


def _no_subscribers(standin: Any) -> None:
    standin.subscribers = []


def _one_delivery(standin: Any, _draft_id: str) -> None:
    del standin.inbox[-1]


VERBS = {
    "brevo": Verbs(
        listing="GET /emailCampaigns$",
        create="POST /emailCampaigns$",
        content=r"PUT /emailCampaigns/\d+$",
        schedule=r"PUT /emailCampaigns/\d+$",
        unschedule=r"PUT /emailCampaigns/\d+/status$",
        nothing={"count": 0},
        edit=lambda standin, number: standin.campaigns[int(number)].update(subject="Edited"),
        narrow=lambda standin, number: standin.campaigns[int(number)]["recipients"].update(lists=[8]),
        delete=lambda standin, number: standin.campaigns.pop(int(number)),
        empty=_no_members,
        lose=lambda standin, number: standin.campaigns[int(number)].update(_sent=1),
    ),
    "buttondown": Verbs(
        listing="GET /emails$",
        create="POST /emails$",
        content="PATCH /emails/[^/]+$",
        schedule="PATCH /emails/[^/]+$",
        unschedule="PATCH /emails/[^/]+$",
        nothing={"results": [], "next": None, "previous": None, "count": 0},
        edit=lambda standin, which: standin.emails[which].update(subject="Edited"),
        narrow=lambda standin, which: standin.emails[which].update(
            filters={"filters": [], "groups": [], "predicate": "and"}
        ),
        delete=lambda standin, which: standin.emails.pop(which),
        empty=_nobody,
        lose=_one_delivery,
    ),
    "listmonk": Verbs(
        listing="GET /api/campaigns$",
        create="POST /api/campaigns$",
        content=r"PUT /api/campaigns/\d+$",
        schedule=r"PUT /api/campaigns/\d+/status$",
        unschedule=r"PUT /api/campaigns/\d+/status$",
        nothing={"data": {"results": [], "total": 0, "page": 1, "per_page": 50}},
        edit=lambda standin, number: standin.campaigns[int(number)].update(subject="Edited"),
        narrow=lambda standin, number: standin.campaigns[int(number)].update(
            lists=[{"id": 2, "name": "List 2"}]
        ),
        delete=lambda standin, number: standin.campaigns.pop(int(number)),
        empty=_no_subscribers,
        lose=lambda standin, number: standin.campaigns[int(number)].update(sent=1),
    ),
    "mailchimp": Verbs(
        listing="GET /campaigns$",
        create="POST /campaigns$",
        content="PUT /campaigns/[^/]+/content$",
        schedule="POST /campaigns/[^/]+/actions/schedule$",
        unschedule="POST /campaigns/[^/]+/actions/unschedule$",
        nothing={"campaigns": [], "total_items": 0},
        edit=lambda standin, which: standin.campaigns[which]["settings"].update(subject_line="Edited"),
        narrow=lambda standin, which: standin.campaigns[which]["recipients"].pop("segment_opts"),
        delete=lambda standin, which: standin.campaigns.pop(which),
        empty=_nobody,
        lose=lambda standin, which: standin.campaigns[which].update(emails_sent=1),
    ),
}


def when_asked(standin: Any, pattern: str, act: Callable[[], object]) -> None:
    """Let *act* happen at the far end just before the first request like *pattern* is answered there."""
    admit = standin.admit

    def admitting(request: Request) -> None:
        if re.match(pattern, f"{request.method} {request.path}"):
            standin.admit = admit
            act()
        admit(request)

    standin.admit = admitting
