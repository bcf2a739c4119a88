"""
As much of Go's html/template as campaigns need, with what it does to a page: the stand-in's own renderer.

It reads actions, conditions and the functions of listmonk; anything else is an error, as in Go. In HTML it
drops comments, also those of CSS, and turns a `<` that begins no tag into `&lt;`, as Go's html/template does.
"""

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_STRING = r'"(?:[^"\\\n]|\\.)*"|`[^`]*`'
_ACTION = re.compile(rf"\{{\{{((?:{_STRING}|(?!\}}\}}).)*)\}}\}}", re.DOTALL)
_WORD = re.compile(rf"\s*({_STRING}|\.?[A-Za-z_][\w.]*|[().|])")
_TRACKED = re.compile(r"(https?://[\w\-.~!#$&'()*+,/:;=?@\[\]%]*)@TrackLink")
# (what a piece of a page is, how it looks); the first that fits counts
_PAGE = re.compile(
    r"""(?P<comment><!--.*?-->) | (?P<style><style\b.*?</style) | (?P<doctype><!doctype[^>]*>)
    | (?P<tag></?[a-z](?:"[^"]*"|'[^']*'|[^>"'])*>)
    | (?P<stray><)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


class TemplateError(Exception):
    """The template cannot be parsed, or not be run."""


class Html(str):
    """What `Safe` gives: put into a page as it is."""

    __slots__ = ()


def render(source: str, values: Mapping[str, str], *, page: bool) -> str:
    """
    Return what Go makes of *source*.

    Args:
        source: the template.
        values: UnsubscribeURL, MessageURL, FirstName.
        page: html/template, which escapes and drops; else text/template.
    """
    source = _TRACKED.sub(r'{{ TrackLink "\1" }}', source)
    pieces = list(_pieces(source))
    out, rest = _run(pieces, values, page=page)
    if rest:
        raise TemplateError("unexpected {{end}}")
    return _page(out) if page else "".join(text for _, text in out)


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    end = 0
    for action in _ACTION.finditer(source):
        yield "text", source[end : action.start()]
        yield "action", action[1].strip()
        end = action.end()
    yield "text", source[end:]
    if "{{" in source[end:]:
        raise TemplateError("unclosed action")


def _run(
    pieces: list[tuple[str, str]], values: Mapping[str, str], *, page: bool, inner: bool = False
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Run until the end, or the `else` or `end` of an inner block; return what was written, and the rest."""
    out: list[tuple[str, str]] = []
    while pieces:
        (kind, code), pieces = pieces[0], pieces[1:]
        if kind == "text":
            out.append(("text", code))
        elif code in ("else", "end"):
            if not inner:
                raise TemplateError(f"unexpected {{{{{code}}}}}")
            return out, [(kind, code), *pieces]
        elif code.startswith("if "):
            yes, left = _run(pieces, values, page=page, inner=True)
            no: list[tuple[str, str]] = []
            if left and left[0][1] == "else":
                no, left = _run(left[1:], values, page=page, inner=True)
            if not left:
                raise TemplateError("unexpected EOF")
            pieces = left[1:]
            out += yes if _value(code[3:], values) else no
        else:
            value = _value(code, values)
            out.append(("safe" if isinstance(value, Html) else "value", str(value)))
    if inner:
        raise TemplateError("unexpected EOF")
    return out, []


def _value(code: str, values: Mapping[str, str]) -> Any:
    words, end = [], 0
    while code[end:].strip():
        word = _WORD.match(code, end)
        if word is None:
            raise TemplateError(f"unexpected {code[end:].strip()[:1]!r} in command")
        words.append(word[1])
        end = word.end()
    value, left = _command(words, values)
    if left:
        raise TemplateError(f"unexpected {left[0]!r}")
    return value


def _command(words: list[str], values: Mapping[str, str]) -> tuple[Any, list[str]]:
    functions: dict[str, Callable[..., Any]] = {
        "Safe": Html,
        "or": lambda *some: next((each for each in some if each), some[-1]),
        "TrackLink": lambda url, *_: f"{values['UnsubscribeURL'].split('/subscription')[0]}/link/{url}",
        "TrackView": lambda *_: Html('<img src="https://lists.example/view" alt="">'),
        "UnsubscribeURL": lambda *_: values["UnsubscribeURL"],
        "MessageURL": lambda *_: values["MessageURL"],
    }
    if not words:
        raise TemplateError("missing value for command")
    if words[0] not in functions:
        return _operand(words, values)
    arguments, left = [], words[1:]
    while left and left[0] != ")":
        argument, left = _operand(left, values)
        arguments.append(argument)
    try:
        return functions[words[0]](*arguments), left
    except (TypeError, IndexError) as err:
        raise TemplateError(f"wrong number of args for {words[0]}") from err


def _operand(words: list[str], values: Mapping[str, str]) -> tuple[Any, list[str]]:
    word, left = words[0], words[1:]
    if word == "(":
        value, left = _command(left, values)
        if not left or left[0] != ")":
            raise TemplateError("unclosed left paren")
        return value, left[1:]
    if word.startswith("`"):
        return word[1:-1], left
    if word.startswith('"'):
        return json.loads(word), left
    if word == ".Subscriber.FirstName":
        return values["FirstName"], left
    if word == ".":
        return "", left
    raise TemplateError(f'function "{word}" not defined')


def _page(out: list[tuple[str, str]]) -> str:
    """Put the pieces together the way html/template does; where a value stands decides how it is escaped."""
    source, written, marks = "", [], {}
    for kind, text in out:
        if kind == "text":
            source += text
        else:
            mark = f"\ue000{len(marks)}\ue001"
            marks[mark] = (kind, text)
            source += mark
    end = 0
    for found in _PAGE.finditer(source):
        written.append(_filled(source[end : found.start()], marks, "text"))
        what = found.lastgroup
        if what == "style":
            written.append(_filled(re.sub(r"/\*.*?\*/", " ", found[0], flags=re.DOTALL), marks, "style"))
        elif what == "stray":
            written.append("&lt;")
        elif what != "comment":
            written.append(_filled(found[0], marks, "attribute"))
        end = found.end()
    written.append(_filled(source[end:], marks, "text"))
    return "".join(written)


def _filled(text: str, marks: Mapping[str, tuple[str, str]], place: str) -> str:
    def write(mark: re.Match[str]) -> str:
        kind, value = marks[mark[0]]
        if place == "style":
            return "ZgotmplZ"
        if kind == "safe" and place == "text":
            return value
        if kind == "safe":
            value = re.sub(r"<[^>]*>", "", value)
        return (
            html.escape(value, quote=False).replace('"', "&#34;").replace("'", "&#39;").replace("+", "&#43;")
        )

    return re.sub("\ue000\\d+\ue001", write, text)
