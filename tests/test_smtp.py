"""Copies handed to a real mail server over real TLS, and every way in which that fails."""

import base64
import socket
import ssl
from pathlib import Path

import pytest

from mailserver import PASSWORD, USER, Authority, Mailbox, Security, dawdle, hang_up, mail_server, scripted
from pipeline.errors import AuthError, OutcomeUnknown, ProviderError, Rejected, SettingsError, Unavailable
from pipeline.settings import Smtp
from pipeline.smtp import Copy, deliver, smtp_password

SENDER = "luke@steady.example"
CONTENT = b"Subject: Backs\r\n\r\n.hidden\r\n..\r\n.\r\nend\r\n"
ADA, BEN = Copy("ada@house.example", CONTENT), Copy("ben@house.example", CONTENT)


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate, whose authority the environment trusts."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority.context


def hand_over(server: Smtp, *copies: Copy, password: str = PASSWORD, timeout_s: float = 10) -> None:
    """Deliver *copies*, or one."""
    deliver(copies or [ADA], sender=SENDER, server=server, password=password, timeout_s=timeout_s)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_each_address_gets_a_copy_of_its_own(context: ssl.SSLContext, security: Security) -> None:
    """After TLS and a login, over one connection; lines that begin with a dot arrive as they were."""
    mailbox = Mailbox()
    with mail_server(mailbox, context, security) as server:
        hand_over(server, ADA, BEN)
    assert [(mail.sender, mail.to) for mail in mailbox.mails] == [(SENDER, (ADA.to,)), (SENDER, (BEN.to,))]
    assert {mail.content for mail in mailbox.mails} == {CONTENT}
    assert [line for line in mailbox.commands if line.startswith("AUTH")] == ["AUTH PLAIN"]


def test_a_wrong_password_is_refused_and_never_shown(context: ssl.SSLContext) -> None:
    """535: an AuthError, nothing sent."""
    mailbox = Mailbox()
    with mail_server(mailbox, context) as server, pytest.raises(AuthError, match="login: 535") as caught:
        hand_over(server, password="wrong-pa55")  # noqa: S106  (a wrong one)
    assert caught.value.status == 535
    assert "wrong-pa55" not in f"{caught.value.message} {caught.value.hint}"
    assert not any(line.startswith("RCPT") for line in mailbox.commands)


def test_what_a_server_repeats_of_a_login_is_masked(context: ssl.SSLContext) -> None:
    """Some answer with the command they did not like: password, its base64, and addresses stay out."""
    plain = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode())
    bad = b"500 bad: AUTH PLAIN " + plain + b" " + PASSWORD.encode() + b" for ada@house.example\r\n"
    steps = (b"220 hello\r\n", b"250-hello\r\n250 AUTH PLAIN\r\n", bad)
    with scripted(*steps, context=context) as server, pytest.raises(AuthError) as caught:
        hand_over(server)
    assert caught.value.message.endswith("500 bad: AUTH PLAIN *** *** for a…@house.example")


def test_a_login_that_cannot_be_looked_up_now_is_no_wrong_password(context: ssl.SSLContext) -> None:
    """454: try later (RFC 4954, section 6)."""
    steps = (b"220 hello\r\n", b"250-hello\r\n250 AUTH PLAIN\r\n", b"454 later\r\n")
    with scripted(*steps, context=context) as server, pytest.raises(Unavailable, match="454 later"):
        hand_over(server)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("names", [(), ("smtp.other.example",)], ids=["authority", "name"])
def test_a_certificate_that_is_not_trusted_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: Security, names: tuple[str, ...]
) -> None:
    """Of an unknown authority, or for another host: no password is sent."""
    authority = Authority(tmp_path, *names)
    if names:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    mailbox = Mailbox()
    with (
        mail_server(mailbox, authority.context, security) as server,
        pytest.raises(Unavailable, match="certificate is not trusted: "),
    ):
        hand_over(server)
    assert (mailbox.commands, mailbox.mails) == ([], [])


def test_without_starttls_nobody_logs_in() -> None:
    """Neither password nor mail crosses a network in the clear."""
    mailbox = Mailbox()
    with mail_server(mailbox, None) as server, pytest.raises(Unavailable, match="offers no STARTTLS"):
        hand_over(server)
    assert (mailbox.commands, mailbox.mails) == ([], [])


def test_words_said_before_tls_count_for_nothing(context: ssl.SSLContext) -> None:
    """A login that was offered in the clear alone is none (RFC 3207, section 4.2)."""
    steps = (b"220 hello\r\n", b"250-hello\r\n250 STARTTLS\r\n", b"220 go\r\n250-x\r\n250 AUTH PLAIN\r\n")
    with scripted(*steps) as server, pytest.raises(Unavailable):
        hand_over(server)
    with (
        scripted(b"220 hello\r\n", b"250 hello\r\n", context=context) as server,
        pytest.raises(Unavailable, match="no login that we know"),
    ):
        hand_over(server)


def test_an_address_that_is_refused_stops_all_copies(context: ssl.SSLContext) -> None:
    """Every address is asked for first; the refused one is named, masked, with the server's own words."""
    mailbox = Mailbox(refuse={BEN.to: f"550 no such user {BEN.to}"})
    with mail_server(mailbox, context) as server, pytest.raises(Rejected) as caught:
        hand_over(server, ADA, BEN)
    assert caught.value.message.endswith("refused b…@house.example: 550 no such user b…@house.example")
    assert (caught.value.status, mailbox.mails) == (550, [])


