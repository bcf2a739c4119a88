"""
Merge tags as listmonk writes them: Go templates, and what such a template leaves of our mail.

listmonk runs the body and the text part through Go's html/template and the subject through text/template.
html/template reads HTML as it goes, and does not leave all of it alone: comments vanish, Outlook's
conditional ones with them, CSS comments in style elements too, and a `<` that begins no tag becomes `&lt;`,
in the text part as well, where nobody wants it. So each of these goes through `{{ Safe "…" }}`, listmonk's
own function for HTML that is put in as it is; a merge tag inside a comment stands between two of them. Then
a page that listmonk renders is our HTML to the byte, and `neutral` can prove it.

Sources, read 2026-11-27: listmonk 6.2, models/campaigns.go (which template engine runs what),
models/common.go (`@TrackLink`, which it rewrites even inside strings), internal/manager/manager.go (`Safe`,
`data-embed`), cmd/campaigns.go and cmd/subscribers.go (the reader "Demo Subscriber" of previews); Go 1.26,
html/template/escape.go, `escapeText`. Tried with that listmonk: its preview and its mails.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.mergetags import MergeSyntax, Part, Place, Tag, token

# What html/template would drop or change: comments and other declarations, elements that hold no markup.
_MARKUP = re.compile(
    r"""(?P<kept> <!--.*?(?:-->|\Z) | <(?P<raw>style|script)\b.*?</(?P=raw)\s*> | <[!?](?!doctype)[^>]*>? )
    | <[a-z/](?:"[^"]*"|'[^']*'|[^>"'])*> | <!doctype[^>]*> | (?P<stray><)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ACTION = re.compile(r"\{\{\ (?P<code>(?:\"(?:[^\"\\]|\\.)*\"|[^\"{}])*)\ \}\}")
_STRING = r'"(?:[^"\\]|\\.)*"'
_LITERAL = re.compile(rf"(?:Safe )?(?P<string>{_STRING})")
_FIRST_NAME = re.compile(
    rf"(?:Safe )?\(?(?:\.Subscriber\.FirstName|or \.Subscriber\.FirstName (?P<default>{_STRING}))\)?"
)
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_URLS = {"unsubscribe_url": "UnsubscribeURL", "web_url": "MessageURL"}
# What stands in a preview for each tag; the address of listmonk is its own setting, unknown to us.
_DEMO = {
    "subscriber.first_name": re.compile("Demo"),
    "unsubscribe_url": re.compile(rf"https?://[^\s\"'<>]+/subscription/{_UUID}/{_UUID}"),
    "web_url": re.compile(rf"https?://[^\s\"'<>]+/campaign/{_UUID}/{_UUID}"),
}


def _string(text: str) -> str:
    """Return *text* as a string of Go, in which listmonk finds nothing to rewrite."""
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(r"\{(?=\{)|@(?=TrackLink)", lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _write(tag: Tag, part: Part) -> str:
    if tag.name in _URLS:
        return f"{{{{ {_URLS[tag.name]} }}}}"
    name = ".Subscriber.FirstName"
    if tag.default:
        name = f"or {name} {_string(tag.default)}"
    if part == "html":
        return f"{{{{ {name} }}}}"
    # the text part runs through html/template as well: without Safe, O'Neil would be O&#39;Neil
    return f"{{{{ Safe ({name}) }}}}" if tag.default else f"{{{{ Safe {name} }}}}"


def _safe(run: str, _place: Place) -> str:
    return f"{{{{ Safe {_string(run)} }}}}"


def _in_text(run: str, _place: Place) -> str:
    if run == "@TrackLink":
        return '@{{ "TrackLink" }}'
    return f"{{{{ Safe {_string(run)} }}}}" if run.startswith("<") else f"{{{{ {_string(run)} }}}}"


def _in_html(run: str, _place: Place) -> str:
    return f"&#{ord(run[0])};{run[1:]}" if run[0] in "{@" else run.replace("-", "&#45;")


_KEPT = MergeSyntax(write=_write, specials=re.compile(r".+", re.DOTALL), escape=_safe)
_HTML = MergeSyntax(write=_write, specials=re.compile(r"\{|@TrackLink|data-embed"), escape=_in_html)
_TEXT = MergeSyntax(write=_write, specials=re.compile(r"\{+|<+|@TrackLink"), escape=_in_text)


class GoTemplates:
    """Writes merge tags for listmonk, and all else so that its templates leave it as it is."""

    def apply(self, content: str, part: Part) -> str:
        """Return *content*, a subject, a text part or a whole HTML document, as listmonk must be given it."""
        return _TEXT.apply(content, "text") if part == "text" else "".join(_html_pieces(content))


def _html_pieces(content: str) -> Iterator[str]:
    end = 0
    for markup in _MARKUP.finditer(content):
        kept = markup["kept"] or markup["stray"]
        if kept:
            yield _HTML.apply(content[end : markup.start()], "html")
            yield _KEPT.apply(kept, "html")
            end = markup.end()
    yield _HTML.apply(content[end:], "html")


class _Piece(NamedTuple):
    """A run of literal characters, or a merge tag."""

    literal: str
    tag: Tag | None = None


def _pieces(written: str) -> list[_Piece] | None:
    """Read what `GoTemplates` wrote; None when it holds an action of somebody else's."""
    pieces, end = [], 0
    for action in _ACTION.finditer(written):
        piece = _piece(action["code"])
        if piece is None:
            return None
        pieces += [_Piece(written[end : action.start()]), piece]
        end = action.end()
    pieces.append(_Piece(written[end:]))
    return None if any("{{" in piece.literal for piece in pieces[::2]) else pieces


def _piece(code: str) -> _Piece | None:
    literal, name = _LITERAL.fullmatch(code), _FIRST_NAME.fullmatch(code)
    if literal:
        return _Piece(json.loads(literal["string"]))
    if name:
        return _Piece("", Tag("subscriber.first_name", json.loads(name["default"] or '""')))
    return next((_Piece("", Tag(tag)) for tag, function in _URLS.items() if code == function), None)


def neutral(written: str, shown: str | None = None) -> str | None:
    """
    Return the mail that *written*, in our syntax, stands for: with neutral tokens instead of tags.

    Args:
        written: an HTML document or a text as `GoTemplates` writes it and listmonk stores it.
        shown: what listmonk's preview made of it. It must be *written* to the byte, but for white space
            around all of it, with the values of the preview's reader where the tags stand.

    Returns:
        The mail, in which each token is where the preview has its value; None when *written* holds other
        actions than ours, or *shown* differs: a template stands around it, or a part of it was lost.
    """
    pieces = _pieces(written)
    if pieces is None or (shown is not None and not _shows(shown, pieces)):
        return None
    return "".join(token(piece.tag) if piece.tag else piece.literal for piece in pieces)


def _shows(shown: str, pieces: list[_Piece]) -> bool:
    position = len(shown) - len(shown.lstrip())
    for piece in pieces:
        if piece.tag is None:
            value = piece.literal if shown.startswith(piece.literal, position) else None
        else:
            match = _DEMO[piece.tag.name].match(shown, position)
            value = match[0] if match else None
        if value is None:
            return False
        position += len(value)
    return not shown[position:].strip()
