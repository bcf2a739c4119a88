"""
The sign-up form of each provider: plain HTML that a browser posts by itself, with no script of anybody's.

The newsletter's owner copies the address of the form from the provider's own embed code into
`[tool.newsletter.providers.NAME]`:

    signup = "https://..."     where the form posts to; without it, pages have no form
    single_opt_in = true       readers are on the list at once; else they confirm by a mail first

Whatever stands there is looked at before it is on any page: a slip would send addresses of readers, who are
interested in health advice, somewhere else. A provider's captcha needs its script: it must be off there, or
be asked on a page of the provider's own.
"""

import html
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from pipeline.errors import SettingsError
from pipeline.findings import Findings, did_you_mean
from pipeline.settings import FILE, Settings
from pipeline.tomltable import TomlTable

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)(?:\?(?P<query>[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*))?"
)
_CREDENTIALS = re.compile(r"[^/?#]*//[^/?#]*@.*")
_LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class SignUp(NamedTuple):
    """A form that puts a reader's address on the list; it is posted as application/x-www-form-urlencoded."""

    action: str  # where it posts to; not escaped
    email: str  # name of the field for the address
    hidden: tuple[tuple[str, str], ...]  # name and value of each fixed field
    trap: str  # name of a field that people leave empty and robots fill in; "" when the provider has none
    confirms: bool = True  # readers get a mail to confirm first


class _Address(NamedTuple):
    """The parts of a `signup`, and the newsletter's language."""

    whole: str
    host: str  # in small letters
    path: str
    query: tuple[tuple[str, str], ...]
    language: str  # BCP 47

    @property
    def action(self) -> str:
        """The address without its query."""
        return self.whole.partition("?")[0]


class _Form(NamedTuple):
    """How the form of one provider is made, and told from what is none."""

    example: str
    make: Callable[[_Address], SignUp | None]  # None for what is no such form


def sign_up(settings: Settings) -> SignUp | None:
    """
    Return the form of the newsletter's provider, or None when the settings name no address of one.

    Raises:
        SettingsError: `signup` is no address of a form at the provider; `findings` says why.
    """
    name = settings.provider
    found = Findings(FILE, "settings")
    table = TomlTable(settings.providers.get(name, {}), {}, f"tool.newsletter.providers.{name}", found)
    given = html.unescape(table.text("signup", default=""))  # copied from HTML, it may have &amp;
    single = table.flag("single_opt_in")
    made = None
    if given and not found:
        if name not in FORMS:
            table.note("SET006", "signup", f"no sign-up form of {name!r} is known", did_you_mean(name, FORMS))
        elif address := _address(table, given, FORMS[name].example, settings.language):
            made = FORMS[name].make(address)
            if made is None:
                message = f"signup cannot be {given!r}: {name} has no such form"
                table.note("SET006", "signup", message, f"write it like this: {FORMS[name].example}")
    if found:
        message, hint = found.summary
        raise SettingsError(message, hint=hint, findings=found.all)
    return made._replace(confirms=not single) if made else None


def _address(table: TomlTable, given: str, example: str, language: str) -> _Address | None:
    """Return the parts of an address that a form may post to, or None when it is noted why it may not."""
    parts = _ADDRESS.fullmatch(given)
    like_this = f"write it like this: {example}"
    if _CREDENTIALS.fullmatch(given):
        table.note("SET007", "signup", "signup has a user name or a password in it", like_this)
    elif not parts:
        table.note("SET006", "signup", f"signup cannot be {given!r}: it is no address of a form", like_this)
    elif parts["scheme"] != "https" and parts["host"] not in _LOOPBACK:
        hint = "write https: readers' addresses must not travel in the clear"
        table.note("SET006", "signup", f"signup cannot be {given!r}: it is not https", hint)
    else:
        query = tuple(parse_qsl(parts["query"] or "", keep_blank_values=True))
        return _Address(given, parts["host"].lower(), parts["path"], query, language)
    return None


def _is_at(address: _Address, host: str) -> bool:
    """Say whether an address is on this host; a provider may be played on loopback."""
    return address.host in _LOOPBACK or re.fullmatch(host, address.host) is not None


