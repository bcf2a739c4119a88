"""The layer before the preview: asked over real sockets by whoever may, and by many who may not."""

import asyncio
import http.client
import json
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from typing import Any, NamedTuple

import pytest
from loopback import Answer, ask, served
from playwright.sync_api import sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from browser import launch
from pipeline.preview.guard import PAGE_POLICY, Guard

TOKEN = "q7Xw-31_token"  # noqa: S105 - of a server that lives for a test

PATHS = [
    "/",
    "/static/app.js",
    "/api/issues",
    "/%61pi/issues",
    "/api%2Fissues",
    "/api/../api/issues",
    "/api/%2e%2e/api/issues",
    "//api/issues",
    "/API/issues",
    "/api/issues;x",
    "/api/issues%00",
    "/frame/an-issue?look=light",
    "/events",
    "/not-there",
]


class Door(NamedTuple):
    """A guarded server."""

    port: int
    guard: Guard
    cookie: str  # that it gives for the token
    reached: list[str]  # paths that the application behind it saw
    finish: threading.Event  # ends the stream at /events

    @property
    def host(self) -> str:
        """Its address as a Host header has it."""
        return f"127.0.0.1:{self.port}"

    def ask(self, method: str, target: str, *headers: tuple[str, str], cookie: bool = True) -> Answer:
        """Ask with exactly these headers, and the cookie unless told otherwise."""
        known = (("Cookie", self.cookie),) if cookie else ()
        return ask(self.port, method, target, [*headers, *known])

    def get(self, target: str = "/api/issues", *, cookie: bool = True, **headers: str) -> Answer:
        """Ask as the preview's own page does; headers are written with underscores."""
        written = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return self.ask("GET", target, ("Host", self.host), *written, cookie=cookie)


def _application(reached: list[str], finish: threading.Event) -> Starlette:
    async def every(request: Request) -> Response:
        reached.append(request.url.path)
        if request.url.path == "/page":
            return HTMLResponse("<!doctype html><title>page</title>")
        if request.url.path == "/own":
            own = {"Content-Security-Policy": "sandbox", "Access-Control-Allow-Origin": "*"}
            return Response("own", headers={**own, "Cache-Control": "no-cache"})
        return JSONResponse({"path": request.url.path})

    async def events(request: Request) -> Response:
        reached.append(request.url.path)

        async def lines() -> AsyncIterator[bytes]:
            yield b"data: first\n\n"
            await asyncio.to_thread(finish.wait)
            yield b"data: last\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")

    methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
    return Starlette(routes=[Route("/events", events), Route("/{path:path}", every, methods=methods)])


@pytest.fixture(scope="module")
def guarded() -> Iterator[Door]:
    """One guarded server for the tests of this file."""
    reached: list[str] = []
    finish = threading.Event()
    finish.set()
    made: list[Guard] = []

    def guarding(port: int) -> Guard:
        made.append(Guard(_application(reached, finish), port=port, token=TOKEN))
        return made[0]

    with served(guarding) as port:
        yield Door(port, made[0], _cookie(port, TOKEN), reached, finish)


def _cookie(port: int, token: str) -> str:
    """Return the cookie that is given for *token*, "" for none."""
    answer = ask(port, "GET", f"/?token={token}", [("Host", f"127.0.0.1:{port}")])
    return (answer.headers.get("Set-Cookie") or "").partition(";")[0]


@pytest.fixture
def door(guarded: Door) -> Door:
    """The server, reached by nobody yet."""
    guarded.reached.clear()
    return guarded


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_loopback_names_with_the_port_are_let_in(door: Door, name: str) -> None:
    """The three names of this machine are hosts of the preview."""
    answer = door.ask("GET", "/api/issues", ("Host", f"{name}:{door.port}"))
    assert (answer.status, json.loads(answer.body)) == (200, {"path": "/api/issues"})


