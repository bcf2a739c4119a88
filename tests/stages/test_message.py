"""The message put together: headers, digest, images, findings."""

import dataclasses
from pathlib import Path

import pytest

from letter import ISSUE, WORDING, open_newsletter
from pipeline.digests import content_digest
from pipeline.disclaimers.select import Selection
from pipeline.mergetags import Tag, token
from pipeline.model import Finding, Fragment, Image, Issue, Message, Severity
from pipeline.settings import Settings
from pipeline.stages.message import finish

WEB_URL = "https://steady.example/issues/backs/"
NOTED = Finding(id="MD001", severity=Severity.WARNING, message="a finding of the Markdown stage", hint="mend")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The letter's newsletter."""
    return open_newsletter(tmp_path_factory.mktemp("newsletter"))


def made(settings: Settings, html: str = "<p>x</p>", *, web_url: str = WEB_URL, **changes: object) -> Message:
    """Return the message of the letter, some of its front matter changed."""
    issue: Issue = dataclasses.replace(ISSUE, **changes)  # type: ignore[arg-type]
    top = dataclasses.replace(WORDING, id="exercise", placement="top")
    return finish(
        issue,
        Fragment("", findings=(NOTED,)),
        html,
        "x\n",
        settings=settings,
        selection=Selection(wordings=(WORDING, top), findings=()),
        web_url=web_url,
    )


def test_the_message_says_what_issue_and_settings_say(settings: Settings) -> None:
    """Nothing is made up on the way."""
    message = made(settings)
    assert (message.key, message.send_at, message.web_url) == (ISSUE.key, ISSUE.send_at, WEB_URL)
    assert (message.sender, message.reply_to) == (settings.sender, settings.reply_to)
    assert (message.html, message.text) == ("<p>x</p>", "x\n")
    assert message.findings == (NOTED,)


def test_wordings_are_named_in_the_order_shown(settings: Settings) -> None:
    """Those at the top come first, whatever the order they were chosen in."""
    assert [wording.id for wording in made(settings).wordings] == ["exercise", "gen"]


def test_merge_tags_in_subject_and_preheader_are_tokens(settings: Settings) -> None:
    """Both reach the provider as the parts do; our own permalink is filled in at once."""
    greeting = '{{ subscriber.first_name | default("Friend") }}, sit up'
    message = made(settings, subject=greeting, preheader="At {{ web_url }}")
    assert message.subject == token(Tag("subscriber.first_name", "Friend")) + ", sit up"
    assert message.preheader == f"At {WEB_URL}"
    assert made(settings, web_url="", preheader="{{ web_url }}").preheader == token(Tag("web_url"))


@pytest.mark.parametrize("field", ["title", "subject", "preheader"])
def test_an_unknown_merge_tag_is_reported_with_its_line(settings: Settings, field: str) -> None:
    """Readers would see the braces beside the sender's name."""
    message = made(settings, lines={field: 7}, **{field: "{{ first_name }}, sit up"})
    [found] = [finding for finding in message.findings if finding.id == "MD002"]
    assert (found.file, found.line, found.severity) == (ISSUE.file, 7, Severity.ERROR)
    assert found.message == f"unknown merge tag in {field}: 'first_name'"


def test_a_title_that_is_the_subject_too_is_reported_once(settings: Settings) -> None:
    """An editor who wrote one line gets one finding."""
    message = made(settings, title="{{ x }}", subject="{{ x }}", lines={"title": 2})
    assert [finding.line for finding in message.findings if finding.id == "MD002"] == [2]


def test_the_digest_vouches_for_every_part(settings: Settings) -> None:
    """A reviewer signs subject, preheader, HTML and text; the hour and the sender may move."""
    message = made(settings)
    parts = {name: getattr(message, name) for name in ("subject", "preheader", "html", "text")}
    assert message.digest == content_digest(**parts)
    assert made(settings, subject="Other").digest != message.digest
    assert made(settings, audience="other").digest == message.digest


def test_only_images_that_are_shown_travel_along(settings: Settings) -> None:
    """Each published file once, in the issue's order; what the HTML does not refer to stays at home."""
    names = ("a.png", "./a.png", "b.png", "unused.png")
    images = {
        name: Image(name, Path(name), name[-5:].zfill(64), width=600, height=10, format="png")
        for name in names
    }
    html = "".join(f'<img src="{settings.image_url(images[name])}">' for name in ("b.png", "a.png"))
    shown = made(settings, html, images=images).images
    assert [image.path.name for image in shown] == ["a.png", "b.png"]
