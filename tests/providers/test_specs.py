"""A request that a provider's own description forbids is named, and no other."""

import json
from typing import Any

import pytest

from standins.base import Request
from standins.specs import CORRECTIONS, FOLDER, Correction, needs_specs, openapi3, unknown_paths, violations

pytestmark = needs_specs


def request(method: str, path: str, body: Any = None, **query: str) -> Request:
    """Return a request with every provider's kind of key."""
    headers = {"content-type": "application/json", "authorization": "Basic eDprZXk=", "api-key": "key"}
    return Request(
        method,
        path,
        {name: value.split("|") for name, value in query.items()},
        headers,
        b"" if body is None else json.dumps(body).encode(),
    )


SENDER = {"name": "Steady", "email": "luke@steady.example"}
GOOD = {
    "listmonk": [
        request("GET", "/api/campaigns", tag="one|two", no_body="true", per_page="all"),
        request("POST", "/campaigns", {"name": "key", "lists": [1], "content_type": "html", "altbody": "x"}),
        request("PUT", "/campaigns/7", {"lists": [1], "send_at": "2026-12-01T12:30:00Z"}),
        request("GET", "/campaigns/7/preview"),
    ],
    "buttondown": [
        request("POST", "/v1/emails", {"subject": "x", "status": "draft", "metadata": {"key": "a"}}),
        request("GET", "/emails", source="api", page="2", status="draft|scheduled"),
        request("PATCH", "/emails/em_1", {"status": "draft", "publish_date": "none"}),
        request("GET", "/emails/em_1/renders", target="email"),
    ],
    "mailchimp": [
        request("POST", "/3.0/campaigns", {"type": "regular", "settings": {"title": "key"}}),
        request("POST", "/campaigns/c1/actions/unschedule"),
        request("GET", "/campaigns", count="1000", fields="campaigns.id,total_items"),
    ],
    "brevo": [
        request("POST", "/v3/emailCampaigns", {"name": "key", "sender": SENDER, "htmlContent": "<p>"}),
        request("PUT", "/emailCampaigns/7", {"scheduledAt": "2026-12-01T12:30:00.000+00:00"}),
    ],
}
BAD = [
    ("listmonk", request("GET", "/campaigns", tags="one"), "GET /campaigns: query tags: is not described"),
    (
        "listmonk",
        request("POST", "/campaigns", {"alt_body": "x"}),
        "POST /campaigns: body.alt_body: is not described",
    ),
    (
        "listmonk",
        request("PUT", "/campaigns/7/status", {"status": "finished"}),
        (
            "PUT /campaigns/{id}/status: body.status: 'finished' is not one of "
            "['draft', 'scheduled', 'running', 'paused', 'cancelled']"
        ),
    ),
    (
        "listmonk",
        request("PUT", "/campaigns/7", {"send_at": "tomorrow"}),
        "PUT /campaigns/{id}: body.send_at: 'tomorrow' is not a 'date-time'",
    ),
    (
        "buttondown",
        request("POST", "/emails", {"status": "draft"}),
        "POST /emails: body: 'subject' is a required property",
    ),
    (
        "buttondown",
        request("POST", "/emails", {"subject": "x", "text": "y"}),
        "POST /emails: body.text: is not described",
    ),
    (
        "buttondown",
        request("GET", "/emails/em_1/renders"),
        "GET /emails/{id}/renders: Missing required query parameter: target",
    ),
    (
        "mailchimp",
        request("POST", "/campaigns", {"type": "regular", "settings": {"template_id": "3"}}),
        "POST /campaigns: body.settings.template_id: '3' is not of type 'integer'",
    ),
    (
        "mailchimp",
        request("GET", "/campaigns", count="1001"),
        "GET /campaigns: query count: 1001 is greater than the maximum of 1000",
    ),
    (
        "mailchimp",
        request("POST", "/campaigns/c1/actions/schedule"),
        "POST /campaigns/{campaign_id}/actions/schedule: Missing required request body",
    ),
    (
        "mailchimp",
        request("POST", "/campaigns/c1/actions/unschedule", {"now": True}),
        "POST /campaigns/{campaign_id}/actions/unschedule: a body: is not described",
    ),
    ("mailchimp", request("PUT", "/campaigns", {}), "PUT /campaigns: no such method"),
    (
        "brevo",
        request("POST", "/emailCampaigns", {"name": "key"}),
        "POST /emailCampaigns: body: 'sender' is a required property",
    ),
    (
        "brevo",
        request("PUT", "/emailCampaigns/7", {"recipients": {"listIds": ["7"]}}),
        "PUT /emailCampaigns/{campaignId}: body.recipients.listIds.0: '7' is not of type 'integer'",
    ),
]
# For each correction a request that is right, and that the description as published would refuse.
NEEDS = {
    "tags": request("GET", "/campaigns", tag="key"),
    "body": request("POST", "/campaigns", {"body": "<p>"}),
    "order": request("GET", "/campaigns", order="asc"),
    "no_body": request("GET", "/templates"),
    "archive": request("POST", "/campaigns", {"archive": False}),
    "attribs": request("POST", "/campaigns", {"attribs": {"newsletter": {"key": "key"}}}),
    "media": request("POST", "/campaigns", {"media": [7]}),
    "altbody": request("POST", "/campaigns", {"altbody": None}),
    "headers": request("POST", "/campaigns", {"headers": [{"Reply-To": "hello@steady.example"}]}),
    "template_id": request("POST", "/campaigns", {"template_id": 3}),
    "send_at": request("PUT", "/campaigns/7", {"send_at": None}),
    "/campaigns/{id}/preview": request("GET", "/campaigns/7/preview", template_id="1"),
    "/campaigns/{id}/status": request("PUT", "/campaigns/7/status", {"status": "draft"}),
    "/campaigns/{id}/test": request("POST", "/campaigns/7/test", {"subscribers": ["ada@example.com"]}),
}


