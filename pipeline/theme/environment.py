"""What every template is read with, of the mail and of the archive: strict, escaping, cached; and filters."""

from pathlib import Path
from urllib.parse import urlsplit

import jinja2

from pipeline.localtime import long_date
from pipeline.theme.bytecode import BytecodeFolder

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def direction(lang: str) -> str:
    """Return "rtl" or "ltr", the direction in which the language *lang* (BCP 47) is written."""
    subtags = lang.lower().replace("_", "-").split("-")
    scripts = {"arab", "hebr", "latn"} & set(subtags[1:])
    if scripts:
        return "ltr" if "latn" in scripts else "rtl"
    return "rtl" if subtags[0] in _RIGHT_TO_LEFT else "ltr"


def host(url: str) -> str:
    """Return the host of *url* as readers say it, without "www."; what has none stays as it is."""
    return urlsplit(url).netloc.removeprefix("www.") or url


def environment(templates_path: Path, cache_path: Path | None) -> jinja2.Environment:
    """
    Return an environment for the templates in *templates_path*; nothing is read yet.

    Args:
        templates_path: the newsletter's folder of templates.
        cache_path: where compiled templates may be kept, or None to compile them anew.
    """
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_path),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=BytecodeFolder(cache_path / "jinja") if cache_path else None,
    )
    made.filters.update(direction=direction, host=host, long_date=long_date)
    return made
