"""
Where each key of a TOML text stands.

`tomllib` reads values without their places. This finds the places by the look of each line; it is for
error messages only, so a line that merely looks like a key, inside a long string, does no harm.
"""

import re
from collections.abc import Iterator, Mapping

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]#]+)\]\]?\s*(?:#.*)?")
_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")


def toml_keys(text: str) -> Iterator[tuple[str, int]]:
    """
    Yield the dotted path and the line, from 1, of each key and table of *text*; a repeated one again.

    Entries of an array of tables are counted from 0: `waivers.0.rule`.
    """
    arrays: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.fullmatch(line):
            table = _dotted(header[2])
            if header[1] == "[[":
                if table not in arrays:
                    yield table, number
                arrays[table] = arrays.get(table, -1) + 1
                table = f"{table}.{arrays[table]}"
            yield table, number
        elif key := _KEY.match(line):
            yield f"{table}.{_dotted(key[1])}".lstrip("."), number


def toml_lines(text: str) -> Mapping[str, int]:
    """Return the line, from 1, on which each key and table of *text* first stands."""
    lines: dict[str, int] = {}
    for path, line in toml_keys(text):
        lines.setdefault(path, line)
    return lines


def line_of(lines: Mapping[str, int], path: str) -> int:
    """Return the line of *path*, or of the nearest table around it; 0 when neither is known."""
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return lines.get(path, 0)


def _dotted(key: str) -> str:
    """Return a key as written without its quotes and blanks."""
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