@pytest.mark.parametrize("name", GOOD)
def test_requests_as_described_pass(name: str) -> None:
    """Paths with and without the provider's base path, parameters and bodies as it wants them."""
    assert violations(name, GOOD[name]) == []
    assert unknown_paths(name, GOOD[name]) == []


@pytest.mark.parametrize(("name", "sent", "wrong"), BAD, ids=[wrong[:50] for *_, wrong in BAD])
def test_a_request_that_is_not_as_described_is_named(name: str, sent: Request, wrong: str) -> None:
    """The message says which request, which field, and what is wrong with it."""
    assert violations(name, [*GOOD[name], sent]) == [wrong]


@pytest.mark.parametrize("name", ["mailchimp", "brevo"])
def test_a_request_without_a_key_is_named(name: str) -> None:
    """Where the description asks for a key, each request has one."""
    sent = GOOD[name][0]
    bare = Request(sent.method, sent.path, sent.query, {"content-type": "application/json"}, sent.body)
    assert "Security not found" in violations(name, [bare])[0]


def test_paths_that_are_not_described_are_told_apart() -> None:
    """The descriptions are trimmed: who calls decides which other paths are meant, and nothing is hidden."""
    log = [request("GET", "/3.0/lists/7"), request("GET", "/lists/7"), *GOOD["mailchimp"]]
    assert unknown_paths("mailchimp", log) == ["GET /lists/7"]
    assert violations("mailchimp", log) == []


@pytest.mark.parametrize(
    ("name", "correction"),
    [(name, each) for name, corrections in CORRECTIONS.items() for each in corrections],
    ids=lambda value: value if isinstance(value, str) else "-".join(value.at[-2:]),
)
def test_each_correction_is_needed(name: str, correction: Correction) -> None:
    """Without it a request that the provider takes would count as wrong; with it, it does not."""
    key = correction.at[-1] if correction.at[-1] in NEEDS else correction.at[1]
    others = [each for each in CORRECTIONS[name] if each != correction]
    assert violations(name, [NEEDS[key]], others)
    assert violations(name, [NEEDS[key]]) == []
    assert "read 20" in correction.why


def test_only_what_is_known_is_converted() -> None:
    """A Swagger with something that the converter does not know is refused, not half converted."""
    swagger = json.loads((FOLDER / "mailchimp.json").read_text(encoding="utf-8"))
    swagger["paths"]["/campaigns"]["get"]["parameters"].append(
        {"name": "f", "in": "formData", "type": "file"}
    )
    with pytest.raises(ValueError, match="formData"):
        openapi3(swagger)
