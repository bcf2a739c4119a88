"""Every failure of the road to a provider becomes one error that says truly whether something was written."""

import contextlib
import datetime as dt
import gc
import os
import socket
import ssl
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from conftest import SetClock
from pipeline import __version__
from pipeline.errors import (
    AuthError,
    OutcomeUnknown,
    PipelineError,
    ProviderError,
    RateLimited,
    Rejected,
    SettingsError,
    Unavailable,
    UnexpectedAnswer,
)
from pipeline.providers.http import Http, Limits, Secret
from wire import Reply, Wire, answer, cut, drip, free_port, kept, silence, wired

KEY = "sk-Zw/8+J3pQ7"
FAST = Limits(connect_s=0.5, wait_s=0.25, whole_s=0.5, answer_bytes=100_000)
HTML = b"<!doctype html><html><title>Sign in</title></html>"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key, and nothing of the machine's own ways to the network."""
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "requests_ca_bundle",
        "curl_ca_bundle",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("POSTLY_KEY", KEY)


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that were waited."""
    return []


@pytest.fixture
def ask(pauses: list[float]) -> Callable[..., Http]:
    """Return a client of the API at a URL."""

    def client(url: str, **other: Any) -> Http:
        given = {
            "headers": lambda: {"Authorization": f"Token {Secret('POSTLY_KEY').value()}"},
            "words": lambda said: said["detail"],
            "pause": pauses.append,
            "limits": FAST,
            **other,
        }
        return Http("postly", url, **given)

    return client


Ask = Callable[..., Http]


# ----- what is asked, and what comes back -----


def test_a_read_carries_the_key_and_our_name(ask: Ask) -> None:
    """Parameters may be repeated; the connection is not kept."""
    with wired(answer(body={"results": []})) as wire:
        assert ask(f"{wire.url}/v1/").get("/emails", {"tag": ["a", "b c"], "page": 2}) == {"results": []}
    assert wire.lines() == ["GET /v1/emails?tag=a&tag=b+c&page=2"]
    assert wire.header("Authorization") == f"Token {KEY}"
    assert wire.header("User-Agent") == f"newsletter-pipeline/{__version__}"
    assert wire.header("Connection") == "close"


def test_a_write_sends_json_and_returns_json(ask: Ask) -> None:
    """An empty answer is None."""
    with wired(answer(201, {"id": 7}), answer(204)) as wire:
        http = ask(wire.url)
        assert http.write("POST", "/emails", {"subject": "Rücken"}) == {"id": 7}
        assert http.write("DELETE", "/emails/7") is None
    assert wire.lines() == ["POST /emails", "DELETE /emails/7"]
    assert wire.heard[0].endswith(b'{"subject": "R\\u00fccken"}')
    assert wire.header("Content-Type", 0) == "application/json"


def test_a_text_is_read_as_utf_8(ask: Ask) -> None:
    """Whatever the head of the answer says of its charset."""
    with wired(answer(body="<p>Rücken</p>".encode(), content_type="text/html; charset=iso-8859-1")) as wire:
        assert ask(wire.url).get_text("/preview") == "<p>Rücken</p>"


def test_a_slow_but_steady_answer_is_read(ask: Ask) -> None:
    """The limit is on each wait and on the whole, and an answer within both is good."""
    with wired(drip(b"[", 0.05, 1)) as wire, pytest.raises(UnexpectedAnswer):
        ask(wire.url).get("/emails")
    with wired(drip(b"1", 0.05, 4)) as wire:
        assert ask(wire.url).get("/emails") == 1111


def test_no_connection_is_kept(ask: Ask) -> None:
    """Whatever the provider wants: a write on a connection that it just closed is lost, who knows where."""
    ends: list[bytes] = []
    with wired(kept(answer(body=1, connection="keep-alive"), ends)) as wire:
        http = ask(wire.url)
        assert [http.get("/emails"), http.write("POST", "/emails", {})] == [1, 1]
    assert ends == [b"", b""]


# ----- no clear answer -----

LOST: dict[str, tuple[Reply, str]] = {
    "cut before the head": (cut(), "the connection broke"),
    "closed before the head": (b"", "the connection broke"),
    "cut within the head": (cut(b"HTTP/1.1 200 OK\r\nContent-Le"), "the connection broke"),
    "cut after the head": (cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"), "the connection broke"),
    "body shorter than said": (b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a":', "the connection broke"),
    "whole JSON, body shorter than said": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        "the connection broke",
    ),
    "chunks without an end": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "the connection broke",
    ),
    "two lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{} ", "the connection broke"),
    "no gzip": (answer(body=b"{}", content_encoding="gzip"), "the connection broke"),
    "no HTTP": (b"SSH-2.0-server\r\n", "the connection broke"),
    "silence": (silence(1.5), "no answer in time"),
    "silence within the body": (drip(b"1", 0.4, 2), "no answer in time"),
    "drip": (drip(b"1", 0.1, 20), "its answer has no end"),
    "huge": (answer(body=b"1" * 200_000), "its answer has no end"),
}


@pytest.mark.parametrize("case", LOST)
def test_a_write_without_a_whole_answer_is_unknown_and_made_once(
    ask: Ask, case: str, pauses: list[float]
) -> None:
    """It may have taken effect: nothing is repeated, and the hint says what to run."""
    reply, why = LOST[case]
    with wired(reply) as wire, pytest.raises(OutcomeUnknown) as caught:
        ask(wire.url).write("POST", "/emails", {"subject": "x"})
    assert caught.value.message == f"postly: POST /emails: {why}"
    assert "newsletter status" in caught.value.hint
    assert wire.lines() == ["POST /emails"]
    assert pauses == []


@pytest.mark.parametrize("case", LOST)
def test_a_read_without_a_whole_answer_is_made_again(ask: Ask, case: str, pauses: list[float]) -> None:
    """A later answer is as good."""
    with wired(LOST[case][0], answer(body=[1])) as wire:
        assert ask(wire.url).get("/emails") == [1]
    assert len(wire.heard) == 2
    assert len(pauses) == 1


def test_a_read_gives_up_after_four_tries(ask: Ask, pauses: list[float]) -> None:
    """The pauses double, with jitter, so that many readers do not come back at once."""
    with wired(cut()) as wire, pytest.raises(Unavailable, match="GET /emails: the connection broke"):
        ask(wire.url).get("/emails")
    assert len(wire.heard) == 4
    assert [0.5 <= pause / 2**step <= 1 for step, pause in enumerate(pauses)] == [True] * 3


def test_nobody_listening_is_tried_again_and_nothing_was_written(ask: Ask, pauses: list[float]) -> None:
    """A refused connection carried no request: reads and writes alike."""
    http = ask(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable, match=r"POST /emails: no connection at http://127.0.0.1$") as written:
        http.write("POST", "/emails", {})
    with pytest.raises(Unavailable, match=r"GET /emails: no connection at http://127.0.0.1$") as read:
        http.get("/emails")
    assert len(pauses) == 6
    assert written.value.hint.endswith("run the command again: this request changed nothing")
    assert read.value.hint.endswith("run the command again")


def test_a_write_after_a_refused_connection_arrives_once(ask: Ask) -> None:
    """The provider comes back while we wait."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        wires: list[Wire] = []

        def come_back(_seconds: float) -> None:
            wires.append(stack.enter_context(wired(answer(201, {"id": 1}), port=port)))

        assert ask(f"http://127.0.0.1:{port}", pause=come_back).write("POST", "/emails", {}) == {"id": 1}
    assert [wire.lines() for wire in wires] == [["POST /emails"]]