def test_an_address_that_is_not_taken_now_may_be_tried_again(context: ssl.SSLContext) -> None:
    """4xx is no refusal for good (RFC 5321, section 4.2.1)."""
    mailbox = Mailbox(refuse={ADA.to: "450 busy"})
    with mail_server(mailbox, context) as server, pytest.raises(Unavailable, match="450 busy"):
        hand_over(server)


@pytest.mark.parametrize(
    ("reply", "error"), [("554 spam", Rejected), ("451 full", Unavailable)], ids=["for good", "for now"]
)
def test_a_copy_that_is_refused_says_how_many_went_before(
    context: ssl.SSLContext, reply: str, error: type[ProviderError]
) -> None:
    """Whoever runs it again knows who has one already."""
    mailbox = Mailbox(reply=reply, first=1)
    with mail_server(mailbox, context) as server, pytest.raises(error) as caught:
        hand_over(server, ADA, BEN)
    assert caught.value.message.endswith(
        f"the copy for b…@house.example: {reply}; 1 of 2 copies went out before"
    )
    assert [mail.to for mail in mailbox.mails] == [(ADA.to,)]


@pytest.mark.parametrize("answer", [hang_up, dawdle])
def test_a_lost_answer_to_a_whole_copy_is_an_unknown_outcome(context: ssl.SSLContext, answer: object) -> None:
    """It may have been delivered: exit code 5, and no second try."""
    mailbox = Mailbox(answer=answer)
    with (
        mail_server(mailbox, context) as server,
        pytest.raises(OutcomeUnknown, match=r"handed over: (the connection broke|no answer in 0\.7 seconds)"),
    ):
        hand_over(server, timeout_s=0.7)
    assert len([line for line in mailbox.commands if line.startswith("RCPT")]) == 2


@pytest.mark.parametrize("last", [b"nonsense\r\n", b"2" * 10_000 + b"\r\n"], ids=["no code", "no end"])
def test_an_answer_that_cannot_be_read_is_an_unknown_outcome(context: ssl.SSLContext, last: bytes) -> None:
    """Whatever it means, it does not say no."""
    yes = b"250 yes\r\n"
    steps = (b"220 hello\r\n", b"250-hello\r\n250 AUTH PLAIN\r\n", b"235 in\r\n", *[yes] * 5, b"354 go\r\n")
    with scripted(*steps, last, context=context) as server, pytest.raises(OutcomeUnknown):
        hand_over(server, Copy(ADA.to, b"one line\r\n"))


def test_a_copy_cut_off_in_the_middle_is_never_delivered(context: ssl.SSLContext) -> None:
    """Without the dot at its end the server must not deliver it (RFC 5321, section 4.1.1.4)."""
    yes = b"250 yes\r\n"
    steps = (b"220 hello\r\n", b"250-hello\r\n250 AUTH PLAIN\r\n", b"235 in\r\n", *[yes] * 5, b"354 go\r\n")
    with (
        scripted(*steps, context=context) as server,
        pytest.raises(Unavailable, match="the connection broke"),
    ):
        hand_over(server, Copy(ADA.to, b"a line of a long letter\r\n" * 800_000))


def test_a_server_that_says_nothing_is_left(context: ssl.SSLContext) -> None:
    """Each wait has its end, in the clear as well as in TLS."""
    for given in (None, context):
        with (
            scripted(context=given) as server,
            pytest.raises(Unavailable, match=r"no answer in 0\.3 seconds"),
        ):
            hand_over(server, timeout_s=0.3)


@pytest.mark.parametrize(
    "steps",
    [
        (b"554 go away\r\n",),
        (b"HTTP/1.1 400 Bad Request\r\n",),
        (b"220 hi\r\n", b"250 STARTTLS\r\n", b"454 no\r\n"),
    ],
    ids=["refuses", "no SMTP", "no TLS now"],
)
def test_a_greeting_that_is_none_is_told(steps: tuple[bytes, ...]) -> None:
    """The server's own words, or that it is no mail server."""
    with scripted(*steps) as server, pytest.raises((Rejected, Unavailable)) as caught:
        hand_over(server)
    assert server.name in caught.value.message


def test_where_nobody_listens_the_host_is_named() -> None:
    """A closed port, and a name that does not exist."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for host in ("127.0.0.1", "smtp.nowhere.invalid"):
        with pytest.raises(Unavailable, match=rf"{host}:{port}: no connection: "):
            hand_over(Smtp(host, port, "starttls", USER))


def test_port_and_security_that_do_not_belong_together_are_told(context: ssl.SSLContext) -> None:
    """TLS asked of a server that begins in the clear."""
    with mail_server(Mailbox(), context) as server, pytest.raises(Unavailable) as caught:
        hand_over(Smtp(server.host, server.port, "tls", USER))
    assert '465 with "tls"' in caught.value.hint


def test_the_password_stands_in_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, it is named; one that no login can carry is refused without being shown."""
    monkeypatch.delenv("NEWSLETTER_SMTP_PASSWORD", raising=False)
    with pytest.raises(SettingsError, match="NEWSLETTER_SMTP_PASSWORD is not set"):
        smtp_password()
    for bad in ("pässword", "two\nlines"):
        monkeypatch.setenv("NEWSLETTER_SMTP_PASSWORD", bad)
        with pytest.raises(SettingsError) as caught:
            smtp_password()
        assert bad not in f"{caught.value.message} {caught.value.hint}"
    monkeypatch.setenv("NEWSLETTER_SMTP_PASSWORD", PASSWORD)
    assert smtp_password() == PASSWORD