@pytest.mark.parametrize("target", PATHS)
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:1",
        "evil.example",
        "evil.example:{port}",
        "LOCALHOST:{port}",
        "localhost.:{port}",
        "127.0.0.1.:{port}",
        "127.1:{port}",
        "0.0.0.0:{port}",
        "[::]:{port}",
        "[0:0:0:0:0:0:0:1]:{port}",
        "user@127.0.0.1:{port}",
        "127.0.0.1:{port}, 127.0.0.1:{port}",
        "127.0.0.1:0{port}",
        "localhost:{port}/",
        "127.0.0.1:{port}.evil.example",
    ],
)
def test_any_other_host_is_refused_whatever_the_path(door: Door, host: str, target: str) -> None:
    """A name that is not one of the three gets 421 and no body, however its path is spelt."""
    answer = door.ask("GET", target, ("Host", host.format(port=door.port)))
    assert (answer.status, answer.body, door.reached) == (421, b"", [])


@pytest.mark.parametrize("target", PATHS)
def test_the_right_token_does_not_help_a_foreign_host(door: Door, target: str) -> None:
    """The host is looked at first."""
    end = "&" if "?" in target else "?"
    answer = door.ask("GET", f"{target}{end}token={TOKEN}", ("Host", "evil.example"))
    assert (answer.status, answer.body, answer.headers.get("Set-Cookie")) == (421, b"", None)


@pytest.mark.parametrize("hosts", [[], ["{own}", "{own}"], ["{own}", "evil.example"]], ids=len)
def test_no_host_and_two_hosts_are_refused(door: Door, hosts: list[str]) -> None:
    """Exactly one Host header is a host: the server or the guard refuses the rest."""
    written = [("Host", host.format(own=door.host)) for host in hosts]
    answer = door.ask("GET", "/api/issues", *written)
    assert (answer.status in {400, 421}, door.reached) == (True, [])


@pytest.mark.parametrize("headers", [[], [b"{own}", b"{own}"], [b"{own}", b"evil.example"]], ids=len)
def test_a_server_that_lets_odd_hosts_through_changes_nothing(headers: list[bytes]) -> None:
    """The guard counts Host headers itself, for no server is bound to."""
    hosts = [(b"host", host.replace(b"{own}", b"127.0.0.1:80")) for host in headers]
    sent = _direct({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": hosts})
    assert sent[0]["status"] == 421


def test_an_old_request_without_any_host_is_refused(door: Door) -> None:
    """HTTP/1.0 may leave the host out, and is not let in for it."""
    answer = ask(door.port, "GET", "/", [("Cookie", door.cookie)], version="HTTP/1.0")
    assert (answer.status, answer.body, door.reached) == (421, b"", [])


@pytest.mark.parametrize("target", ["http://evil.example/", "http://{own}/api/issues", "*", "api"])
def test_a_target_that_is_no_path_is_refused(door: Door, target: str) -> None:
    """In the absolute form a target names a host of its own: it is never looked at."""
    answer = door.ask("GET", target.format(own=door.host), ("Host", door.host))
    assert (answer.status, door.reached) == (421, [])


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_the_preview_s_own_origin_is_let_in(door: Door, name: str) -> None:
    """A module script of the page says where it comes from."""
    assert door.get(Origin=f"http://{name}:{door.port}").status == 200


@pytest.mark.parametrize("target", PATHS)
@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "https://127.0.0.1:{port}", "http://127.0.0.1:1", "http://127.0.0.1"],
)
def test_another_origin_is_refused_whatever_the_path(door: Door, origin: str, target: str) -> None:
    """Another site, another port and a sandboxed page get 403."""
    answer = door.get(target, Origin=origin.format(port=door.port))
    assert (answer.status, door.reached) == (403, [])


def test_a_second_origin_is_refused(door: Door) -> None:
    """One own origin does not cover for another."""
    origins = [("Origin", f"http://{door.host}"), ("Origin", "http://evil.example")]
    assert door.ask("GET", "/", ("Host", door.host), *origins).status == 403


@pytest.mark.parametrize(
    ("site", "status"),
    [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403), ("", 403), ("new", 403)],
)
def test_what_another_site_began_is_refused(door: Door, site: str, status: int) -> None:
    """Another port of this machine is the same site, and another's page all the same."""
    assert door.get(Sec_Fetch_Site=site).status == status
    assert door.reached == ["/api/issues"] * (status == 200)


def test_the_token_is_traded_for_a_cookie(door: Door) -> None:
    """The address that was printed leads to the same one without its token."""
    answer = door.get(f"/?issue=a%26b&token={TOKEN}&view=&look=dark", cookie=False)
    assert (answer.status, answer.headers.get("Location")) == (303, "/?issue=a%26b&view=&look=dark")
    cookie = f"{door.cookie}; HttpOnly; SameSite=Strict; Path=/"
    assert (answer.headers.get("Set-Cookie"), answer.body, door.reached) == (cookie, b"", [])