def test_a_host_that_takes_no_connection_is_not_waited_for(ask: Ask, pauses: list[float]) -> None:
    """Where connecting itself takes too long, nothing was written."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):  # the queue of those who wait to be taken
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        with pytest.raises(Unavailable, match="no connection in time"):
            ask(f"http://127.0.0.1:{full.getsockname()[1]}").write("POST", "/emails", {})
    assert len(pauses) == 3


def test_an_unknown_name_is_said(ask: Ask) -> None:
    """The top-level domain 'invalid' never exists (RFC 6761, section 6.4, read 2026-11-27)."""
    with pytest.raises(Unavailable, match="its host name is not known"):
        ask("https://postly.invalid/v1").write("POST", "/emails", {})


# ----- answers that refuse -----


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Rejected), (401, AuthError), (403, AuthError), (404, Rejected), (409, Rejected), (422, Rejected)],
)
def test_a_refusal_is_final(ask: Ask, status: int, error: type[ProviderError], pauses: list[float]) -> None:
    """The provider's own words and the status are in the error; nothing is repeated, read or write."""
    with wired(answer(status, {"detail": "Slug is\n taken."})) as wire:
        for act in (lambda: ask(wire.url).get("/emails"), lambda: ask(wire.url).write("PUT", "/emails", {})):
            with pytest.raises(error, match=rf": {status} Slug is taken\.") as caught:
                act()
            assert caught.value.status == status
            assert type(caught.value) is error
    assert wire.lines() == ["GET /emails", "PUT /emails"]
    assert pauses == []


