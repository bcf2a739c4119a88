"""`newsletter build`: the finished message as files."""

import json
from pathlib import Path

from pipeline import images
from pipeline.clock import Clock
from pipeline.files import write_whole
from pipeline.mergetags import as_written
from pipeline.mime import mime
from pipeline.model import Message, Payload
from pipeline.newsletter import Newsletter
from pipeline.output import Result
from pipeline.personas import as_read, persona_values
from pipeline.providers import open_audience, open_provider
from pipeline.providers.base import payload_for


def build(start: Path, name: str, *, folder: Path | None, persona_name: str | None, clock: Clock) -> Result:
    """
    Write message.html, .txt, .eml and .json, and the images.

    In the provider's merge syntax; or, with a persona, as that reader gets it, with the images taken
    from beside the page so that it can be looked at anywhere.

    Args:
        start: a folder inside the newsletter's repository.
        name: path, id or slug of the issue.
        folder: where to write; default build/<id> under the root.
        persona_name: whose values fill in the merge tags.
        clock: the clock.
    """
    newsletter = Newsletter(start, clock=clock)
    settings = newsletter.settings
    checked = newsletter.checked(newsletter.issue(name))
    message = checked.message
    payload = payload_for(
        message, open_audience(settings, checked.issue.audience), open_provider(settings, clock)
    )
    target = folder or settings.root / "build" / checked.issue.id
    if persona_name is not None:
        local = message.html
        for image in message.images:
            local = local.replace(settings.image_url(image), f"assets/{images.published_name(image)}")
        payload = as_read(payload, message, persona_values(persona_name, settings), html=local)
    described = _described(message, payload)
    for file, content in {
        "message.html": payload.html.encode(),
        "message.txt": payload.text.encode(),
        "message.eml": mime(payload, key=message.key, date=message.send_at),
        "message.json": (json.dumps(described, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode(),
    }.items():
        write_whole(target / file, content)
    images.publish(message.images, target / "assets")
    return Result(
        {"folder": str(target), "message": described},
        f"{target}\n",
        checked.findings,
        exit_code=1 if checked.stops else 0,
    )


def _described(message: Message, payload: Payload) -> dict[str, object]:
    """Return message.json: all of the message that is not in its two parts."""
    return {
        "key": message.key,
        "subject": payload.subject,
        "preheader": as_written(message.preheader),
        "from": payload.sender,
        "reply_to": payload.reply_to,
        "send_at": message.send_at.isoformat() if message.send_at else None,
        "web_url": message.web_url,
        "content_digest": message.digest,
        "wordings": [wording.ref for wording in message.wordings],
        "images": [images.published_name(image) for image in message.images],
        "html_bytes": len(payload.html.encode()),
        "text_bytes": len(payload.text.encode()),
    }
