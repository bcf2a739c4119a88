"""Whether what a provider stored is what it was given: field by field, and what readers will get of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.mergetags import tags
from pipeline.model import Message, Payload

_NOT_STORED = ("images",)  # kept beside the draft, not in it


def differences(stored: Payload, given: Payload) -> list[str]:
    """Name the fields in which what a provider stored differs from what it was given."""
    left, right = (_comparable(payload) for payload in (stored, given))
    return [name for name in right if left[name] != right[name]]


def lost_links(shown_html: str, message: Message) -> list[str]:
    """
    List every link of *message* that readers would not find in *shown_html*.

    Links that hold a merge tag are different for each reader; for them there must be as many more links.
    """
    shown, ours = _links(shown_html), _links(message.html)
    personal = [link for link in ours.elements() if tags(link)]
    fixed = Counter(link for link in ours.elements() if not tags(link))
    lost = sorted((fixed - shown).elements())
    if not lost and (shown - fixed).total() < len(personal):
        return ["the link to unsubscribe"]
    return lost


def _links(html: str) -> Counter[str]:
    nodes = LexborHTMLParser(html).css("a[href]")
    return Counter((node.attributes.get("href") or "").strip() for node in nodes)


def _comparable(payload: Payload) -> dict[str, Any]:
    """Return the fields that must be equal; a list of readers or segments counts as a set."""
    plain = {
        each.name: getattr(payload, each.name) for each in fields(payload) if each.name not in _NOT_STORED
    }
    return {**plain, "audience": {name: _as_set(value) for name, value in payload.audience.target.items()}}


def _as_set(value: Any) -> Any:
    if isinstance(value, list | tuple | frozenset | set):
        return sorted({str(item) for item in value})
    if isinstance(value, Mapping):
        return {str(name): _as_set(item) for name, item in value.items() if item}
    return value
