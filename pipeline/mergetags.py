"""
Merge tags: the few places where a provider puts in what only it knows about a reader.

Editors write `{{ unsubscribe_url }}`. Before any parser sees the source, each known tag becomes an
opaque token of ASCII letters and digits, because HTML parsers and inliners spoil braces in links.
After the last parser, each adapter writes tokens in its provider's own syntax and escapes whatever
else that provider would take for a tag.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

PREFIX = "mtag7q"
NAMES = ("subscriber.first_name", "unsubscribe_url", "web_url")
Part = Literal["html", "text"]
Place = Literal["html", "style", "text"]  # style: inside a style element, where no character reference counts

_CODES = {name: re.sub(r"[^a-z]", "", name) for name in NAMES}
_NAMES_BY_CODE = {code: name for name, code in _CODES.items()}
_WRITTEN = re.compile(r"\{\{(?P<inner>[^{}]*)\}\}")
_NAME = re.compile(r"[ \t]*(?P<name>[A-Za-z_][A-Za-z0-9_.]*)")
# Word processors turn straight quotes into curly ones; an apostrophe may stand between double quotes.
_DEFAULT = re.compile(
    r"""[ \t]*(?:\|[ \t]*default\([ \t]*
        (?:"(?P<a>[^"\n]*)" | '(?P<b>[^'\n]*)' | [“”](?P<c>[^“”\n]*)[“”] | [‘’](?P<d>[^‘’\n]*)[‘’])
        [ \t]*\)[ \t]*)?""",
    re.VERBOSE,
)
_STYLE = re.compile(r"<style\b.*?</style\b", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(rf"{PREFIX}({'|'.join(_NAMES_BY_CODE)})x((?:[0-9a-f]{{2}})*)z")


class Tag(NamedTuple):
    """One known merge tag."""

    name: str  # one of NAMES
    default: str = ""  # shown when the provider knows no value; not escaped


class UnknownTag(NamedTuple):
    """A `{{ name … }}` in the source that is no known tag; readers would see it as it stands."""

    name: str  # all that stands between the braces
    line: int  # from 1, within the text searched
    column: int  # from 1


def token(tag: Tag, *, seal: str = "") -> str:
    """Return the opaque token that stands for *tag*: ASCII letters and digits only, when *seal* is."""
    return f"{PREFIX}{seal}{_CODES[tag.name]}x{tag.default.encode().hex()}z"


def to_tokens(source: str, values: Mapping[str, str] | None = None, *, seal: str = "") -> str:
    """
    Replace every known tag in *source* by its token, or by its value where *values* has one.

    Anything else in braces stays as it is. The source must not hold PREFIX: `load` refuses it.

    Args:
        source: what an editor wrote.
        values: tag name to value.
        seal: stands behind PREFIX in each token, so that no parser can make one of other text; whoever
            asks for it takes it out again.
    """
    known = values or {}

    def write(match: re.Match[str]) -> str:
        tag = _written(match)
        if tag is None:
            return match[0]
        return known[tag.name] if tag.name in known else token(tag, seal=seal)

    return _WRITTEN.sub(write, source)


def unknown_tags(source: str) -> list[UnknownTag]:
    """List every `{{ name … }}` in *source* that `to_tokens` would leave: a wrong name, a wrong filter."""
    return [
        UnknownTag(
            " ".join(match["inner"].split()),
            source.count("\n", 0, match.start()) + 1,
            match.start() - source.rfind("\n", 0, match.start()),
        )
        for match in _WRITTEN.finditer(source)
        if _NAME.match(match["inner"].lstrip()) and _written(match) is None
    ]


def _written(match: re.Match[str]) -> Tag | None:
    """Return the known tag an editor wrote, or None when it is anything else in braces."""
    name = _NAME.match(match["inner"])
    if name is None or name["name"] not in _CODES:
        return None
    default = _DEFAULT.fullmatch(match["inner"], name.end())
    return Tag(name["name"], next(filter(None, default.groups()), "")) if default else None


def tags(content: str) -> list[Tag]:
    """List the tags whose tokens stand in *content*, in order."""
    return [tag for _, tag in _tokens(content)]


def as_written(content: str) -> str:
    """Return *content* with its tokens as tags again, for messages to editors."""
    return _BRACES.apply(content, "text")


def _tokens(content: str) -> Iterator[tuple[re.Match[str], Tag]]:
    """Yield each token in *content* with its tag; a default that is no text makes it none."""
    for match in _TOKEN.finditer(content):
        try:
            default = bytes.fromhex(match[2]).decode()
        except UnicodeDecodeError:
            continue
        yield match, Tag(_NAMES_BY_CODE[match[1]], default)


class MergeSyntax(NamedTuple):
    """
    One provider's way to write merge tags.

    `write` is given a tag and the part it stands in and returns the provider's text for it, escaped
    for that part. `escape` rewrites a run of characters that the provider would read as its own
    syntax, found by `specials`, so that readers see it literally; in a style element it must leave the
    same rules. `specials` must find a lone opening character too (`{`, not only `{{`): one that stands
    right before a tag would join it.
    """

    write: Callable[[Tag, Part], str]
    specials: re.Pattern[str]
    escape: Callable[[str, Place], str]

    def apply(self, content: str, part: Part) -> str:
        """Return *content* with tokens in this syntax and all else shown literally, in one pass."""
        return "".join(self._pieces(content, part))

    def _pieces(self, content: str, part: Part) -> Iterator[str]:
        end = 0
        for match, tag in _tokens(content):
            yield self._literal(content[end : match.start()], part)
            yield self.write(tag, part)
            end = match.end()
        yield self._literal(content[end:], part)

    def _literal(self, run: str, part: Part) -> str:
        """Return *run*, in which no tag stands, escaped: what is in its style elements as style."""
        if part == "text":
            return self._escaped(run, "text")
        written, end = "", 0
        for style in _STYLE.finditer(run):
            written += self._escaped(run[end : style.start()], "html") + self._escaped(style[0], "style")
            end = style.end()
        return written + self._escaped(run[end:], "html")

    def _escaped(self, run: str, place: Place) -> str:
        return self.specials.sub(lambda match: self.escape(match[0], place), run)


NO_SPECIALS = re.compile(r"(?!)")
_BRACES = MergeSyntax(lambda tag, _part: f"{{{{ {tag.name} }}}}", NO_SPECIALS, lambda run, _part: run)


def persona(values: Mapping[str, str]) -> MergeSyntax:
    """
    Return the syntax that fills in one reader's values instead of tags.

    Args:
        values: tag name to value; a missing or empty one falls back to the tag's default.
    """

    def write(tag: Tag, part: Part) -> str:
        value = values.get(tag.name) or tag.default
        return html.escape(value) if part == "html" else value

    return MergeSyntax(write=write, specials=NO_SPECIALS, escape=lambda run, _part: run)
