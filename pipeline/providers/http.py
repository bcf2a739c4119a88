"""
The one seam to a provider's API: a session, timeouts, retries, one map from failures to our errors.

A read may be repeated; a write is repeated only when it surely did not arrive: no connection was made, or
the provider said "too many requests" instead of taking it. Any other write without a clear answer raises
`OutcomeUnknown`, and its effect is looked up by `publish`. A secret is read from the environment when the
first request is made, and stands in no message, error or `repr`.

Sources, read 2026-11-27: RFC 9110 sections 9.2.2 (idempotent methods), 10.2.3 (Retry-After) and 15.4
(redirection); requests' documentation, "Timeouts" (a read timeout bounds each wait, not the whole answer).
"""

import datetime as dt
import json
import os
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from pipeline import __version__
from pipeline.clock import Pause
from pipeline.errors import (
    AuthError,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Rejected,
    SettingsError,
    Unavailable,
    UnexpectedAnswer,
)

TIMEOUT_S = (10, 30)  # seconds to connect, and between two pieces of an answer
WHOLE_S = 120  # seconds for a whole answer, however slowly it drips
ANSWER_BYTES = 64_000_000  # no answer of a provider is larger
ATTEMPTS = 4
LONGEST_PAUSE_S = 60.0  # a longer Retry-After is a failure said plainly, and no endless wait
REDIRECTS = 3
_WORDS = 300  # characters of a provider's own explanation that are shown
_ADDRESS = re.compile(r"[^\s<>@\"'(),;:]+@(?=[^\s<>@]+)")

Method = Literal["POST", "PUT", "PATCH", "DELETE"]
Params = Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of the environment; its value is never part of a `repr`."""

    variable: str

    def value(self) -> str:
        """
        Return the secret.

        Raises:
            SettingsError: the variable is not set.
        """
        value = os.environ.get(self.variable, "").strip()
        if not value:
            raise SettingsError(
                f"{self.variable} is not set",
                hint=f"put the provider's key into the environment as {self.variable}; "
                "in CI, into the secrets of the protected environment",
            )
        return value


class _Answer(NamedTuple):
    """A whole answer, whatever it says."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Lost(Exception):
    """No answer came; the request surely did not arrive, or it may have."""

    def __init__(self, what: str, *, arrived: bool, hopeless: bool = False) -> None:
        super().__init__(what)
        self.arrived = arrived
        self.hopeless = hopeless  # trying again cannot help


