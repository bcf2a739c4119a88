"""
One HTTP request and its whole answer, or why there is none; no redirect is followed, no cookie kept.

What is asked, what an answer means and whether to ask again is for whoever asks: `http.py` of a provider's
API, `publish.webcopy` of pages and images.

Sources, read 2026-11-27: requests' documentation, "Timeouts" (a read timeout bounds each wait, not the whole
answer), and its source code, 2.34 (sessions.py).
"""

import os
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

import requests
import urllib3

from pipeline import __version__
from pipeline.errors import SettingsError
from pipeline.providers.lost import Lost, lost

USER_AGENT = f"newsletter-pipeline/{__version__}"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
MOVED = (301, 302, 303, 307, 308)  # statuses that lead elsewhere: RFC 9110, section 15.4, read 2026-11-27


class Limits(NamedTuple):
    """How long, and how much, before a request counts as lost."""

    connect_s: float = 10.0
    wait_s: float = 30.0  # for the head of an answer, and between two pieces of its body
    whole_s: float = 120.0  # for a whole body, however slowly it drips
    answer_bytes: int = 64_000_000  # no answer of a provider is larger


class Answer(NamedTuple):
    """A whole answer, whatever it says."""

    status: int
    headers: Mapping[str, str]
    body: bytes  # empty where it was not asked for


def exchange(
    session: requests.Session, request: requests.Request, limits: Limits, *, body: bool = True
) -> Answer | Lost:
    """
    Make one request and return its whole answer; the connection is closed afterwards.

    Args:
        session: its headers, authorisation and trust in the environment are used; a cookie is not kept.
        request: method, URL, parameters, JSON.
        limits: when it counts as lost.
        body: read the body of the answer; else only its head, and the connection is cut.

    Raises:
        SettingsError: the environment names certificates that are not there.
    """
    prepared = session.prepare_request(request)
    settings = session.merge_environment_settings(prepared.url, {}, True, None, None)
    bundle = settings["verify"] or True  # never False: nothing switches the check off
    if isinstance(bundle, str) and not os.path.exists(bundle):  # noqa: PTH110
        raise SettingsError(
            f"there are no certificates at {bundle!r}",
            hint="mend REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE in the environment",
        )
    timeout = (limits.connect_s, limits.wait_s)
    adapter = session.get_adapter(request.url)
    try:
        # Not `Session.send`: even when told to follow no redirect it reads where one leads, and may fail.
        with adapter.send(
            prepared, stream=True, timeout=timeout, verify=bundle, proxies=settings["proxies"]
        ) as response:
            content = _whole(response.raw, limits) if body else b""
            if content is None:
                return Lost("its answer has no end", arrived=True)
            return Answer(response.status_code, response.headers, content)
    except (OSError, urllib3.exceptions.HTTPError, ValueError) as err:  # requests' own are OSErrors
        return lost(err)
    finally:
        session.close()


def may_pass(status: int) -> bool:
    """Say whether the same read may well succeed a moment later."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in (
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.REQUEST_TIMEOUT,
    )


def _whole(raw: urllib3.BaseHTTPResponse, limits: Limits) -> bytes | None:
    """Return a body, decompressed; None when it is too long or takes too long."""
    deadline = time.monotonic() + limits.whole_s
    content = bytearray()
    # Not `iter_content`: it waits until a piece is full, and looks at no clock meanwhile.
    while piece := raw.read1(65536, decode_content=True):
        content += piece
        if time.monotonic() > deadline or len(content) > limits.answer_bytes:
            return None
    return bytes(content)
