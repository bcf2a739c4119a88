"""
The look of the archive: its pages' templates and their one style sheet.

Templates are the newsletter's own files, in `templates/archive/`; whatever goes wrong in one is told with
its file and line, as with the mail's.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipeline.errors import TemplateError
from pipeline.localtime import is_english
from pipeline.theme.environment import environment
from pipeline.theme.template_errors import explained

FOLDER = "archive"  # in the newsletter's folder of templates
STYLE_SHEET = "site.css"
_GAP = r"(?:\s|/\*.*?\*/)"
_STRING = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
_LAYOUT = re.compile(rf"({_STRING})|{_GAP}*([{{}};]){_GAP}*|{_GAP}+", re.DOTALL)


class SiteTheme:
    """A newsletter's templates of its archive, read when first used."""

    def __init__(self, templates_path: Path, cache_path: Path | None) -> None:
        """
        Take where the templates are; nothing is read yet.

        Args:
            templates_path: the newsletter's folder of templates, in which archive/ lies.
            cache_path: where compiled templates may be kept, or None to compile them anew.
        """
        self._path = templates_path
        self._environment = environment(templates_path, cache_path)

    def page(self, name: str, context: Mapping[str, Any]) -> str:
        r"""
        Return a page: the template *name* of archive/, such as "issue.html", filled.

        Args:
            name: its file.
            context: what every page has, `page` among it, and what its head comment lists; what is not Markup
                is escaped.

        Returns:
            A full document, "\n" line ends.

        Raises:
            TemplateError: the template is missing or wrong; says in which file and line.
        """
        # templates speak English; their words are marked so where the page does not
        english = Markup() if is_english(context["page"].lang) else Markup(' lang="en" dir="ltr"')
        context = {**context, "english": english}
        with explained(self._path, context):
            page = self._environment.get_template(f"{FOLDER}/{name}").render(context)
            page.encode()  # a template can write half a character; no file could hold it
            return page

    @cached_property
    def css(self) -> bytes:
        """
        The style sheet of all pages, as it is published: without comments and needless blanks.

        Raises:
            TemplateError: it cannot be read.
        """
        file = f"{self._path.name}/{FOLDER}/{STYLE_SHEET}"
        hint = "restore it from the repository: every page of the archive needs it"
        try:
            source = (self._path / FOLDER / STYLE_SHEET).read_bytes().decode("utf-8")
        except UnicodeDecodeError as err:
            message = f"{file}: not UTF-8 at byte {err.start}"
            raise TemplateError(message, hint="save the file as UTF-8") from err
        except FileNotFoundError as err:
            raise TemplateError(f"{file}: no such file", hint=hint) from err
        except OSError as err:
            raise TemplateError(f"{file}: cannot be read: {err.strerror}", hint=hint) from err
        return (_shortened(source) + "\n").encode()


def _shortened(css: str) -> str:
    """Return *css* without comments and needless blanks; strings stay as they are."""
    return _LAYOUT.sub(lambda found: found[1] or found[2] or " ", css).strip()
