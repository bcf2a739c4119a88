"""The document in the frame: the bytes that are sent, and markup gone wrong that does nothing."""

import html as markup
import re
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hostile import MARKUP, SCRIPT
from loopback import served
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Request as Sent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from browser import launch
from conftest import ROOT, SetClock
from pipeline.images import published_bytes
from pipeline.mergetags import persona, to_tokens
from pipeline.model import Audience, Payload
from pipeline.newsletter import Newsletter
from pipeline.personas import FIRST_NAMES, LABELS, persona_values
from pipeline.preview.built import Build
from pipeline.preview.frame import (
    SANDBOX,
    Appearance,
    Framed,
    data_uris,
    frame_document,
    frame_headers,
    helper_element,
)
from pipeline.preview.guard import PAGE_POLICY

ISSUE = "when-one-side-works-harder"
LOOKS: tuple[Appearance, ...] = ("light", "forced")
READER = {
    "subscriber.first_name": "Ada",
    "unsubscribe_url": "https://u.example/",
    "web_url": "https://w.example/",
}


def build_of(root: Path, *, body: str | None = None, html: str | None = None) -> Build:
    """Return a rendering of our issue, perhaps of another body, or with another HTML put in its place."""
    newsletter = Newsletter(root, clock=SetClock())
    issue = newsletter.issue(ISSUE)
    composed = newsletter.composed(issue if body is None else replace(issue, body=body))
    if html is not None:
        composed = composed._replace(message=replace(composed.message, html=html))
    message = composed.message
    payload = Payload("", "", "", "", message.html, "", Audience("weekly", {}), (), message.digest)
    return Build(1, composed, payload, "", 0.0)


@pytest.fixture(scope="module")
def build() -> Build:
    """Our issue, rendered."""
    return build_of(ROOT)


@pytest.fixture(scope="module")
def pictures(build: Build) -> dict[str, str]:
    """Its pictures, by their addresses."""
    return data_uris(build.composed.message.images, Newsletter(ROOT, clock=SetClock()).settings.image_url)


@pytest.mark.parametrize("name", FIRST_NAMES)
def test_what_is_seen_is_what_is_sent(build: Build, pictures: dict[str, str], name: str) -> None:
    """Without our script, and with addresses in place of pictures, these are the message's own bytes."""
    values = persona_values(name, Newsletter(ROOT, clock=SetClock()).settings)
    html = frame_document(build, look="light", images=True, values=values, pictures=pictures).html
    assert html.endswith(helper_element())
    for address, uri in pictures.items():
        assert uri in html
        html = html.replace(uri, address)
    sent = persona(values).apply(build.composed.message.html, "html")
    assert html.removesuffix(helper_element()).encode() == sent.encode()


def test_without_images_not_even_their_addresses_change(build: Build, pictures: dict[str, str]) -> None:
    """A reader whose client blocks images gets the same bytes."""
    framed = frame_document(build, look="light", images=False, values=READER, pictures=pictures)
    assert framed.html == persona(READER).apply(build.composed.message.html, "html") + helper_element()


def test_a_dark_client_s_document_has_the_same_elements(build: Build, pictures: dict[str, str]) -> None:
    """Colours differ and nothing else that has a number."""
    light, forced = (
        frame_document(build, look=look, images=True, values=READER, pictures=pictures).html for look in LOOKS
    )
    assert "#f1f4ed" in light
    assert "#f1f4ed" not in forced
    assert re.findall(r"<(\w+)", light) == re.findall(r"<(\w+)", forced)


def test_pictures_are_the_files_that_will_be_published(build: Build, pictures: dict[str, str]) -> None:
    """Each image of the issue, as the web will get it."""
    import base64  # noqa: PLC0415 - for this test alone

    stored = [base64.b64decode(uri.partition(",")[2]) for uri in pictures.values()]
    assert stored == [published_bytes(image) for image in build.composed.message.images]
    assert len(stored) == 2
    assert all(uri.startswith("data:image/png;base64,") for uri in pictures.values())


def test_a_picture_that_changed_meanwhile_is_left_out(root: Path) -> None:
    """It is on the disk in another state than the rendering knows: the next one shows it."""
    build = build_of(root)
    changed, kept = build.composed.message.images
    changed.path.write_bytes(kept.path.read_bytes())
    assert list(data_uris([changed, kept], lambda image: image.src)) == [kept.src]


def test_every_persona_has_a_label() -> None:
    """An editor picks from words, not from our names."""
    assert LABELS.keys() == FIRST_NAMES.keys()
    assert all(LABELS.values())