@pytest.mark.parametrize(
    "said", [HTML, b"", b'"no"', b'{"detail": {"a": [1]}}', b"[" * 100_000, b"\xff", b"{}"]
)
@pytest.mark.parametrize(("status", "error"), [(403, AuthError), (422, Rejected), (500, OutcomeUnknown)])
def test_words_of_any_shape_do_not_change_what_happened(
    ask: Ask, said: bytes, status: int, error: type[ProviderError]
) -> None:
    """A web page, nothing, other JSON than expected, or JSON too deep to read: the status decides."""
    gc.collect()  # at the bottom of a recursion no warning of an older test's could be told any more
    with wired(answer(status, said)) as wire, pytest.raises(error, match=f"POST /emails: {status}"):
        ask(wire.url, limits=FAST._replace(answer_bytes=1_000_000)).write("POST", "/emails", {})


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_failing_provider_is_read_again_and_not_written_to_again(
    ask: Ask, status: int, pauses: list[float]
) -> None:
    """A gateway's error says nothing of what became of a write behind it."""
    failing = answer(status, {"detail": "oops"})
    with wired(failing, failing, answer(body=1)) as wire:
        assert ask(wire.url).get("/emails") == 1
    assert len(pauses) == 2
    with wired(failing) as wire, pytest.raises(Unavailable, match=f"GET /emails: {status} oops") as caught:
        ask(wire.url).get("/emails")
    assert (len(wire.heard), caught.value.status) == (4, status)
    assert "nothing" not in caught.value.hint  # what is scheduled goes out meanwhile
    with wired(failing) as wire, pytest.raises(OutcomeUnknown, match=f"{status} oops") as unknown:
        ask(wire.url).write("PUT", "/emails/7", {})
    assert (len(wire.heard), unknown.value.status) == (1, status)


NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
WAITS = [
    ({"retry_after": "7"}, 7.0),
    ({"retry_after": "60"}, 60.0),
    ({"retry_after": "Tue, 24 Nov 2026 12:00:20 GMT"}, 20.0),
    ({"retry_after": "Tue, 24 Nov 2026 09:00:20 GMT", "date": "Tue, 24 Nov 2026 09:00:00 GMT"}, 20.0),
]
GUESSES = ["", "0", "soon", "-5", "Tue, 24 Nov 2026 11:00:00 GMT", "٣", "Mon, 99 Foo 2026 99:99:99"]


@pytest.mark.parametrize(("headers", "seconds"), WAITS)
def test_it_waits_as_long_as_it_is_asked_to(
    ask: Ask, headers: dict[str, str], seconds: float, pauses: list[float], clock: SetClock
) -> None:
    """Seconds, or a date seen from the answer's own; a write that was not taken is made again, too."""
    with wired(answer(429, **headers), answer(503, **headers), answer(body=1)) as wire:
        assert ask(wire.url, clock=clock).get("/emails") == 1
    with wired(answer(429, **headers), answer(201, {"id": 1})) as wire:
        assert ask(wire.url, clock=clock).write("POST", "/emails", {}) == {"id": 1}
    assert clock.now == NOW
    assert pauses == [seconds] * 3


