"""
Markdown to a fragment: semantic HTML, clean and balanced, and what an editor should know about the source.

What GitHub shows is what readers get. Issue text is data: it is never run as a template, and nothing in it
can reach outside its own place in the mail.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import replace

from pipeline.gfm import outcome, policy
from pipeline.gfm.dialect import Dialect
from pipeline.gfm.log import Log
from pipeline.mergetags import PREFIX, as_written, to_tokens
from pipeline.model import Finding, Fragment, Image, Issue

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # of no use in a text; python-markdown uses some itself
_kept = threading.local()


def render(
    issue: Issue, *, web_url: str, image_url: Callable[[Image], str], mark_lines: bool = False
) -> Fragment:
    """
    Return *issue*'s body as a fragment.

    1. merge tags  become tokens before any parser sees them
    2. Markdown    blocks, then what stands inside them, then components
    3. cleaning    last, so that nothing escapes it
    4. a look      at what it has become: it says something, and holds no merge tag that nobody wrote

    Args:
        issue: as `load` returned it.
        web_url: our own permalink, put in for `{{ web_url }}`; empty when the provider makes one.
        image_url: where a local image is published.
        mark_lines: give every block the line of the issue's file on which it begins, as `data-line`.
    """
    seal = outcome.seal(issue.body)
    body = to_tokens(_CONTROLS.sub("", issue.body), {"web_url": web_url} if web_url else None, seal=seal)
    lines = issue.body.split("\n")
    log = Log(issue.file, lines, issue.body_line)
    dialect = _dialect()
    html = dialect.letter(
        body, log=log, images=issue.images, image_url=image_url, title=issue.title, mark_lines=mark_lines
    )
    html = policy.cleaned(html, with_lines=mark_lines, settle=dialect.raw.met)
    outcome.examine(html, seal, log, lines)
    return Fragment(html.replace(PREFIX + seal, PREFIX), tuple(_told(found, seal) for found in log.findings))


def _told(found: Finding, seal: str) -> Finding:
    """Return *found* with merge tags as the editor wrote them."""
    if seal not in found.message + found.hint:
        return found
    message, hint = (as_written(text.replace(seal, "")) for text in (found.message, found.hint))
    return replace(found, message=message, hint=hint)


def _dialect() -> Dialect:
    """Return this thread's parser; it is made once, and holds one issue at a time."""
    if not hasattr(_kept, "dialect"):
        _kept.dialect = Dialect()
    dialect: Dialect = _kept.dialect
    return dialect
