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
        stack = _stack(err, templates_path)
        if not stack and not isinstance(err, jinja2.TemplateError | UnicodeError | RecursionError):
            raise  # no template had a hand in it: a fault of ours
        where = "{}:{}".format(*stack[-1]) if stack else templates_path.name
        hint = _hint(err, templates_path, context)
        raise TemplateError(f"{where}: {_what(err)}", hint=hint, chain=_chain(stack)) from err


def _stack(err: Exception, templates_path: Path) -> list[tuple[str, int]]:
    """Return the templates that were being filled, the outermost first, each with its line."""
    stack: list[tuple[str, int]] = []
    for frame, python_line in traceback.walk_tb(err.__traceback__):
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(templates_path):
            # Jinja puts its own lines right where it renders, and not where Python calls a macro.
            compiled = frame.f_globals.get("__jinja_template__")
            line = compiled.get_corresponding_lineno(python_line) if compiled else python_line
            stack.append((f"{templates_path.name}/{file.relative_to(templates_path).as_posix()}", line))
    if isinstance(err, jinja2.TemplateSyntaxError):
        at_fault = (f"{templates_path.name}/{err.name}", err.lineno)
        return stack if stack[-1:] == [at_fault] else [*stack, at_fault]
    return stack


def _chain(stack: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """
    Return who led to whom: each template once where it goes on inside itself, at its innermost line.

    A template and its blocks and macros are frames of their own. What includes itself comes round only once.
    """
    chain: list[tuple[str, int]] = []
    for file, line in stack:
        if chain and chain[-1][0] == file:
            chain[-1] = (file, line)
        elif (file, line) not in chain:
            chain.append((file, line))
    return chain


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
