"""The sign-up form of each provider, and what a real browser posts with it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, expect

from conftest import ROOT
from pipeline.archive.signup import FORMS, SignUp, sign_up
from pipeline.clock import utc_now
from pipeline.errors import SettingsError
from pipeline.providers import PROVIDERS, open_provider
from pipeline.settings import Settings, load_settings

LIST, OTHER = "3f6a1c52-93d0-4b1e-8c57-2b7d9e41c6aa", "0c9be1a7-5d2f-4f0e-9a36-71f4f0a6b8d3"
ACCOUNT, AUDIENCE = "0a1b2c3d4e5f60718293a4b5c", "6d7e8f9012"
LISTMONK = "https://lists.steady.example/subscription/form"
BUTTONDOWN = "https://buttondown.com/api/emails/embed-subscribe/steady"
MAILCHIMP = f"https://steady.us21.list-manage.com/subscribe/post?u={ACCOUNT}&id={AUDIENCE}"
BREVO = "https://a1b2c3d4.sibforms.com/serve/MUIFAKz_uX-T1=="
OWN = "https://steady.example/join?from=web"
MADE = [
    ("listmonk", f"{LISTMONK}?l={LIST}", SignUp(LISTMONK, "email", (("l", LIST),), "nonce")),
    (
        "listmonk",
        f"{LISTMONK}?l={LIST}&l={OTHER}",
        SignUp(LISTMONK, "email", (("l", LIST), ("l", OTHER)), "nonce"),
    ),
    ("buttondown", BUTTONDOWN, SignUp(BUTTONDOWN, "email", (("embed", "1"),), "")),
    ("mailchimp", MAILCHIMP, SignUp(MAILCHIMP, "EMAIL", (), f"b_{ACCOUNT}_{AUDIENCE}")),
    (
        "mailchimp",
        f"{MAILCHIMP}&f_id=00f4a6e5f0",
        SignUp(f"{MAILCHIMP}&f_id=00f4a6e5f0", "EMAIL", (), f"b_{ACCOUNT}_{AUDIENCE}"),
    ),
    (
        "brevo",
        BREVO,
        SignUp(BREVO, "EMAIL", (("locale", "en"), ("html_type", "simple")), "email_address_check"),
    ),
    ("outbox", OWN, SignUp(OWN, "email", (), "")),
]
WRONG = [
    ("listmonk", LISTMONK),  # no list
    ("listmonk", f"{LISTMONK}?l=weekly"),
    ("listmonk", f"{LISTMONK}?l={LIST}&next=https://evil.example"),
    ("listmonk", f"https://lists.steady.example/api/subscribers?l={LIST}"),
    ("buttondown", "https://buttondown.com/steady"),
    ("buttondown", BUTTONDOWN.replace(".com", ".email")),
    ("buttondown", BUTTONDOWN.replace("buttondown.com", "buttondown.com.evil.example")),
    ("buttondown", f"{BUTTONDOWN}?tag=web"),
    ("mailchimp", MAILCHIMP.partition("&id")[0]),
    ("mailchimp", f"{MAILCHIMP}&id={AUDIENCE}"),
    ("mailchimp", MAILCHIMP.replace("list-manage.com", "list-manage.com.evil.example")),
    ("mailchimp", MAILCHIMP.replace("/post", "/post-json")),
    ("brevo", BREVO.replace("/serve/", "/")),
    ("brevo", BREVO.replace("sibforms.com", "sibforms.evil.example")),
    ("outbox", "steady.example/join"),
    ("outbox", "//steady.example/join"),
    ("outbox", "https://steady.example"),
    ("outbox", "https://steady.example/join#form"),
    ("outbox", 'https://steady.example/"><script>'),
    ("outbox", "javascript:alert(1)"),
]


def settings(provider: str, **table: Any) -> Settings:
    """Return the newsletter's settings with a table of this provider."""
    return replace(load_settings(ROOT), provider=provider, providers={provider: table})


@pytest.mark.parametrize(("provider", "address", "form"), MADE)
def test_a_form_has_the_fields_that_its_provider_reads(provider: str, address: str, form: SignUp) -> None:
    """The address field, the fixed ones, the trap."""
    assert sign_up(settings(provider, signup=address)) == form


def test_every_provider_has_a_form_whose_example_is_of_its_own_shape() -> None:
    """What a hint shows can be written so."""
    assert set(FORMS) == set(PROVIDERS)
    for name, form in FORMS.items():
        assert sign_up(settings(name, signup=form.example)), name


@pytest.mark.parametrize("provider", FORMS)
def test_without_an_address_there_is_no_form(provider: str) -> None:
    """Nothing is guessed from other settings."""
    assert sign_up(settings(provider, url="https://lists.steady.example")) is None
    assert sign_up(replace(settings(provider), providers={})) is None


def test_an_address_copied_from_html_may_be_escaped() -> None:
    """Embed codes write & as &amp;."""
    assert sign_up(settings("mailchimp", signup=MAILCHIMP.replace("&", "&amp;"))) == MADE[3][2]


