"""
The one seam to a provider's API: a session, limits, retries, one map from failures to our errors.

A read may be repeated; a write is repeated only when it surely did not arrive: no connection was made, or
the provider said "too many requests" instead of taking it. Any other write without a clear answer raises
`OutcomeUnknown`, and its effect is looked up by `publish`. A secret is read from the environment when the
first request is made, and stands in no message, error or `repr`. Our errors carry no cause from below:
the messages of requests and urllib3 hold the whole URL, and with it a reader's address.

Sources, read 2026-11-27: RFC 9110 sections 9.2.2 (idempotent methods), 10.2.3 (Retry-After) and 15.4
(redirection).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import SplitResult, urljoin, urlsplit

import requests

from pipeline.clock import Clock, Pause, utc_now
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
from pipeline.providers.exchange import LOOPBACK, MOVED, USER_AGENT, Answer, Limits, exchange, may_pass
from pipeline.providers.lost import Lost
from pipeline.providers.patience import backoff, retry_after
from pipeline.providers.secrecy import Secret, secrets_in, shown

__all__ = ["LIMITS", "Http", "Limits", "Secret"]

ATTEMPTS = 4
LONGEST_PAUSE_S = 60.0  # a longer Retry-After is a failure said plainly, and no endless wait
REDIRECTS = 3
_WORDS = 300  # characters of a provider's own explanation that are shown
_ADDRESS_OF_API = "look at url in the provider's settings"
# No more may be said when a read fails: what is scheduled goes out meanwhile.
_UNREACHED = "see that it can be reached, then run the command again"
_NOT_WRITTEN = f"{_UNREACHED}: this request changed nothing"
# What `words` and a parser may raise on an answer of any shape.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)

Method = Literal["POST", "PUT", "PATCH", "DELETE"]
Params = Mapping[str, str | int | Sequence[str]]


LIMITS = Limits()


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
        clock: Clock = utc_now,
        limits: Limits = LIMITS,
    ) -> None:
        """
        Prepare requests; none is made, and no secret is read yet.

        Args:
            provider: its name, for messages.
            base_url: https, or http to this machine itself; paths are appended to it.
            headers: returns the headers that carry the secret; called for each request.
            words: takes the JSON of a failure and returns the provider's own explanation.
            pause: waits.
            clock: tells how far away a date in Retry-After is.
            limits: when a request counts as lost.

        Raises:
            SettingsError: the URL cannot be used, or would carry the secret in the clear.
        """
        self._provider = provider
        self._base = _checked(provider, base_url)
        self._base_url = base_url.rstrip("/")
        self._headers = headers
        self._words = words
        self._pause = pause
        self._clock = clock
        self._limits = limits
        self._session = requests.Session()
        # A kept connection may be closed by the other side as we write: nobody could say what arrived.
        # The header alone does not do it: an answer without it leaves the connection in the pool.
        self._session.headers.update({"User-Agent": USER_AGENT, "Connection": "close"})
        self._session.auth = self._authorise  # set, so that no .netrc is asked either
        # Plain http stays on this machine: through a proxy, the key would leave it in the clear.
        self._session.trust_env = self._base.scheme == "https"

    def get(self, path: str, params: Params | None = None) -> Any:
        """
        Return the JSON at *path*.

        Raises:
            Rejected: with `status`, such as 404.
            AuthError, RateLimited, Unavailable, UnexpectedAnswer: as their names say.
        """
        answer = self._read(path, params)
        found = _parsed(answer.body)
        if isinstance(found, _Unreadable):
            kind = "a web page" if b"<html" in answer.body[:2000].lower() else "something"
            raise UnexpectedAnswer(
                self._said(f"GET {path}", f"answered with {kind} that is no JSON"),
                hint=f"{_ADDRESS_OF_API}, and at the provider's status page",
                status=answer.status,
            )
        return found

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
            answer = self._ask(method, self._base_url + path, None, body)
            if isinstance(answer, Lost):
                if answer.arrived:
                    raise self._unknown(what, answer.why)
                if answer.hopeless or attempt == ATTEMPTS:
                    raise self._unavailable(what, answer.why, hint=answer.hint or _NOT_WRITTEN)
                self._pause(backoff(attempt))
            elif answer.status == HTTPStatus.TOO_MANY_REQUESTS and attempt < ATTEMPTS:
                self._pause(self._patience(what, answer, attempt))
            else:
                return self._written(what, answer)
        raise AssertionError("the last attempt returns or raises")

    def _written(self, what: str, answer: Answer) -> Any:
        """Return what a write was answered with, or raise what that means."""
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            if not answer.body.strip():
                return None
            found = _parsed(answer.body)
            if isinstance(found, _Unreadable):
                raise self._unknown(what, "it said yes, in an answer that cannot be read", answer.status)
            return found
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            raise self._unknown(what, f"{answer.status}, sent on to another page", answer.status)
        if (
            answer.status == HTTPStatus.REQUEST_TIMEOUT
            or not HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        ):
            raise self._unknown(what, self._explanation(answer), answer.status)
        raise self._failure(what, answer)

    def _read(self, path: str, params: Params | None) -> Answer:
        what = f"GET {path}"
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            answer = self._followed(what, self._base_url + path, params)
            if isinstance(answer, Lost):
                if answer.hopeless or last:
                    raise self._unavailable(what, answer.why, hint=answer.hint)
                self._pause(backoff(attempt))
            elif answer.status == HTTPStatus.OK:
                return answer
            elif may_pass(answer.status) and not last:
                self._pause(self._patience(what, answer, attempt))
            else:
                raise self._failure(what, answer)
        raise AssertionError("the last attempt returns or raises")

    def _followed(self, what: str, url: str, params: Params | None) -> Answer | Lost:
        """Return the answer to a read, after redirects within the same API."""
        for _ in range(REDIRECTS + 1):
            answer = self._ask("GET", url, params, None)
            if isinstance(answer, Lost) or answer.status not in MOVED:
                return answer
            url, params = self._target(what, url, answer), None
        raise UnexpectedAnswer(self._said(what, "redirected in circles"), hint=_ADDRESS_OF_API)

    def _target(self, what: str, url: str, answer: Answer) -> str:
        """Return where a redirect leads: with the key only there where the settings send it."""
        location = answer.headers.get("Location", "")
        try:
            target = urljoin(url, location)
            parts = urlsplit(target)
            is_same = _origin(parts) == _origin(self._base)
        except ValueError:
            location = ""
        why = ""
        if not location:
            why = "redirected to nowhere"
        elif not is_same or parts.username is not None:
            why = f"redirected to another host, {parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        elif not parts.path.startswith(f"{self._base.path.rstrip('/')}/"):
            why = f"redirected to a page outside the API, {parts.path}"
        if why:
            raise UnexpectedAnswer(
                self._said(what, why),
                hint=f"{_ADDRESS_OF_API}: the key goes there alone",
                status=answer.status,
            )
        return target

    def _ask(self, method: str, url: str, params: Params | None, body: Any) -> Answer | Lost:
        """Make one request and return its whole answer."""
        request = requests.Request(method, url, params=params, json=body)
        return exchange(self._session, request, self._limits)

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers())
        return request

    def _said(self, what: str, why: str) -> str:
        """Return a message, whatever the provider put into its words."""
        secrets = secrets_in(self._headers())
        return f"{self._provider}: {shown(what, secrets)}: {shown(why, secrets)[:_WORDS]}"

    def _failure(self, what: str, answer: Answer) -> ProviderError:
        """Return the error that a clear refusal is."""
        status, said = answer.status, self._said(what, self._explanation(answer))
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            hint = "see that the key is right, and has the rights for this that README.md names"
            return AuthError(said, hint=hint, status=status)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            hint = "wait a few minutes, then run the command again"
            return RateLimited(said, hint=hint, status=status)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
            return self._unavailable(what, self._explanation(answer), status)
        if status < HTTPStatus.BAD_REQUEST:
            return UnexpectedAnswer(said, hint=_ADDRESS_OF_API, status=status)
        return Rejected(said, hint="mend what it names, then run the command again", status=status)

    def _unavailable(self, what: str, why: str, status: int = 0, *, hint: str = "") -> Unavailable:
        at = "" if status else f" at {self._base.scheme}://{self._base.hostname}"
        return Unavailable(self._said(what, f"{why}{at}"), hint=hint or _UNREACHED, status=status)

    def _unknown(self, what: str, why: str, status: int = 0) -> OutcomeUnknown:
        hint = "it may have taken effect: do not repeat, run `newsletter status`"
        return OutcomeUnknown(self._said(what, why), hint=hint, status=status)

    def _patience(self, what: str, answer: Answer, attempt: int) -> float:
        """Return the seconds to wait that the provider asks for, or a guess where it names none."""
        wanted = retry_after(answer.headers, self._clock)
        if wanted is None or wanted <= LONGEST_PAUSE_S:
            return max(wanted or 0.0, backoff(attempt))
        message = self._said(what, f"{answer.status}, and it asks to wait {wanted:.0f} seconds")
        hint = "run the command again after that"
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimited(message, hint=hint, status=answer.status)
        raise Unavailable(message, hint=hint, status=answer.status)

    def _explanation(self, answer: Answer) -> str:
        """Return the status and the provider's own words, as far as they may be shown."""
        found = _parsed(answer.body)
        try:
            words = "" if isinstance(found, _Unreadable) else str(self._words(found))
        except _UNREADABLE:
            words = ""
        return f"{answer.status} {shown(words, secrets_in(self._headers()))}".strip()


class _Unreadable:
    """What is no JSON."""


def _parsed(body: bytes) -> Any:
    """Return JSON, or `_Unreadable`: no error that would carry the body along."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _Unreadable()


def _checked(provider: str, base_url: str) -> SplitResult:
    """Return the parts of an API's URL; it is shown in no error, since a key may stand in it."""
    hint = "write it as https://HOST/PATH"
    try:
        parts = urlsplit(base_url)
        _ = requests.Request("GET", base_url).prepare(), parts.port, (parts.hostname or "").encode("idna")
    except ValueError:
        parts = urlsplit("")
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise SettingsError(f"{provider}: url is no address of an API", hint=hint)
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(
            f"{provider}: url has more than a host and a path", hint=f"{hint}; the key is never part of it"
        )
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise SettingsError(
            f"{provider}: url is not https: {base_url!r}",
            hint="write https://; the key would cross the network in the clear",
        )
    return parts


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