def test_the_cookie_is_no_token_and_no_token_is_the_cookie(door: Door) -> None:
    """Whoever reads an address has to show it; whoever reads a cookie cannot hand it on in an address."""
    name, _, value = door.cookie.partition("=")
    assert _cookie(door.port, value) == ""
    assert door.get(cookie=False, Cookie=f"{name}={TOKEN}").status == 403


def test_a_single_token_opens_once(door: Door) -> None:
    """For the first who shows it; the others, and the token of this run, are as before."""
    once, another = door.guard.single_token(), door.guard.single_token()
    assert _cookie(door.port, once) == door.cookie
    assert door.get(f"/?token={once}", cookie=False).status == 403
    assert door.get(f"/?token={once}").status == 403
    assert _cookie(door.port, another) == _cookie(door.port, TOKEN) == door.cookie


def test_an_address_of_the_token_alone_leads_to_the_root(door: Door) -> None:
    """No question mark is left behind."""
    assert door.get(f"/?token={TOKEN}", cookie=False).headers.get("Location") == "/"


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], f"{TOKEN}x", "%C3%A9", f"{TOKEN}&token={TOKEN}"])
def test_a_wrong_token_is_refused(door: Door, token: str) -> None:
    """Also beside the right cookie, so that nobody believes the token was looked at."""
    answer = door.get(f"/?token={token}")
    assert (answer.status, answer.headers.get("Set-Cookie"), door.reached) == (403, None, [])


@pytest.mark.parametrize("target", [f"/api/issues?token={TOKEN}", f"/%2F?token={TOKEN}", f"//?token={TOKEN}"])
def test_the_token_opens_the_front_door_alone(door: Door, target: str) -> None:
    """At any other path it is no token."""
    answer = door.get(target, cookie=False)
    assert (answer.status, answer.headers.get("Set-Cookie"), door.reached) == (403, None, [])


@pytest.mark.parametrize("target", PATHS)
def test_without_the_cookie_every_path_says_what_to_do(door: Door, target: str) -> None:
    """The answer is one line for people, and the same for what is there and what is not."""
    answer = door.get(target, cookie=False)
    assert (answer.status, answer.headers.get("Content-Type")) == (403, "text/plain; charset=utf-8")
    assert "newsletter preview" in answer.body.decode()
    assert door.reached == []


@pytest.mark.parametrize(
    "cookie",
    [
        "newsletter-preview-{port}=",
        "newsletter-preview-{port}=wrong",
        "newsletter-preview-1={value}",
        "{value}",
    ],
)
def test_another_cookie_is_none(door: Door, cookie: str) -> None:
    """The cookie of another preview, or a wrong one, opens nothing."""
    written = cookie.format(port=door.port, value=door.cookie.partition("=")[2])
    assert door.get(cookie=False, Cookie=written).status == 403


def test_the_cookie_is_found_among_others(door: Door) -> None:
    """Other tools on this machine set cookies as well, under the same name perhaps."""
    name = f"newsletter-preview-{door.port}"
    assert door.get(cookie=False, Cookie=f"a=b;{name}=old; {door.cookie}; c").status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(door: Door, method: str) -> None:
    """A preflight is answered as any other: no."""
    answer = door.ask(method, "/api/issues", ("Host", door.host))
    assert (answer.status, answer.headers.get("Allow"), door.reached) == (405, "GET, HEAD, POST", [])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("X-Newsletter", "preview")], 200),
        ([], 403),
        ([("X-Newsletter", "Preview")], 403),
        ([("X-Newsletter", "preview"), ("X-Newsletter", "x")], 403),
    ],
    ids=["own", "none", "other", "two"],
)
def test_a_post_needs_the_page_s_header(door: Door, headers: list[tuple[str, str]], status: int) -> None:
    """A form of another site cannot send it."""
    answer = door.ask("POST", "/api/issues", ("Host", door.host), ("Content-Length", "0"), *headers)
    assert answer.status == status


def test_a_post_needs_the_cookie_as_well(door: Door) -> None:
    """The header is no secret."""
    own = [("Host", door.host), ("X-Newsletter", "preview"), ("Content-Length", "0")]
    assert door.ask("POST", "/api/issues", *own, cookie=False).status == 403