@pytest.mark.parametrize("text", GUESSES)
def test_it_guesses_a_pause_where_none_is_named(
    ask: Ask, text: str, pauses: list[float], clock: SetClock
) -> None:
    """A missing, past or unreadable Retry-After is no reason to hurry, nor to fail."""
    headers = {"retry_after": text} if text else {}
    with wired(answer(429, **headers), answer(201, {"id": 1})) as wire:
        assert ask(wire.url, clock=clock).write("POST", "/emails", {}) == {"id": 1}
    assert [0.5 <= pause <= 1 for pause in pauses] == [True]


@pytest.mark.parametrize("text", ["61", "86400", "9" * 400, "Wed, 25 Nov 2026 12:00:00 GMT"])
@pytest.mark.parametrize("verb", ["get", "write"])
def test_a_long_wait_is_said_and_not_waited(
    ask: Ask, text: str, verb: str, pauses: list[float], clock: SetClock
) -> None:
    """Above a minute the command ends, with nothing written."""
    with wired(answer(429, retry_after=text)) as wire:
        http = ask(wire.url, clock=clock)
        with pytest.raises(RateLimited, match="asks to wait"):
            http.get("/emails") if verb == "get" else http.write("POST", "/emails", {})
    assert len(wire.heard) == 1
    assert pauses == []


def test_too_many_requests_in_the_end_is_rate_limited(ask: Ask, pauses: list[float]) -> None:
    """After four tries; nothing was written."""
    with wired(answer(429, {"detail": "slow down"})) as wire, pytest.raises(RateLimited, match="slow down"):
        ask(wire.url).write("POST", "/emails", {})
    assert len(wire.heard) == 4
    assert len(pauses) == 3


# ----- answers that say yes, and cannot be read -----


@pytest.mark.parametrize("said", [b'{"id": ', HTML, b"[" * 50_000, b"\xff"])
def test_a_yes_that_cannot_be_read(ask: Ask, said: bytes) -> None:
    """A read fails, since nothing else would come; a write may have taken effect."""
    with wired(answer(200, said)) as wire:
        with pytest.raises(UnexpectedAnswer, match="no JSON"):
            ask(wire.url).get("/emails")
        with pytest.raises(OutcomeUnknown, match="it said yes, in an answer that cannot be read"):
            ask(wire.url).write("POST", "/emails", {})
    assert wire.lines() == ["GET /emails", "POST /emails"]


def test_a_web_page_is_called_so(ask: Ask) -> None:
    """Somebody in between, or a wrong URL: the hint says where to look."""
    with wired(answer(200, HTML)) as wire, pytest.raises(UnexpectedAnswer, match="a web page") as caught:
        ask(wire.url).get("/emails")
    assert "url" in caught.value.hint


@pytest.mark.parametrize("status", [201, 202, 204, 206, 304])
def test_a_read_is_good_with_200_alone(ask: Ask, status: int) -> None:
    """A part of an answer, or none, is no answer."""
    with wired(answer(status)) as wire, pytest.raises(UnexpectedAnswer, match=rf": {status}$"):
        ask(wire.url).get("/emails")


