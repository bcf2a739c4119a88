"""
Who may talk to the preview: the browser that its address was opened in, and nobody else.

The outermost layer of the server. A draft is confidential, and every web page that an editor visits can send
requests to this machine. So each request, whatever its path, shows three things: by its Host that it was
not led here under another name (DNS rebinding), by Origin and Sec-Fetch-Site that no other site began it, and
by a cookie that it comes from the browser that once had a token. What fails is answered here; nothing
behind this layer sees it, so that no spelling of a path can slip by.

The cookie is no token, and the other way round. An address can be read by others: each user of a machine sees
with which arguments a process was started, and so the address that a browser was started with.
"""

import secrets
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = Sequence[tuple[bytes, bytes]]

METHODS = ("GET", "HEAD", "POST")
# A page of another site cannot set a header of its own without asking first, and is never told yes.
POST_HEADER = (b"x-newsletter", b"preview")
PAGE_POLICY = (
    "default-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_ADDED: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"content-security-policy", PAGE_POLICY.encode()),
)
_SHARING = b"access-control-"  # begins every header by which a server lets other sites read it
_CLOSED = "this address is for the browser that opened it: open the one that `newsletter preview` printed\n"
_TOKEN_BYTES = 24


def new_token() -> str:
    """Return what nobody can guess, in the letters of an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


class Guard:
    """An ASGI application that answers what may not pass, and hands the rest to another one."""

    def __init__(self, app: ASGIApp, *, port: int, token: str) -> None:
        """
        Stand before *app*.

        Args:
            app: the preview's routes.
            port: the server listens on, at the loopback addresses alone.
            token: of this run, random; whoever shows it gets the cookie, as often as it is shown.
        """
        self._app = app
        self._hosts = frozenset(f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost", "[::1]"))
        self._origins = frozenset(b"http://" + host for host in self._hosts)
        self._token = token.encode()
        self._single: set[bytes] = set()  # tokens that open once
        self._pass = new_token().encode()  # the cookie's value
        # cookies belong to a host, whatever its port: the name keeps two previews apart
        self._cookie = f"newsletter-preview-{port}".encode()

    def single_token(self) -> str:
        """Return another token, good for the first who shows it: for an address that others may read."""
        token = new_token()
        self._single.add(token.encode())
        return token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request, and add the headers that every answer has."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            answer = self._refusal(scope) or self._entrance(scope)
            if answer is None:
                await self._app(scope, receive, _completed(send))
            else:
                await _answer(_completed(send), *answer)

    def _refusal(self, scope: Scope) -> "_Answer | None":
        """Return the answer to a request that comes from elsewhere or asks for what nobody may."""
        hosts = _values(scope, b"host")
        if len(hosts) != 1 or hosts[0] not in self._hosts or not scope["path"].startswith("/"):
            return 421, "", ()
        if not self._origins.issuperset(_values(scope, b"origin")):
            return 403, "another site may not ask the preview\n", ()
        if not {b"same-origin", b"none"}.issuperset(_values(scope, b"sec-fetch-site")):
            return 403, "another site may not ask the preview\n", ()
        if scope["method"] not in METHODS:
            return 405, "", ((b"allow", ", ".join(METHODS).encode()),)
        return None

    def _entrance(self, scope: Scope) -> "_Answer | None":
        """Return the answer that trades a token for the cookie, or that misses one; None lets it pass."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        tokens = [value.encode() for name, value in query if name == "token"]
        if scope["method"] == "GET" and scope["path"] == "/" and tokens:
            if len(tokens) != 1 or not self._opens(tokens[0]):
                return 403, _CLOSED, ()
            rest = urlencode([(name, value) for name, value in query if name != "token"])
            cookie = self._cookie + b"=" + self._pass + b"; HttpOnly; SameSite=Strict; Path=/"
            return 303, "", ((b"location", f"/?{rest}".rstrip("?").encode()), (b"set-cookie", cookie))
        if not self._is_known(scope):
            return 403, _CLOSED, ()
        if scope["method"] == "POST" and _values(scope, POST_HEADER[0]) != [POST_HEADER[1]]:
            return 403, "a POST comes from the preview's own page, or not at all\n", ()
        return None

    def _opens(self, token: bytes) -> bool:
        """Say whether *token* is one; from now on a single one is none."""
        single = [each for each in self._single if secrets.compare_digest(token, each)]
        self._single.difference_update(single)
        return bool(single) or secrets.compare_digest(token, self._token)

    def _is_known(self, scope: Scope) -> bool:
        pairs = b";".join(_values(scope, b"cookie")).split(b";")
        cookies = [pair.strip().partition(b"=") for pair in pairs]
        shown = [value for name, _, value in cookies if name == self._cookie]
        return any(secrets.compare_digest(value, self._pass) for value in shown)


_Answer = tuple[int, str, Iterable[tuple[bytes, bytes]]]  # status, body, headers


def _values(scope: Scope, name: bytes) -> list[bytes]:
    """Return every value of the request header *name*, which servers hand on in lower case."""
    return [value for key, value in scope["headers"] if key == name]


def _completed(send: Send) -> Send:
    """Return a `send` that adds what the answer lacks, and lets no header share it with other sites."""

    async def complete(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [(name.lower(), value) for name, value in message.get("headers", ())]
            kept = [(name, value) for name, value in own if not name.startswith(_SHARING)]
            names = {name for name, _ in kept}
            added = [(name, value) for name, value in _ADDED if name not in names]
            message = {**message, "headers": [*kept, *added]}
        await send(message)

    return complete


async def _answer(send: Send, status: int, body: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
    content = body.encode()
    described = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(content)).encode()),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": described})
    await send({"type": "http.response.body", "body": content})