def test_the_policy_lets_our_script_run_and_nothing_load() -> None:
    """It says so itself, so that the address opened by hand is as safe as in the page."""
    policy = dict(part.split(" ", 1) for part in _policy(frame_headers(images=True)).split("; "))
    ours = policy.pop("script-src")
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", ours)
    assert policy == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": "'unsafe-inline'",
        "connect-src": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": SANDBOX,
    }
    assert "img-src 'none'" in _policy(frame_headers(images=False))
    assert frame_headers(images=True)["X-DNS-Prefetch-Control"] == "off"


def _policy(headers: Any) -> str:
    found: str = headers["Content-Security-Policy"]
    return found


# ----- in a browser -----


class Stage(NamedTuple):
    """A page with frames on loopback, and a host that nothing may reach."""

    browser: Browser
    home: str  # http://127.0.0.1:port/, which serves /page and /frame/NAME
    evil: str  # http://localhost:port, where connections are counted
    framed: dict[str, Framed]  # the documents by their names
    reached: list[str]  # what was asked there


@contextmanager
def counting() -> Iterator[tuple[int, list[str]]]:
    """Listen on a port of its own, hang up on whoever connects, and count."""
    reached: list[str] = []

    def listen(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(0.5)
                try:
                    reached.append(connection.recv(200).decode("latin-1"))
                except OSError as err:
                    reached.append(str(err))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=listen, args=(listener,))
        thread.start()
        yield listener.getsockname()[1], reached
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=10)


_TOLD = "<script>const told = []; addEventListener('message', (event) => told.push(event.data));</script>"


def _page(names: Iterable[str]) -> Response:
    """Answer with a page of one frame for each document, and with the policy of the preview's page."""
    frames = [f'<iframe name="{name}" sandbox="{SANDBOX}" src="/frame/{name}"></iframe>' for name in names]
    policy = PAGE_POLICY.replace("default-src 'self'", "default-src 'self' 'unsafe-inline'")  # for _TOLD
    content = f"<!doctype html><title>page</title>{_TOLD}{''.join(frames)}"
    return HTMLResponse(content, headers={"Content-Security-Policy": policy})


@pytest.fixture(scope="module")
def _stage() -> Iterator[Stage]:
    framed: dict[str, Framed] = {}

    async def answer(request: Request) -> Response:
        if request.url.path == "/page":
            return _page(framed)
        shown = framed[request.path_params["name"]]
        return Response(shown.html, headers=dict(shown.headers))

    app = Starlette(routes=[Route("/page", answer), Route("/frame/{name}", answer)])
    with counting() as (evil, reached), served(lambda _port: app) as port, sync_playwright() as playwright:
        browser = launch(playwright)
        yield Stage(browser, f"http://127.0.0.1:{port}/", f"http://localhost:{evil}", framed, reached)
        browser.close()


@pytest.fixture
def stage(_stage: Stage) -> Stage:
    """The stage, with nothing shown and nobody counted."""
    _stage.framed.clear()
    _stage.reached.clear()
    return _stage


class Tab(NamedTuple):
    """A tab of the browser, with what it asked of servers."""

    page: Page
    requests: list[Sent]

    def left(self, stage: Stage) -> list[str]:
        """Return the addresses elsewhere of which requests were not stopped inside the browser."""
        return [
            request.url
            for request in self.requests
            if not request.url.startswith((stage.home, "data:", "about:"))
            and request.failure not in {"csp", "origin"}
        ]


@contextmanager
def tab(stage: Stage, path: str = "page") -> Iterator[Tab]:
    """Open one address of the stage."""
    context = stage.browser.new_context()
    requests: list[Sent] = []
    context.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - it asks for a function
    page = context.new_page()
    page.goto(stage.home + path)
    page.wait_for_load_state("networkidle")
    yield Tab(page, requests)
    context.close()


def test_our_script_runs_in_a_page_of_its_own_origin(stage: Stage, build: Build, pictures: Any) -> None:
    """Within the policy that the page has: the helper speaks, and the pictures are there."""
    stage.framed["mail"] = frame_document(build, look="light", images=True, values=READER, pictures=pictures)
    with tab(stage) as shown:
        frame = shown.page.frames[1]
        assert shown.page.evaluate("told.length") >= 1
        assert frame.evaluate("[...document.images].map((image) => image.naturalWidth > 0)") == [True, True]
        assert frame.evaluate("origin") == "null"
        assert shown.left(stage) == []


def test_with_images_off_no_picture_is_shown(stage: Stage, build: Build, pictures: Any) -> None:
    """Neither ours nor those of the web."""
    stage.framed["mail"] = frame_document(build, look="light", images=False, values=READER, pictures=pictures)
    with tab(stage) as shown:
        widths = "[...document.images].map((image) => image.naturalWidth)"
        assert shown.page.frames[1].evaluate(widths) == [0, 0]
        assert shown.left(stage) == []


