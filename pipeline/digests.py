"""
The two digests: what a reviewer signs, and what a receipt records.

Both are SHA-256 over one canonical encoding: a line that names the kind and its version, then every
field as its length in bytes, a colon, and its bytes in UTF-8. The lengths make it unambiguous: no text
can be moved from one field to the next without changing the digest.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pipeline.model import Audience, Payload


def content_digest(*, subject: str, preheader: str, html: str, text: str) -> str:
    """Return the hex digest of a message's words and markup, merge tags still neutral."""
    return _digest("newsletter content 1", subject, preheader, html, text)


def dispatch_digest(
    message_digest: str,
    *,
    sender: str,
    reply_to: str,
    audience: Audience,
    send_at: dt.datetime,
    payload: Payload,
) -> str:
    """
    Return the hex digest of one dispatch: what goes out, from whom, to whom, when.

    Of the payload, the images are left out: they are named in its HTML by the hash of their bytes.

    Args:
        message_digest: the content digest.
        sender: RFC 5322 mailbox.
        reply_to: RFC 5322 mailbox or empty.
        audience: its name and all of its targets count.
        send_at: aware; the same moment in another zone gives the same digest.
        payload: the message in the provider's merge syntax.

    Raises:
        ValueError: *send_at* has no zone.
    """
    if send_at.tzinfo is None:
        raise ValueError(f"send_at has no zone: {send_at!r}")
    return _digest(
        "newsletter dispatch 1",
        message_digest,
        sender,
        reply_to,
        audience.name,
        json.dumps(_plain(audience.target), sort_keys=True, ensure_ascii=True),
        send_at.astimezone(dt.UTC).isoformat(),
        payload.subject,
        payload.preheader,
        payload.html,
        payload.text,
    )


def _digest(kind: str, *fields: str) -> str:
    digest = hashlib.sha256(f"{kind}\n".encode())
    for field in fields:
        encoded = field.encode()
        digest.update(b"%d:" % len(encoded))
        digest.update(encoded)
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    """Return a settings value in what JSON knows: a target is a mapping of the provider's own shape."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