def test_readers_are_told_to_confirm_unless_the_list_takes_them_at_once() -> None:
    """Said too often it costs a look into the inbox; not said, a reader never confirms."""
    for single, confirms in ((False, True), (True, False)):
        form = sign_up(settings("buttondown", signup=BUTTONDOWN, single_opt_in=single))
        assert form
        assert form.confirms is confirms


@pytest.mark.parametrize(("provider", "address"), WRONG)
def test_an_address_of_another_shape_is_refused(provider: str, address: str) -> None:
    """With the key, and how it is written."""
    with pytest.raises(SettingsError) as refused:
        sign_up(settings(provider, signup=address))
    (finding,) = refused.value.findings
    assert finding.message.startswith(f"signup cannot be {address!r}")
    assert FORMS[provider].example in finding.hint


@pytest.mark.parametrize("provider", FORMS)
def test_only_loopback_may_be_spoken_to_in_the_clear(provider: str) -> None:
    """An address in transit says that somebody reads about their health."""
    address = FORMS[provider].example.replace("https:", "http:")
    with pytest.raises(SettingsError, match="it is not https"):
        sign_up(settings(provider, signup=address))
    host = address.split("/")[2]
    for near in ("127.0.0.1:8025", "localhost", "[::1]:9000"):
        assert sign_up(settings(provider, signup=address.replace(host, near)))


@pytest.mark.parametrize(
    "address", ["https://luke:hunter2@lists.steady.example/join", "https://hunter2@lists.steady.example/join"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(address: str) -> None:
    """A page is public."""
    with pytest.raises(SettingsError) as refused:
        sign_up(settings("outbox", signup=address))
    assert [finding.id for finding in refused.value.findings] == ["SET007"]
    assert "hunter2" not in f"{refused.value} {refused.value.hint} {refused.value.findings}"


@pytest.mark.parametrize(
    ("key", "value"), [("signup", 3), ("signup", ["https://x"]), ("single_opt_in", "yes")]
)
def test_a_value_of_the_wrong_kind_is_refused(key: str, value: object) -> None:
    """With its key."""
    with pytest.raises(SettingsError, match=f"{key} is not"):
        sign_up(settings("outbox", **{"signup": OWN, key: value}))


def test_a_form_of_a_provider_that_nobody_knows_is_refused() -> None:
    """Its fields would be guessed."""
    with pytest.raises(SettingsError, match="no sign-up form of 'butondown'") as refused:
        sign_up(settings("butondown", signup=BUTTONDOWN))
    assert "did you mean 'buttondown'" in refused.value.hint


@pytest.mark.parametrize("provider", FORMS)
def test_no_adapter_takes_the_keys_of_the_form_for_a_slip(provider: str) -> None:
    """They stand in the provider's table, and are read here."""
    own = {"listmonk": {"url": "https://lists.steady.example", "user": "api"}}.get(provider, {})
    table = {**own, "signup": FORMS[provider].example, "single_opt_in": True}
    assert open_provider(settings(provider, **table), utc_now).name == provider


class Posted(NamedTuple):
    """What came in at a form's address."""

    path: str
    kind: str
    fields: list[tuple[str, str]]


@contextmanager
def listening() -> Iterator[tuple[int, list[Posted]]]:
    """Yield the port of a server on loopback, and what is posted to it."""
    posted: list[Posted] = []

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = parse_qsl(body, keep_blank_values=True, strict_parsing=True)
            posted.append(Posted(self.path, self.headers["Content-Type"], fields))
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<p>Thank you</p>")

        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, posted
        finally:
            server.shutdown()
            thread.join()


def markup(form: SignUp) -> str:
    """Return the smallest form that a page can make of it."""
    fixed = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in form.hidden
    )
    trap = f'<input name="{escape(form.trap)}" tabindex="-1" autocomplete="off">' if form.trap else ""
    address = f'<label>Email <input type="email" required name="{escape(form.email)}"></label>'
    fields = f"{address}{fixed}{trap}<button>Join</button>"
    return f'<form method="post" action="{escape(form.action)}">{fields}</form>'


@pytest.mark.parametrize(("provider", "address", "form"), MADE)
def test_a_browser_posts_address_fixed_fields_and_an_empty_trap(
    chromium: Browser, provider: str, address: str, form: SignUp
) -> None:
    """To the very address, in the way that servers read, with no script."""
    site = "https://" + address.split("/")[2]
    with listening() as (port, posted):
        made = sign_up(settings(provider, signup=address.replace(site, f"http://127.0.0.1:{port}")))
        assert made
        context = chromium.new_context(java_script_enabled=False)
        page = context.new_page()
        page.set_content(markup(made))
        page.get_by_label("Email").fill("ada+steady@example.com")
        page.get_by_role("button").click()
        expect(page.get_by_text("Thank you")).to_be_visible()
        context.close()
    (came,) = posted
    trap = [(form.trap, "")] if form.trap else []
    assert (came.path, came.kind) == (form.action.removeprefix(site), "application/x-www-form-urlencoded")
    assert sorted(came.fields) == sorted([(form.email, "ada+steady@example.com"), *form.hidden, *trap])
