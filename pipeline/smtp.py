"""
Finished mails handed to a mail server: one connection, private, logged in; one copy for each address.

There is no way without TLS and a verified certificate, and none without a login. Every address is asked
for before the first copy leaves, so that one the server refuses stops them all. A copy without the dot
that ends it is never delivered; only when the answer to that dot is lost is the outcome unknown.

Sources, read 2026-11-27: RFC 5321 sections 3.3, 4.1.1.4 (end of data), 4.2.1 (replies), 4.5.2 (dots);
RFC 3207 section 4.1 (what was said before STARTTLS counts for nothing); RFC 4954 section 6 (replies to
AUTH); RFC 8314 section 3 (ports). The certificates that are trusted are the system's, or those in the
file that SSL_CERT_FILE names (OpenSSL, SSL_CTX_set_default_verify_paths).
"""

import base64
import os
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple, Self

from pipeline.errors import AuthError, OutcomeUnknown, ProviderError, Rejected, SettingsError, Unavailable
from pipeline.settings import Smtp

PASSWORD = "NEWSLETTER_SMTP_PASSWORD"  # noqa: S105  (a variable's name)
TIMEOUT_S = 30.0  # seconds to connect, and for each answer
_HELLO = "[127.0.0.1]"  # the machine's own name is nobody's business, and may take seconds to find
_WORDS = 300  # characters of the server's own explanation that are shown
_ADDRESS = re.compile(r"([^\s<>@\"'(),;:])[^\s<>@\"'(),;:]*@(?=[^\s<>@]+)")
_TRY_LATER = range(400, 500)
_LATER = "wait a few minutes, then run the command again"
_PAIRS = 'port and security belong together: 587 with "starttls", 465 with "tls"'


class Copy(NamedTuple):
    """One mail for one address."""

    to: str  # the bare address, ASCII
    content: bytes  # CRLF line ends, ASCII, ends with one


def smtp_password() -> str:
    """
    Return the password of the mail server.

    Raises:
        SettingsError: it is not set, or cannot be sent.
    """
    password = os.environ.get(PASSWORD, "")
    if not password:
        raise SettingsError(f"{PASSWORD} is not set", hint="put the mail server's password into it")
    if not (password.isascii() and password.isprintable()):
        raise SettingsError(
            f"{PASSWORD} holds a character that no login can carry",
            hint="use a password of ASCII letters, digits and signs",
        )
    return password


def deliver(
    copies: Sequence[Copy], *, sender: str, server: Smtp, password: str, timeout_s: float = TIMEOUT_S
) -> None:
    """
    Hand *copies* to *server*, each for its address alone.

    Args:
        copies: at least one.
        sender: the bare address that failures are reported to.
        server: how it is reached.
        password: of the server's user.
        timeout_s: seconds to connect, and for each answer.

    Raises:
        AuthError: the login was refused. Nothing was sent.
        Rejected: the server refused the sender, an address or a copy.
        Unavailable: no connection, no TLS, a certificate that is not trusted, "later".
        OutcomeUnknown: a copy was handed over whole, and no answer came.
        Each but the first says how many copies went out before, where any did.
    """
    with _Session(server, password, timeout_s) as session:
        session.ask_for([copy.to for copy in copies], sender)
        for done, copy in enumerate(copies):
            try:
                session.hand_over(copy, sender)
            except ProviderError as err:
                if not done:
                    raise
                message = f"{err.message}; {done} of {len(copies)} copies went out before"
                raise type(err)(message, hint=err.hint, status=err.status) from err