class Http:
    """One provider's API."""

    def __init__(
        self,
        provider: str,
        base_url: str,
        *,
        headers: Callable[[], Mapping[str, str]],
        words: Callable[[Any], str],
        pause: Pause,
    ) -> None:
        """
        Prepare requests; none is made, and no secret is read yet.

        Args:
            provider: its name, for messages.
            base_url: https, or http to this machine itself; paths are appended to it.
            headers: returns the headers that carry the secret; called for each request.
            words: takes the JSON of a failure and returns the provider's own explanation.
            pause: waits.

        Raises:
            SettingsError: the URL would carry the secret in the clear.
        """
        parts = urlsplit(base_url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise SettingsError(
                f"{provider}: url is not https: {base_url!r}",
                hint="write https://; the key would cross the network in the clear",
            )
        self._provider = provider
        self._base_url = base_url.rstrip("/")
        self._headers = headers
        self._words = words
        self._pause = pause
        self._session = requests.Session()
        # A kept connection may be closed by the other side as we write: nobody could say what arrived.
        self._session.headers.update(
            {"User-Agent": f"newsletter-pipeline/{__version__}", "Connection": "close"}
        )
        self._session.auth = self._authorise  # set, so that no .netrc is asked either

    def get(self, path: str, params: Params | None = None) -> Any:
        """
        Return the JSON at *path*.

        Raises:
            Rejected: with `status`, such as 404.
            AuthError, RateLimited, Unavailable, UnexpectedAnswer: as their names say.
        """
        return self._json(f"GET {path}", self._read(path, params))

    def get_text(self, path: str, params: Params | None = None) -> str:
        """Return the text at *path*, such as a rendered page: UTF-8; errors as for `get`."""
        return self._read(path, params).body.decode("utf-8", "replace")

    def write(self, method: Method, path: str, body: Any = None) -> Any:
        """
        Make a write, once, and return the JSON of its answer, or None when that is empty.

        Raises:
            Rejected: the provider refused it, with `status`; nothing was changed.
            AuthError, RateLimited, Unavailable: it did not arrive or was not taken; nothing was changed.
            OutcomeUnknown: anything else. It may have taken effect.
        """
        what = f"{method} {path}"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._ask(method, self._base_url + path, None, body)
            except _Lost as lost:
                if lost.arrived:
                    raise self._unknown(what, str(lost)) from lost
                if lost.hopeless or attempt == ATTEMPTS:
                    raise self._unavailable(what, str(lost)) from lost
                self._pause(_backoff(attempt))
                continue
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS and attempt < ATTEMPTS:
                self._pause(self._patience(what, answer, attempt))
                continue
            return self._written(what, answer)
        raise AssertionError("the last attempt returns or raises")

    def _written(self, what: str, answer: _Answer) -> Any:
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            try:
                return json.loads(answer.body) if answer.body.strip() else None
            except ValueError as err:
                raise self._unknown(what, "it said yes, in an answer that cannot be read") from err
        if HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and (
            answer.status != HTTPStatus.REQUEST_TIMEOUT
        ):
            raise self._failure(what, answer)
        raise self._unknown(what, f"{answer.status} {self._explanation(answer)}".strip())

    def _read(self, path: str, params: Params | None) -> _Answer:
        what, url = f"GET {path}", self._base_url + path
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                answer = self._followed(what, url, params)
            except _Lost as lost:
                if lost.hopeless or last:
                    raise self._unavailable(what, str(lost)) from lost
                self._pause(_backoff(attempt))
                continue
            if answer.status == HTTPStatus.OK:
                return answer
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS and not last:
                self._pause(self._patience(what, answer, attempt))
            elif answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not last:
                self._pause(_backoff(attempt))
            else:
                raise self._failure(what, answer)
        raise AssertionError("the last attempt returns or raises")

    def _followed(self, what: str, url: str, params: Params | None) -> _Answer:
        """Return the answer to a read, after redirects within the same host."""
        for _ in range(REDIRECTS):
            answer = self._ask("GET", url, params, None)
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            target = urljoin(url, answer.headers.get("Location", ""))
            if urlsplit(target)[:2] != urlsplit(url)[:2]:
                raise UnexpectedAnswer(
                    f"{self._provider}: {what}: redirected to another host, {_origin(target)!r}",
                    hint="look at url in the provider's settings: the key goes to that host alone",
                    status=answer.status,
                )
            url, params = target, None
        raise UnexpectedAnswer(
            f"{self._provider}: {what}: redirected in circles", hint="look at url in the provider's settings"
        )

    def _ask(self, method: str, url: str, params: Params | None, body: Any) -> _Answer:
        """Make one request and return its whole answer."""
        deadline = time.monotonic() + WHOLE_S
        try:
            with self._session.request(
                method, url, params=params, json=body, timeout=TIMEOUT_S, allow_redirects=False, stream=True
            ) as response:
                content = bytearray()
                for piece in response.iter_content(65536):
                    content += piece
                    if time.monotonic() > deadline or len(content) > ANSWER_BYTES:
                        raise _Lost("its answer has no end", arrived=True)
                return _Answer(response.status_code, response.headers, bytes(content))
        except requests.exceptions.SSLError as err:
            raise _Lost("its certificate cannot be verified", arrived=False, hopeless=True) from err
        except requests.RequestException as err:
            raise _lost(err) from err
        finally:
            self._session.close()  # drops the connection: not every server says that it closes it, too

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers())
        return request

    def _json(self, what: str, answer: _Answer) -> Any:
        try:
            return json.loads(answer.body)
        except ValueError as err:
            kind = "a web page" if b"<html" in answer.body[:2000].lower() else "something"
            raise UnexpectedAnswer(
                f"{self._provider}: {what}: answered with {kind} that is no JSON",
                hint="look at url in the provider's settings, and at the provider's status page",
                status=answer.status,
            ) from err

    def _failure(self, what: str, answer: _Answer) -> ProviderError:
        """Return the error that a clear refusal is."""
        said = f"{self._provider}: {what}: {answer.status} {self._explanation(answer)}".strip()
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return AuthError(
                said,
                hint="see that the key is right, and may do this: sending needs the live key",
                status=answer.status,
            )
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(
                said, hint="wait a few minutes, then run the command again", status=answer.status
            )
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self._unavailable(what, f"{answer.status} {self._explanation(answer)}".strip())
        if answer.status < HTTPStatus.BAD_REQUEST:
            return UnexpectedAnswer(said, hint="look at url in the provider's settings", status=answer.status)
        return Rejected(said, hint="mend what it names, then run the command again", status=answer.status)

    def _unavailable(self, what: str, why: str) -> Unavailable:
        return Unavailable(
            f"{self._provider}: {what}: {why}",
            hint="see that it can be reached, then run the command again: nothing was sent",
        )

    def _unknown(self, what: str, why: str) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"{self._provider}: {what}: {why}",
            hint="it may have taken effect: do not repeat, run `newsletter status`",
        )

    def _patience(self, what: str, answer: _Answer, attempt: int) -> float:
        """Return the seconds to wait that the provider asks for, or a guess where it names none."""
        wanted = _retry_after(answer.headers.get("Retry-After", ""))
        if wanted is not None and wanted > LONGEST_PAUSE_S:
            raise RateLimited(
                f"{self._provider}: {what}: too many requests; it asks to wait {wanted:.0f} seconds",
                hint="run the command again after that",
                status=answer.status,
            )
        return _backoff(attempt) if wanted is None else wanted

    def _explanation(self, answer: _Answer) -> str:
        """Return the provider's own words, without secrets and without readers' addresses."""
        try:
            words = self._words(json.loads(answer.body))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return ""
        for secret in self._headers().values():
            for part in {secret, *secret.split()}:
                words = words.replace(part, "***")
        return _ADDRESS.sub("…@", " ".join(words.split()))[:_WORDS]


def _lost(err: requests.RequestException) -> _Lost:
    """Say whether a request that failed may have arrived."""
    reason = getattr(err.args[0], "reason", None) if err.args else None
    if isinstance(err, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return _Lost("no connection in time", arrived=False)
    if isinstance(reason, urllib3.exceptions.NewConnectionError):  # name not found, refused, unreachable
        return _Lost("no connection", arrived=False)
    if isinstance(err, requests.Timeout):
        return _Lost("no answer in time", arrived=True)
    if isinstance(err, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return _Lost(f"cannot be asked: {type(err).__name__}", arrived=False, hopeless=True)
    return _Lost("the connection broke", arrived=True)


def _retry_after(text: str) -> float | None:
    """Return Retry-After in seconds from now, or None when there is none that can be read."""
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    now = dt.datetime.now(dt.UTC)
    return max(
        0.0, (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() - now.timestamp()
    )


def _backoff(attempt: int) -> float:
    """Return seconds to wait after the *attempt*-th try, counted from 1: doubled each time, with jitter."""
    return float(2 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311  (spreads load, guards nothing)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