EVERY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": PAGE_POLICY,
}


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/api/issues", {}),
        (f"/?token={TOKEN}", {}),
        ("/?token=wrong", {}),
        ("/", {"Origin": "null"}),
        ("/", {"Host": "evil.example"}),
    ],
    ids=["passed", "traded", "wrong", "foreign", "misled"],
)
def test_every_answer_has_the_protective_headers(door: Door, target: str, headers: Mapping[str, str]) -> None:
    """Refused or not, and none of them lets another site read it."""
    answer = door.ask("GET", target, *({"Host": door.host} | headers).items())
    assert {name: answer.headers.get(name) for name in EVERY} == EVERY
    assert not [name for name, _ in answer.headers.items() if name.lower().startswith("access-control")]


def test_an_answer_s_own_headers_stand(door: Door) -> None:
    """The frame has a policy of its own; what shares an answer with other sites is taken out."""
    answer = door.get("/own")
    assert answer.headers.get_all("Content-Security-Policy") == ["sandbox"]
    assert answer.headers.get_all("Cache-Control") == ["no-cache"]
    assert answer.headers.get("Access-Control-Allow-Origin") is None


def test_a_stream_is_passed_on_as_it_comes(door: Door) -> None:
    """The first event arrives while the second is not there yet."""
    door.finish.clear()
    with closing(http.client.HTTPConnection("127.0.0.1", door.port, timeout=10)) as connection:
        connection.request("GET", "/events", headers={"Cookie": door.cookie})
        with connection.getresponse() as answer:
            first = answer.read1()
            door.finish.set()
            assert (first, answer.read()) == (b"data: first\n\n", b"data: last\n\n")


def test_a_websocket_is_closed() -> None:
    """The preview has none, so that nobody can take one over."""
    assert _direct({"type": "websocket", "path": "/", "headers": []}) == [
        {"type": "websocket.close", "code": 1008}
    ]


def test_the_server_s_own_messages_pass() -> None:
    """Start and stop reach the application."""
    assert _direct({"type": "lifespan"}) == [{"type": "reached"}]


def _direct(scope: dict[str, Any]) -> list[Any]:
    """Return what the guard sends for *scope*, by no server."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def behind(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "reached"})

    asyncio.run(Guard(behind, port=80, token=TOKEN)(scope, receive, send))
    return sent


def test_a_browser_gets_in_once_and_stays_in(door: Door) -> None:
    """Chromium follows the printed address, keeps the cookie, and its page may read and post."""
    post = {"method": "POST", "headers": {"X-Newsletter": "preview"}}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        assert page.goto(f"http://{door.host}/page").status == 403  # type: ignore[union-attr]
        page.goto(f"http://{door.host}/?token={TOKEN}&issue=one")
        assert page.url == f"http://{door.host}/?issue=one"
        page.goto(f"http://{door.host}/page")
        fetch = "(options) => fetch('/api/issues', options).then((answer) => answer.status)"
        assert [page.evaluate(fetch, options) for options in ({}, post, {"method": "POST"})] == [
            200,
            200,
            403,
        ]
        assert page.evaluate("document.cookie") == ""
        browser.close()


def test_another_port_s_page_reaches_nothing(door: Door) -> None:
    """A page from another port of this machine, in the browser that has the cookie, is the same site."""
    other = HTMLResponse("<!doctype html><title>other</title>")
    fetch = (
        "(url) => Promise.all(['cors', 'no-cors'].map((mode) => fetch(url, {mode, credentials: 'include'})"
        ".then((answer) => answer.status, () => 'failed')))"
    )
    with served(lambda _port: other) as port, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.goto(f"http://{door.host}/?token={TOKEN}")
        door.reached.clear()
        page.goto(f"http://127.0.0.1:{port}/")
        assert page.evaluate(fetch, f"http://{door.host}/api/issues") == ["failed", "failed"]
        page.set_content(f"<img src='http://{door.host}/a.png'><iframe src='http://{door.host}/'></iframe>")
        page.wait_for_load_state("networkidle")
        # the icon is asked for by the first page, whenever the browser finds time
        assert not [path for path in door.reached if path != "/favicon.ico"]
        browser.close()