# ----- redirects -----


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_follows_within_the_api(ask: Ask, status: int) -> None:
    """To the same origin, below the path in the settings, with the key."""
    with wired(answer(status, location="/v1/mails?page=2"), answer(body=1)) as wire:
        assert ask(f"{wire.url}/v1").get("/emails", {"page": 1}) == 1
    assert wire.lines() == ["GET /v1/emails?page=1", "GET /v1/mails?page=2"]
    assert wire.header("Authorization") == f"Token {KEY}"


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://127.0.0.1:{other}/v1/emails", "another host, http://127.0.0.1:{other}"),
        ("//127.0.0.1:{other}/v1/emails", "another host, http://127.0.0.1:{other}"),
        ("http://localhost:{port}/v1/emails", "another host, http://localhost:{port}"),
        ("https://127.0.0.1:{port}/v1/emails", "another host, https://127.0.0.1:{port}"),
        ("http://ada:pass@127.0.0.1:{port}/v1/emails", "another host, http://127.0.0.1:{port}"),
        ("ftp://127.0.0.1:{port}/v1/emails", "another host, ftp://127.0.0.1:{port}"),
        ("/login?next=/v1/emails", "a page outside the API, /login"),
        ("/v1/../admin", "a page outside the API, /admin"),
        ("/v10/emails", "a page outside the API, /v10/emails"),
        ("http://[", "nowhere"),
        ("http://127.0.0.1:x/v1/", "nowhere"),
        ("", "nowhere"),
    ],
)
def test_a_read_goes_nowhere_else(ask: Ask, location: str, why: str) -> None:
    """The key is not sent to another host, port or scheme, and a sign-in page is no answer."""
    with wired(answer(body=1)) as other:
        with wired(b"") as wire:
            ports = {"port": wire.port, "other": other.port}
            wire.replies = [answer(302, location=location.format(**ports)), answer(body=1)]
            with pytest.raises(UnexpectedAnswer) as caught:
                ask(f"{wire.url}/v1").get_text("/emails")
        assert f"redirected to {why.format(**ports)}" in caught.value.message
        assert wire.lines() == ["GET /v1/emails"]
    assert other.heard == []


def test_a_circle_ends(ask: Ask) -> None:
    """Three redirects are followed, and no more."""
    with wired(answer(302, location="/emails")) as wire, pytest.raises(UnexpectedAnswer, match="in circles"):
        ask(wire.url).get("/emails")
    assert len(wire.heard) == 4


@pytest.mark.parametrize("location", ["/mails", "http://[", "http://127.0.0.1:x/", "foo://a", ""])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirected_write_is_unknown(ask: Ask, status: int, location: str) -> None:
    """Nobody says whether it was taken before it was sent on; it is not made again there."""
    with wired(answer(status, location=location)) as wire, pytest.raises(OutcomeUnknown, match=f": {status}"):
        ask(wire.url).write("POST", "/emails", {})
    assert wire.lines() == ["POST /emails"]


# ----- TLS, proxies and other things of the environment -----


@pytest.fixture
def authority() -> trustme.CA:
    """An authority that nobody knows yet."""
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """The TLS of a server at 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the authority in the environment."""
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))


def test_an_unknown_authority_is_refused(ask: Ask, tls: ssl.SSLContext, pauses: list[float]) -> None:
    """No request is made, so that a write is not unknown; trying again would not help."""
    with wired(answer(body=1), tls=tls) as wire:
        for act in (lambda: ask(wire.url).get("/"), lambda: ask(wire.url).write("POST", "/", {})):
            with pytest.raises(Unavailable, match="certificate cannot be verified") as caught:
                act()
            assert "REQUESTS_CA_BUNDLE" in caught.value.hint
    assert (wire.heard, pauses) == ([], [])


@pytest.mark.usefixtures("trusted")
def test_an_authority_of_the_environment_is_trusted(ask: Ask, tls: ssl.SSLContext) -> None:
    """As in companies that look into their own traffic, and on a test bench."""
    with wired(answer(body=1), tls=tls) as wire:
        assert ask(wire.url).get("/emails") == 1


