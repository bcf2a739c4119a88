"""The message: subject, preheader and both parts put together, with the digest that a reviewer signs."""

from collections.abc import Iterable

from pipeline.digests import content_digest
from pipeline.disclaimers.select import Selection
from pipeline.mergetags import NAMES, to_tokens, unknown_tags
from pipeline.model import Finding, Fragment, Image, Issue, Message, Severity, Wording
from pipeline.settings import Settings


def finish(
    issue: Issue,
    fragment: Fragment,
    html: str,
    text: str,
    *,
    settings: Settings,
    selection: Selection,
    web_url: str,
) -> Message:
    """
    Put the message together.

    Args:
        issue: for subject, preheader, send time and the people who answer for it.
        fragment: for what the Markdown stage noticed.
        html: the finished document, merge tags as tokens.
        text: the finished text part, merge tags as tokens.
        settings: for sender and reply-to.
        selection: the wordings that both parts must show.
        web_url: our own permalink; empty when the provider makes one.

    Returns:
        The message, with the findings of the stages and those of subject and preheader.
    """
    values = {"web_url": web_url} if web_url else {}
    subject, preheader = (to_tokens(line, values) for line in (issue.subject, issue.preheader))
    return Message(
        key=issue.key,
        id=issue.id,
        subject=subject,
        preheader=preheader,
        sender=settings.sender,
        reply_to=settings.reply_to,
        html=html,
        text=text,
        send_at=issue.send_at,
        web_url=web_url,
        wordings=tuple(sorted(selection.wordings, key=_order_shown)),
        images=_shown(issue.images.values(), html, settings),
        digest=content_digest(subject=subject, preheader=preheader, html=html, text=text),
        authors=issue.authors,
        reviewed_by=issue.reviewed_by,
        waivers=issue.waivers,
        findings=(*fragment.findings, *_unknown_tags(issue)),
    )


def _order_shown(wording: Wording) -> bool:
    """Sort those at the top before those at the end; within both the selection's order stays."""
    return wording.placement == "end"


def _shown(images: Iterable[Image], html: str, settings: Settings) -> tuple[Image, ...]:
    """Return the images that *html* refers to, each published file once."""
    by_url = {settings.image_url(image): image for image in images}
    return tuple(image for url, image in by_url.items() if url in html)


def _unknown_tags(issue: Issue) -> list[Finding]:
    """Report merge tags that no provider would fill in: readers would see the braces in their inbox."""
    fields = {"title": issue.title, "subject": issue.subject, "preheader": issue.preheader}
    if issue.subject == issue.title:  # the default
        del fields["subject"]
    return [
        Finding(
            id="MD002",
            severity=Severity.ERROR,
            message=f"unknown merge tag in {field}: {tag.name!r}",
            hint=f'known are {", ".join(NAMES)}, each with | default("…")',
            file=issue.file,
            line=issue.lines.get(field, 0),
        )
        for field, value in fields.items()
        for tag in unknown_tags(value)
    ]
