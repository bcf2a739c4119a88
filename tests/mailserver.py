"""A real mail server for proofs: TLS with certificates of our own making, a login, and what can go wrong."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pipeline.settings import Smtp

USER, PASSWORD = "proofs@steady.example", "pa55-wort!"
Security = Literal["starttls", "tls"]


@dataclass(frozen=True)
class Delivered:
    """One mail as it arrived."""

    sender: str
    to: tuple[str, ...]
    content: bytes


@dataclass
class Mailbox:
    """What the server does with mails: keeps them, unless told otherwise."""

    mails: list[Delivered] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)  # AUTH and RCPT as they came
    refuse: dict[str, str] = field(default_factory=dict)  # address -> reply
    reply: str = "250 OK"  # to a whole copy
    first: int = 0  # copies that are taken before `reply` counts
    answer: Callable[[SMTP], Any] | None = None  # takes the place of a reply to a whole copy

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address, or refuse it."""
        self.commands.append(f"RCPT {address}")
        if not session.authenticated:
            return "530 log in first"
        if address not in self.refuse:
            envelope.rcpt_tos.append(address)
        return self.refuse.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a whole copy, or fail."""
        if self.answer is not None:
            await self.answer(server)
        if len(self.mails) >= self.first and not self.reply.startswith("250"):
            return self.reply
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        self.mails.append(Delivered(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        """Let the one user in."""
        self.commands.append(f"AUTH {mechanism}")
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)


async def hang_up(server: SMTP) -> None:
    """Break the connection instead of answering."""
    server.transport.abort()
    await asyncio.sleep(0)


async def dawdle(server: SMTP) -> None:
    """Answer later than anybody waits for, with a broken connection."""
    await asyncio.sleep(1.5)
    server.transport.abort()


class _OnAnyPort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Authority:
    """A certificate authority, its file, and a server's certificate."""

    def __init__(self, folder: Path, *names: str) -> None:
        """Issue a certificate for *names*; default: this machine."""
        self._authority = trustme.CA()
        self.file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(self.file)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._authority.issue_cert(*(names or ("127.0.0.1",))).configure_cert(self.context)


@contextmanager
def mail_server(
    mailbox: Mailbox, context: ssl.SSLContext | None, security: Security = "starttls", **options: Any
) -> Iterator[Smtp]:
    """Run a server that wants a login, and TLS before it where it has a certificate; return its address."""
    tls: dict[str, Any] = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    if context is not None:
        tls["authenticator"] = mailbox.authenticate
        tls |= {"require_starttls": True} if security == "starttls" else {"auth_require_tls": False}
    controller = _OnAnyPort(mailbox, hostname="127.0.0.1", port=0, **tls, **options)
    controller.start()
    try:
        yield Smtp("127.0.0.1", controller.port, security, USER)
    finally:
        controller.stop()


@contextmanager
def scripted(*steps: bytes, context: ssl.SSLContext | None = None) -> Iterator[Smtp]:
    """Run a server that says *steps*, one for each line it hears (the first at once), and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve() -> None:
            plain, _ = listening.accept()
            try:
                connection = context.wrap_socket(plain, server_side=True) if context else plain
                with connection, connection.makefile("rb") as heard:
                    for number, step in enumerate(steps):
                        if number:
                            heard.readline()
                        connection.sendall(step)
                    if not steps:
                        over.wait(10)
            except OSError:  # the client is gone, which is its right
                plain.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield Smtp("127.0.0.1", listening.getsockname()[1], "tls" if context else "starttls", USER)
        finally:
            over.set()
            thread.join(10)
