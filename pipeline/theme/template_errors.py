"""What went wrong in a template, told with its file and line and the nearest word that would do."""

import dataclasses
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jinja2

from pipeline.errors import TemplateError
from pipeline.findings import nearest
from pipeline.model import Wording

_UNKNOWN_WORD = re.compile(r"'(\w+)' is undefined|has no attribute '(\w+)'|(?:filter|test) named '(\w+)'")


@contextmanager
def explained(templates_path: Path, context: Mapping[str, Any]) -> Iterator[None]:
    """
    Turn what Jinja and the code in templates raise into a TemplateError.

    Args:
        templates_path: the folder the templates came from.
        context: what the templates were given: the words that could have been meant.

    Raises:
        TemplateError: says which file and line, and what to write instead where that can be guessed.
    """
    try:
        yield
    except Exception as err:
        frames = traceback.extract_tb(err.__traceback__)
        if not isinstance(err, jinja2.TemplateError | UnicodeError | RecursionError) and not any(
            Path(frame.filename).is_relative_to(templates_path) for frame in frames
        ):
            raise  # no template had a hand in it: a fault of ours
        where = _where(err, frames, templates_path)
        raise TemplateError(f"{where}: {_what(err)}", hint=_hint(err, templates_path, context)) from err


def _where(err: Exception, frames: traceback.StackSummary, templates_path: Path) -> str:
    if isinstance(err, jinja2.TemplateSyntaxError):
        return f"{templates_path.name}/{err.name}:{err.lineno}"
    for frame in reversed(frames):
        file = Path(frame.filename)
        if file.is_relative_to(templates_path):
            return f"{templates_path.name}/{file.relative_to(templates_path).as_posix()}:{frame.lineno}"
    return templates_path.name


def _what(err: Exception) -> str:
    match err:
        case jinja2.TemplateNotFound():
            return f"no such template: {err.name!r}"
        case RecursionError():
            return "the template includes itself without end"
        case UnicodeDecodeError():
            return f"the template is not UTF-8: byte {err.object[err.start]:#x} at offset {err.start}"
        case UnicodeEncodeError():
            return f"half a character, U+{ord(err.object[err.start]):04X}, is no text"
    message = str(err).rstrip(".")
    return message[:1].lower() + message[1:]


def _hint(err: Exception, templates_path: Path, context: Mapping[str, Any]) -> str:
    if isinstance(err, jinja2.TemplateNotFound):
        files = sorted(path.relative_to(templates_path).as_posix() for path in templates_path.rglob("*.html"))
        meant = nearest(str(err.name), files)
    elif unknown := _UNKNOWN_WORD.search(str(err)):
        meant = nearest(next(filter(None, unknown.groups())), sorted(_words(context)))
    else:
        meant = ""
    return f"did you mean {meant!r}?" if meant else "correct the template, or restore it from the repository"


def _words(context: Mapping[str, Any]) -> set[str]:
    """Collect what a template may name: values, their attributes, filters."""
    attributes = {name for value in context.values() for name in dir(value) if not name.startswith("_")}
    fields = {field.name for field in dataclasses.fields(Wording)}
    return {*context, *attributes, *fields, *jinja2.filters.FILTERS}