def _listmonk(address: _Address) -> SignUp | None:
    """
    Return listmonk's form: `l` once for each list, `nonce` as the trap.

    Its embed code has the id of each list as a box of its own, which `signup` holds as ?l=UUID. Only public
    lists can be joined; "Enable public subscription page" must be on, and the captcha off.

    Source: listmonk 6.2, frontend/src/views/Forms.vue and cmd/public.go (SubscriptionForm,
    processSubForm), read 2026-11-27.
    """
    lists = [value for name, value in address.query if name == "l" and _UUID.fullmatch(value)]
    if not address.path.endswith("/subscription/form") or not lists or len(lists) != len(address.query):
        return None
    hidden = tuple(("l", value) for value in lists)
    return SignUp(address.action, "email", hidden, "nonce")


def _buttondown(address: _Address) -> SignUp | None:
    """
    Return Buttondown's form; it has no trap, and asks its captcha on a page of its own when it is in doubt.

    `embed` is required, the browser must follow the answer (no pop-up, no script), and the address on
    buttondown.email is a former one.

    Source: embed code as buttondown.com gives it, in many public sites, and what Buttondown told their
    owners (tomcritchlow/tomcritchlow.github.io#8, 2026-08-19), read 2026-11-27.
    """
    path = r"/api/emails/embed-subscribe/[A-Za-z0-9_-]+"
    if not _is_at(address, r"buttondown\.com") or address.query or not re.fullmatch(path, address.path):
        return None
    return SignUp(address.action, "email", (("embed", "1"),), "")


def _mailchimp(address: _Address) -> SignUp | None:
    """
    Return Mailchimp's form: account and audience stay in the address; the trap is named after both.

    An audience with required fields beside the address refuses the form; its reCAPTCHA must be off.

    Source: embed code as Mailchimp gives it, with and without `f_id`, in many public sites, read 2026-11-27.
    """
    query = dict(address.query)
    account, audience = query.get("u", ""), query.get("id", "")
    if (
        not _is_at(address, r"[a-z0-9-]+\.us[0-9]{1,2}\.list-manage[0-9]?\.com")
        or address.path != "/subscribe/post"
        or not all(re.fullmatch(r"[0-9a-f]+", value) for value in (account, audience))
        or set(query) - {"u", "id", "f_id"}
        or len(query) != len(address.query)
    ):
        return None
    return SignUp(address.whole, "EMAIL", (), f"b_{account}_{audience}")


def _brevo(address: _Address) -> SignUp | None:
    """
    Return Brevo's form as its "Simple HTML" code writes it; the captcha must be off in the form's settings.

    Source: that code in many public sites, with `locale` and `html_type`, read 2026-11-27.
    """
    path = r"/serve/[A-Za-z0-9_=-]+"
    if (
        not _is_at(address, r"[a-z0-9]+\.sibforms\.com")
        or address.query
        or not re.fullmatch(path, address.path)
    ):
        return None
    hidden = (("locale", address.language.partition("-")[0]), ("html_type", "simple"))
    return SignUp(address.action, "EMAIL", hidden, "email_address_check")


def _outbox(address: _Address) -> SignUp | None:
    """Return a form of anybody's that takes one field, `email`: the outbox itself has no list to join."""
    return SignUp(address.whole, "email", (), "")


FORMS: Mapping[str, _Form] = {
    "brevo": _Form("https://a1b2c3d4.sibforms.com/serve/MUIFAKz7", _brevo),
    "buttondown": _Form("https://buttondown.com/api/emails/embed-subscribe/steady", _buttondown),
    "listmonk": _Form(
        "https://lists.steady.example/subscription/form?l=3f6a1c52-0000-4000-8000-2b7d9e41c6aa", _listmonk
    ),
    "mailchimp": _Form(
        "https://steady.us1.list-manage.com/subscribe/post?u=0a1b2c3d4e5f60718293a4b5c&id=6d7e8f9012",
        _mailchimp,
    ),
    "outbox": _Form("https://steady.example/join", _outbox),
}