_CLICK = "document.querySelectorAll('#hostile').forEach((element) => element.click())"


def assert_harmless(stage: Stage) -> None:
    """Assert that no document of the stage does anything of its own: no script, no request, no navigation."""
    with tab(stage) as shown:
        frames = {frame.name: frame for frame in shown.page.main_frame.child_frames}
        for frame in frames.values():
            frame.evaluate(_CLICK)
        shown.page.wait_for_timeout(500)
        assert {name: frame.url for name, frame in frames.items()} == {
            name: f"{stage.home}frame/{name}" for name in stage.framed
        }
        assert [name for name, frame in frames.items() if frame.evaluate("document.title") == "hostile"] == []
        assert "hostile" not in shown.page.evaluate("told")
        assert [request.url for request in shown.requests].count(f"{stage.home}page") == 1
        assert shown.left(stage) == []
    assert stage.reached == []


def written(stage: Stage, name: str) -> str:
    """Return hostile markup that aims at this stage."""
    return MARKUP[name].format(evil=stage.evil, own=stage.home.rstrip("/"))


def test_hostile_markup_in_an_issue_does_nothing(stage: Stage) -> None:
    """Through the whole road: what the sanitiser leaves of it is harmless in the frame."""
    for name in MARKUP:
        build = build_of(ROOT, body=f"Words before.\n\n{written(stage, name)}\n\nWords after.\n")
        stage.framed[name] = frame_document(build, look="light", images=True, values=READER, pictures={})
    assert_harmless(stage)


@pytest.fixture
def raw(stage: Stage) -> Stage:
    """The stage with hostile markup in finished messages, which no sanitiser saw: a template may be wrong."""
    head = "<!DOCTYPE html><html><head><title>mail</title></head><body><p>words</p>"
    for name in MARKUP:
        build = build_of(ROOT, html=f"{head}{written(stage, name)}")
        for look in LOOKS:
            framed = frame_document(build, look=look, images=True, values=READER, pictures={})
            stage.framed[f"{name}-{look}"] = framed
    return stage


def test_hostile_markup_in_a_finished_message_does_nothing(raw: Stage) -> None:
    """The frame trusts nothing that came before it."""
    assert_harmless(raw)


@pytest.mark.parametrize("name", MARKUP)
def test_a_hostile_document_opened_by_its_address_does_nothing(stage: Stage, name: str) -> None:
    """Nor does it without the page around it: its own policy is enough."""
    build = build_of(ROOT, html=f"<!DOCTYPE html><html><body><p>words</p>{written(stage, name)}")
    stage.framed["mail"] = frame_document(build, look="light", images=True, values=READER, pictures={})
    with tab(stage, "frame/mail") as shown:
        shown.page.evaluate(_CLICK)
        shown.page.wait_for_timeout(200)
        assert (shown.page.url, shown.left(stage)) == (f"{stage.home}frame/mail", [])
        assert shown.page.title() != "hostile"
    assert stage.reached == []


@pytest.mark.parametrize(
    "value",
    [f"</script><script>{SCRIPT}</script>", f'"><img src=x onerror="{SCRIPT}">'],
    ids=["script", "img"],
)
def test_a_reader_s_name_is_no_markup(build: Build, value: str) -> None:
    """Values are escaped, as every provider does."""
    values = {**READER, "subscriber.first_name": value}
    token = to_tokens("{{ subscriber.first_name }}")
    greeting = replace(build.composed.message, html=f"<!DOCTYPE html><html><body>{token}")
    odd = build._replace(composed=build.composed._replace(message=greeting))
    framed = frame_document(odd, look="light", images=True, values=values, pictures={})
    assert framed.html == f"<!DOCTYPE html><html><body>{markup.escape(value)}{helper_element()}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<meta http-equiv="Content-Type" content="text/html">', None),
        ("<META HTTP-EQUIV=X-UA-Compatible content=a>", None),
        ("<p>http-equiv, iframe, frame</p>", None),
        ('<meta http-equiv="refresh" content="0">', '<meta data-equiv="refresh" content="0">'),
        ("<meta a='>'HTTP-EQUIV = &#114;efresh>", "<meta a='>'data-equiv = &#114;efresh>"),
        ("<iframe src=a>b</IFRAME >", "<noembed src=a>b</noembed >"),
        ("<frameset><frame/src=a>", "<frameset><noembed/src=a>"),
    ],
)
def test_what_no_policy_stops_is_tamed(text: str, expected: str | None) -> None:
    """A refresh and a frame of its own; everything else, what a template says of its kind too, stays."""
    framed = frame_document(build_of(ROOT, html=text), look="light", images=True, values=READER, pictures={})
    assert framed.html.removesuffix(helper_element()) == (expected or text)
