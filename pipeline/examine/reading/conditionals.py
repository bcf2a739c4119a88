"""
Conditional comments: the same document as Outlook for Windows reads it.

Word takes `<!--[if mso]>…<![endif]-->` for markup and skips `<!--[if !mso]><!-->…<!--<![endif]-->`;
every other client does the opposite. Wording that stands in one branch only is missing for somebody.
Source: notificare.com, "MSO conditional comments", 2023-01-16, read 2026-11-22.
"""

import re

_VERSIONS = (12, 14, 15)  # Outlook 2007, 2010 and 2013
WORD = 16  # the version Outlook 2016, 2019, 2021 and Microsoft 365 on Windows call themselves

_MARK = re.compile(
    r"<!(?:--)?\[if\s(?P<test>[^\]>]*)\]>(?:\s*<!-->|\s*<!-- ?-->|-->)?|(?:<!--\s*)?<!\[endif\](?:--)?>",
    re.IGNORECASE,
)
_PART = re.compile(r"[()!&|]|[a-z]+|\d+(?:\.\d+)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def word_versions(html: str) -> tuple[float, ...]:
    """Return the Word versions in which *html* may differ from what browsers see; mostly none or one."""
    tests = [match["test"] for match in _MARK.finditer(html) if match["test"] is not None]
    named = {float(number) for test in tests for number in _NUMBER.findall(test)}
    older = {n for n in (*_VERSIONS, *named) if n < WORD} if named else set()
    return tuple(sorted({WORD, *older}, reverse=True)) if tests else ()


def as_word_reads(html: str, version: float = WORD) -> str:
    """Return *html* with the branches that Word takes opened and the others cut out."""
    kept: list[str] = []
    taken: list[bool] = []
    last = 0
    for match in _MARK.finditer(html):
        if all(taken):
            kept.append(html[last : match.start()])
        last = match.end()
        if match["test"] is not None:
            taken.append(_holds(match["test"], version))
        elif taken:
            taken.pop()
    if all(taken):
        kept.append(html[last:])
    return "".join(kept)


def _holds(test: str, version: float) -> bool:
    """Decide one condition. A name we do not know counts as absent, as it does in Word."""
    parts = _PART.findall(test.lower())[:64]  # a bound for hostile nesting
    value, _rest = _either(parts, version)
    return value


def _either(parts: list[str], version: float) -> tuple[bool, list[str]]:
    value, parts = _both(parts, version)
    while parts and parts[0] == "|":
        other, parts = _both(parts[1:], version)
        value = value or other
    return value, parts


def _both(parts: list[str], version: float) -> tuple[bool, list[str]]:
    value, parts = _one(parts, version)
    while parts and parts[0] == "&":
        other, parts = _one(parts[1:], version)
        value = value and other
    return value, parts


def _one(parts: list[str], version: float) -> tuple[bool, list[str]]:
    flip = False
    while parts and parts[0] == "!":
        flip, parts = not flip, parts[1:]
    if not parts:
        return flip, parts
    if parts[0] == "(":
        value, parts = _either(parts[1:], version)
        return value != flip, parts[1:]
    compare = "eq"
    if parts[0] in ("gt", "gte", "lt", "lte"):
        compare, parts = parts[0], parts[1:]
    name, parts = (parts[0], parts[1:]) if parts else ("", parts)
    value = name in ("mso", "true", "vml")
    if parts and parts[0][0].isdigit():
        value = value and _compares(compare, version, float(parts[0]))
        parts = parts[1:]
    return value != flip, parts


def _compares(how: str, version: float, bound: float) -> bool:
    if how == "eq":
        return version == bound
    return {"gt": version > bound, "gte": version >= bound, "lt": version < bound, "lte": version <= bound}[
        how
    ]
