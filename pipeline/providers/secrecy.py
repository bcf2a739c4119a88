"""Keys, and what may be shown of foreign words: no key, no reader's address, no signs of control."""

import base64
import binascii
import html
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from pipeline.errors import SettingsError

# Everything up to the next space or bracket around an @, plain or encoded for HTML, URLs or JSON.
_ADDRESS = re.compile(
    r'"[^"@]*"@\S+'
    r"|[^\s<>\[\]{}(),;]*(?:[@＠﹫]|%(?:25)*40|&#0*64;|&#x0*40;|&commat;|\\u0040)[^\s<>\[\]{}(),;]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of the environment; its value is never part of a `repr`."""

    variable: str

    def value(self) -> str:
        """
        Return the secret: ASCII that can stand in a header.

        Raises:
            SettingsError: the variable is not set, or holds what cannot be a key.
        """
        value = os.environ.get(self.variable, "").strip()
        if not value:
            raise SettingsError(
                f"{self.variable} is not set",
                hint=f"put the provider's key into the environment as {self.variable}; "
                "in CI, into the secrets of the protected environment",
            )
        if not (value.isascii() and value.isprintable()):
            raise SettingsError(
                f"{self.variable} holds a line break or a letter that no key has",
                hint="copy the key once more from the provider's page, and nothing around it",
            )
        return value


def secrets_in(headers: Mapping[str, str]) -> frozenset[str]:
    """
    Return the secrets that request headers carry, in each form in which they may be said again.

    Of `Basic dXNlcjprZXk=` these are the value, the token in it, `user:key` and `key`; the scheme is none.
    """
    found: set[str] = set()
    for value in headers.values():
        token = value.split()[-1] if value.split() else ""
        pair = _decoded(token)
        found |= {value, token, token.partition(":")[2], pair, pair.partition(":")[2]}
    return frozenset(found - {""})


def shown(text: str, secrets: Collection[str]) -> str:
    """
    Return *text* on one line, each secret as `***` and each mail address as `…`.

    A text that says a secret in another encoding, or in another case, is not shown at all.
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    for secret in sorted(secrets, key=len, reverse=True):
        line = line.replace(secret, "***")
    bare = _bare(line)
    if any(_bare(secret) in bare for secret in secrets if _bare(secret)):
        return "(its words repeat the key, and are not shown)"
    return _ADDRESS.sub("…", line)


def _decoded(token: str) -> str:
    """Return the `user:key` in a token of HTTP's basic authentication, or nothing."""
    try:
        pair = base64.b64decode(token, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return pair if ":" in pair else ""


def _bare(text: str) -> str:
    """Return *text* without any encoding of signs, spaces and case, to compare only."""
    for _ in range(3):  # encoded, and encoded again by whoever passed it on
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
        text = html.unescape(unquote_plus(text)).replace("\\", "")
    return "".join(text.split()).casefold()