class _Session:
    """One connection, from its TLS and login to its end."""

    def __init__(self, server: Smtp, password: str, timeout_s: float) -> None:
        self._server = server
        self._password = password
        self._timeout_s = timeout_s
        self._smtp: smtplib.SMTP

    def __enter__(self) -> Self:
        with self._mapped():
            self._smtp = self._connected()
        try:
            with self._mapped():
                if self._server.security == "starttls":
                    self._start_tls()
                self._smtp.login(self._server.user, self._password)
        except BaseException:
            self._smtp.close()
            raise
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:  # all copies are accepted: how the server says goodbye changes nothing
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._smtp.close()

    def ask_for(self, addresses: Sequence[str], sender: str) -> None:
        """Name sender and all addresses to the server, and send them nothing yet."""
        with self._mapped():
            self._demand(self._smtp.mail(sender), f"the sender {_masked(sender)}")
            for address in addresses:
                self._demand(self._smtp.rcpt(address), _masked(address))
            self._demand(self._smtp.docmd("RSET"), "a new start")

    def hand_over(self, copy: Copy, sender: str) -> None:
        """Send one copy."""
        with self._mapped():
            self._demand(self._smtp.mail(sender), f"the sender {_masked(sender)}")
            self._demand(self._smtp.rcpt(copy.to), _masked(copy.to))
            self._demand(self._smtp.docmd("DATA"), f"the copy for {_masked(copy.to)}", good=354)
            self._smtp.send(re.sub(rb"(?m)^\.", b"..", copy.content))
        try:
            self._smtp.send(b".\r\n")
            reply = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as err:
            raise self._unknown(copy, self._loss(err)) from err
        if reply[0] < 0:
            raise self._unknown(copy, "an answer that cannot be read")
        self._demand(reply, f"the copy for {_masked(copy.to)}")

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "starttls":
            return smtplib.SMTP(server.host, server.port, _HELLO, self._timeout_s)
        return smtplib.SMTP_SSL(
            server.host, server.port, _HELLO, timeout=self._timeout_s, context=ssl.create_default_context()
        )

    def _start_tls(self) -> None:
        self._smtp.ehlo_or_helo_if_needed()
        if not self._smtp.has_extn("starttls"):
            raise Unavailable(
                f"{self._server.name}: offers no STARTTLS; no password and no mail goes there in the clear",
                hint=f"{_PAIRS}; a network that takes it out of the answer is not to be trusted",
            )
        self._smtp.starttls(context=ssl.create_default_context())

    def _demand(self, reply: tuple[int, bytes], what: str, *, good: int = 0) -> None:
        """Go on only when the server said yes to *what*."""
        code, words = reply
        if code == good or (not good and code in range(200, 300)):
            return
        raise self._refusal(code, words, what)

    def _refusal(self, code: int, words: bytes | str, what: str) -> ProviderError:
        said = f"{self._server.name}: refused {what}: {code} {self._shown(words)}".rstrip()
        if code in _TRY_LATER:
            return Unavailable(said, hint=_LATER, status=code)
        if code < 0:
            return Unavailable(f"{self._server.name}: its answer is no SMTP", hint=_PAIRS)
        return Rejected(said, hint="mend what it names, then run the command again", status=code)

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        """Turn every failure but that of an answer to a whole copy into one of our errors: nothing left."""
        name = self._server.name
        try:
            yield
        except ssl.SSLCertVerificationError as err:
            hint = (
                "see that host is the name in its certificate; SSL_CERT_FILE may name an authority of yours"
            )
            raise Unavailable(
                f"{name}: its certificate is not trusted: {err.verify_message}", hint=hint
            ) from err
        except ssl.SSLError as err:
            raise Unavailable(f"{name}: no TLS: {err.reason or err}", hint=_PAIRS) from err
        except smtplib.SMTPAuthenticationError as err:
            said = f"{name}: refused the login: {err.smtp_code} {self._shown(err.smtp_error)}".rstrip()
            if err.smtp_code in _TRY_LATER:
                raise Unavailable(said, hint=_LATER, status=err.smtp_code) from err
            hint = (
                f"see that user and {PASSWORD} are right; some servers want a password made for one program"
            )
            raise AuthError(said, hint=hint, status=err.smtp_code) from err
        except smtplib.SMTPResponseException as err:
            raise self._refusal(err.smtp_code, err.smtp_error, "the connection") from err
        except smtplib.SMTPServerDisconnected as err:
            raise Unavailable(
                f"{name}: {self._loss(err)}", hint=f"{_PAIRS}; or try again: nothing was sent"
            ) from err
        except (smtplib.SMTPException, ValueError) as err:  # no way to log in, or a challenge that is none
            raise Unavailable(
                f"{name}: no login that we know: {self._shown(str(err))}",
                hint="it must offer AUTH with PLAIN, LOGIN or CRAM-MD5",
            ) from err
        except OSError as err:
            raise Unavailable(
                f"{name}: {self._loss(err)}",
                hint="see that host and port are right, and the network is there",
            ) from err

    def _loss(self, err: OSError) -> str:
        """Say how a connection failed."""
        if isinstance(err, TimeoutError) or isinstance(err.__context__, TimeoutError):
            return f"no answer in {self._timeout_s:g} seconds"
        if isinstance(err, smtplib.SMTPException):
            return "the connection broke"
        return f"no connection: {err.strerror or err}"

    def _unknown(self, copy: Copy, why: str) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"{self._server.name}: the copy for {_masked(copy.to)} was handed over: {why}",
            hint="it may have arrived: look into that mailbox before you run the command again",
        )

    def _shown(self, words: bytes | str) -> str:
        """Return the server's words without the login, on one line, addresses masked."""
        plain = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        user, password = self._server.user, self._password
        login = [password, *(base64.b64encode(text.encode()).decode() for text in _logins(user, password))]
        for secret in login:
            plain = plain.replace(secret, "***")
        line = " ".join("".join(char if char.isprintable() else " " for char in plain).split())
        return _ADDRESS.sub(r"\1…@", line)[:_WORDS]


def _logins(user: str, password: str) -> tuple[str, str]:
    """Return what the PLAIN and the LOGIN way send of a password (RFC 4616; draft-murchison-sasl-login)."""
    return f"\0{user}\0{password}", password


def _masked(address: str) -> str:
    """Return *address* as it may stand in a log: its first letter and its domain."""
    return _ADDRESS.sub(r"\1…@", address)
