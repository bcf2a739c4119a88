"""
Whether a request that failed may have arrived: it did, unless the error proves that it did not.

Source: source code of requests 2.34 (adapters.py) and urllib3 2.8 (connectionpool.py), read 2026-11-27.
"""

import ssl
from collections.abc import Iterator
from typing import NamedTuple

import requests
import urllib3


class Lost(NamedTuple):
    """No whole answer came."""

    why: str
    arrived: bool  # the request may have arrived; otherwise it surely did not
    hopeless: bool = False  # trying again cannot help
    hint: str = ""


# The first that fits counts.
_KINDS: tuple[tuple[type[BaseException], Lost], ...] = (
    (
        ssl.SSLCertVerificationError,  # raised in the handshake alone; any other of TLS may come later
        Lost(
            "its certificate cannot be verified",
            arrived=False,
            hopeless=True,
            hint="an authority of your own goes into REQUESTS_CA_BUNDLE; never switch the check off",
        ),
    ),
    # raised until the way through the proxy is open
    (requests.exceptions.ProxyError, Lost("no way through the proxy of the environment", arrived=False)),
    (
        requests.exceptions.InvalidURL,  # our own was looked at when the provider was opened
        Lost("the proxy of the environment cannot be used", arrived=False, hopeless=True),
    ),
    (
        requests.exceptions.InvalidSchema,  # SOCKS, without what it needs
        Lost("the proxy of the environment cannot be used", arrived=False, hopeless=True),
    ),
    (urllib3.exceptions.NameResolutionError, Lost("its host name is not known", arrived=False)),
    # refused, unreachable
    (urllib3.exceptions.NewConnectionError, Lost("no connection", arrived=False)),
    (requests.ConnectTimeout, Lost("no connection in time", arrived=False)),
    (requests.Timeout, Lost("no answer in time", arrived=True)),
    (urllib3.exceptions.TimeoutError, Lost("no answer in time", arrived=True)),
)


def lost(err: Exception) -> Lost:
    """Return what an error of requests or urllib3 means."""
    causes = tuple(_causes(err))
    return next(
        (meaning for kind, meaning in _KINDS if any(isinstance(cause, kind) for cause in causes)),
        Lost("the connection broke", arrived=True),
    )


def _causes(err: object) -> Iterator[BaseException]:
    """Yield an error and what it wraps: both libraries put that into the first argument or `reason`."""
    if isinstance(err, BaseException):
        yield err
        yield from _causes(getattr(err, "reason", None) or (err.args[0] if err.args else None))