def test_a_missing_bundle_is_a_matter_of_settings(
    ask: Ask, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the variable; no request is made."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    with wired(answer(body=1), tls=tls) as wire, pytest.raises(SettingsError) as caught:
        ask(wire.url).write("POST", "/emails", {})
    assert "/nowhere.pem" in caught.value.message
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint
    assert wire.heard == []


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"])
def test_tls_that_breaks_after_the_request_is_unknown(ask: Ask, tls: ssl.SSLContext, begun: bytes) -> None:
    """Not every error of TLS is one of the handshake."""

    def spoil(connection: socket.socket) -> None:
        connection.sendall(begun)
        with socket.socket(fileno=os.dup(connection.fileno())) as below:
            below.sendall(b"this is no record of TLS")

    with wired(spoil, tls=tls) as wire, pytest.raises(OutcomeUnknown, match="the connection broke"):
        ask(wire.url).write("POST", "/emails", {})
    assert wire.lines() == ["POST /emails"]


@pytest.mark.usefixtures("trusted")
def test_no_netrc_is_asked(
    ask: Ask, tls: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does another key go where the settings send ours."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ada password other")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with wired(answer(body=1), tls=tls) as wire:
        ask(wire.url, headers=lambda: {"api-key": KEY}).get("/emails")
    assert wire.header("Authorization") is None
    assert wire.header("api-key") == KEY


@pytest.mark.usefixtures("trusted")
def test_a_proxy_of_the_environment_carries_tls_and_sees_no_key(
    ask: Ask, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for a tunnel, and hears nothing of what goes through."""
    with wired(answer(body=1), tls=tls) as wire, wired(tunnel(wire)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert ask(wire.url).get("/emails") == 1
    assert proxy.lines() == [f"CONNECT 127.0.0.1:{wire.port}"]
    assert KEY.encode() not in proxy.heard[0]
    assert wire.lines() == ["GET /emails"]


def tunnel(wire: Wire) -> Reply:
    """Return what a proxy does once it is asked for a way to *wire*: carry one exchange there and back."""

    def reply(connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", wire.port)) as there:
            connection.sendall(b"HTTP/1.1 200 Established\r\n\r\n")
            for side in (connection, there):
                side.settimeout(0.02)
            for _ in range(40):
                for source, target in ((connection, there), (there, connection)):
                    with contextlib.suppress(TimeoutError):
                        target.sendall(source.recv(65536))

    return reply


@pytest.mark.parametrize(
    "proxy",
    [f"http://ada:{KEY}@127.0.0.1:{{closed}}", "http://127.0.0.1:{strict}", "foo://127.0.0.1:1", "http://:0"],
)
def test_without_a_way_through_the_proxy_nothing_was_written(
    ask: Ask, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closed, asking for a password of its own, or no proxy at all; its password is not shown."""
    with wired(answer(407)) as strict:
        monkeypatch.setenv("HTTPS_PROXY", proxy.format(closed=free_port(), strict=strict.port))
        with pytest.raises(Unavailable, match="the proxy of the environment") as caught:
            ask("https://postly.invalid").write("POST", "/emails", {})
    assert KEY not in everything(caught.value)


def test_plain_http_never_leaves_this_machine(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a proxy the key would cross the network in the clear."""
    with wired(answer(body=2)) as proxy, wired(answer(body=1)) as wire:
        for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert ask(wire.url).get("/emails") == 1
    assert proxy.heard == []


# ----- settings and secrets -----


@pytest.mark.parametrize("verb", ["get", "write"])
def test_a_missing_key_is_named_before_any_request(
    ask: Ask, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening needs no key; the first request does."""
    monkeypatch.delenv("POSTLY_KEY")
    with wired(answer(body=1)) as wire:
        http = ask(wire.url)
        with pytest.raises(SettingsError, match="POSTLY_KEY is not set"):
            http.get("/emails") if verb == "get" else http.write("POST", "/emails", {})
    assert wire.heard == []


@pytest.mark.parametrize("value", ["sk\nZw8", "sk–Zw8", "sk\u200bZw8"])
def test_a_key_that_was_copied_badly_is_refused_and_not_shown(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line break in it would be an error of the network library, which shows the whole header."""
    monkeypatch.setenv("POSTLY_KEY", value)
    with pytest.raises(SettingsError, match="POSTLY_KEY") as caught:
        Secret("POSTLY_KEY").value()
    assert value not in everything(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://postly.example/v1",
        "http://127.0.0.1.postly.example",
        "ftp://127.0.0.1",
        "postly.example",
        "localhost:8000",
        "https://",
        "https://[::1",
        "https://127.0.0.1:x",
        "https://a..example",
        f"https://ada:{KEY}@postly.example",
        f"https://postly.example/v1?key={KEY}",
        f"https://postly.example/v1#{KEY}",
        f"http://ada:{KEY}@postly.example",
        "",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_when_opened(ask: Ask, url: str) -> None:
    """Nor does it show a key that somebody wrote into it."""
    with pytest.raises(SettingsError, match="postly: url ") as caught:
        ask(url)
    assert KEY not in everything(caught.value)


def everything(err: BaseException | None) -> str:
    """Return all that an error may say anywhere: messages, hints, reprs, tracebacks, down all its causes."""
    said = ""
    while err is not None:
        said += "".join(traceback.format_exception(err)) + repr(err) + repr(vars(err))
        err = err.__cause__ or err.__context__
    return said


ECHOES = {
    "plain": "key {key} is bad",
    "whole header": "got 'Basic {pair64}'",
    "token": "got {pair64}.",
    "pair": "user:{key}",
    "url": "at /?key={url}&x=1",
    "url twice": "at /?key={url2}",
    "json": 'in {{"key": "{json}"}}',
    "json code": "in {code}",
    "html": "in &#115;{rest}",
    "lower": "key {lower}",
    "broken": "key {broken}",
}


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("status", [401, 422, 429, 500, 302])
@pytest.mark.parametrize("verb", ["get", "write"])
def test_a_key_is_shown_nowhere(ask: Ask, echo: str, status: int, verb: str) -> None:
    """Not in message, hint, repr or traceback, whatever the provider says; nor the key in a basic token."""
    pair64 = "dXNlcjpzay1ady84K0ozcFE3"  # user:KEY
    forms = {
        "key": KEY,
        "pair64": pair64,
        "url": KEY.replace("/", "%2f").replace("+", "%2B"),
        "url2": KEY.replace("/", "%252F").replace("+", "%252B"),
        "json": KEY.replace("/", "\\/"),
        "code": "".join(f"\\u{ord(sign):04x}" for sign in KEY),
        "rest": KEY[1:],
        "lower": KEY.lower(),
        "broken": f"{KEY[:6]}\n{KEY[6:]}",
    }
    said = ECHOES[echo].format(**forms)
    with wired(answer(status, {"detail": said}, location=f"https://{KEY[:2]}.example/{KEY}")) as wire:
        http = ask(wire.url, headers=lambda: {"Authorization": f"Basic {pair64}"})
        with pytest.raises(PipelineError) as caught:
            http.get(f"/{KEY}") if verb == "get" else http.write("POST", f"/{KEY}", {})
    told = everything(caught.value)
    for form in (*forms.values(), KEY[6:]):
        if len(form) > 6:
            assert form not in told.replace(f"status={status}", "")
    assert str(status) in caught.value.message or status == 302
    assert repr(http).startswith("<pipeline.providers.http.Http object")


READERS = [
    "ada@example.com",
    "ada%40example.com",
    '"ada l"@example.com',
    "ada&#64;example.com",
    "ada＠example.com",
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("reply", [answer(422), cut(), answer(500), b"", answer(302, location="/x")])
def test_a_reader_is_shown_nowhere(ask: Ask, reader: str, reply: Reply) -> None:
    """Neither from what was asked nor from what was answered."""
    said = (
        answer(422, {"detail": f"No subscriber {reader}, sorry <{reader}>"})
        if reply == answer(422)
        else reply
    )
    with wired(said) as wire:
        http = ask(wire.url)
        for act in (
            lambda: http.get("/subscribers", {"email": reader}),
            lambda: http.get(f"/subscribers/{reader.replace(' ', '')}"),
            lambda: http.write("PUT", f"/subscribers/{reader.replace(' ', '')}", {"email": reader}),
        ):
            with pytest.raises(ProviderError) as caught:
                act()
            told = everything(caught.value)
            assert "example.com" not in told
            assert "sorry" in told or said == reply


def test_an_error_of_ours_has_no_cause_from_below(ask: Ask) -> None:
    """The messages of the network library hold the whole URL."""
    with wired(cut()) as wire, pytest.raises(OutcomeUnknown) as caught:
        ask(wire.url).write("POST", "/emails", {})
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_signs_of_control_do_not_reach_the_terminal(ask: Ask) -> None:
    """Nor can the provider's words begin a line of their own, or fill the screen."""
    said = "\x1b[2Jgone\r\n::error::fake\u202e" + "x" * 1000
    with wired(answer(422, {"detail": said})) as wire, pytest.raises(Rejected) as caught:
        ask(wire.url).write("POST", "/emails", {})
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 350
    assert "[2Jgone ::error::fake" in caught.value.message
