"""
The issue's fragment -> a full HTML document, its style sheet in the head.

Templates are the newsletter's own files; issues are data. An issue's text enters a template as a value
and is never read as a template, whatever braces it holds. Whatever goes wrong in a template is told with
its file and line.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import jinja2
from jinja2.filters import do_default
from markupsafe import Markup

from pipeline.disclaimers.mandated import SYMBOLS
from pipeline.errors import TemplateError
from pipeline.findings import did_you_mean
from pipeline.localtime import is_english
from pipeline.mergetags import Tag, persona, tags, to_tokens, token
from pipeline.model import Fragment, Issue
from pipeline.theme.components import Macros, email_safe, pieces
from pipeline.theme.environment import direction, environment
from pipeline.theme.marks import Marks
from pipeline.theme.template_errors import explained

if TYPE_CHECKING:
    from pipeline.disclaimers.select import Selection
    from pipeline.settings import Settings

COMPONENTS = "components.html"
HERO_WIDTH = 600  # px; the card's
# Gmail shows up to about 200 characters beside the subject (resend/react-email#2268, read 2026-11-22)
PREVIEW_LENGTH = 200
_BLANK = "\u00a0\u200c"  # takes room in the inbox; the joiner keeps clients from folding the blanks into one
_PARTS = frozenset({"base", "components"})  # in templates/, but no issue's template


class Theme:
    """A newsletter's templates, read when first used and again when their files change."""

    def __init__(self, templates_path: Path, cache_path: Path | None) -> None:
        """
        Take where the templates are; nothing is read yet.

        Args:
            templates_path: the folder of weekly.html, base.html, partials/ and the others.
            cache_path: where compiled templates may be kept, or None to compile them anew.
        """
        self._path = templates_path
        self._environment = environment(templates_path, cache_path)
        self._environment.filters.update(default=_default, pieces=pieces)

    @cached_property
    def _marking(self) -> jinja2.Environment:
        """The same templates, compiled anew with marks."""
        return self._environment.overlay(extensions=[Marks], bytecode_cache=None)

    @property
    def names(self) -> list[str]:
        """The templates an issue may choose, sorted, without ".html"."""
        return sorted(path.stem for path in self._path.glob("*.html") if path.stem not in _PARTS)

    def document(
        self,
        issue: Issue,
        fragment: Fragment,
        *,
        settings: "Settings",
        selection: "Selection",
        web_url: str,
        marked: bool = False,
    ) -> str:
        r"""
        Set *fragment* in the issue's template.

        Args:
            issue: its front matter fills the template.
            fragment: the body; its components become email-safe markup.
            settings: the newsletter's.
            selection: the wordings to show.
            web_url: the issue's permalink, or empty where the provider makes one.
            marked: let every start tag and line of CSS say which template's line wrote it (`theme.marks`).

        Returns:
            A full document, "\n" line ends, merge tags as tokens, rules still in `<style>`.

        Raises:
            TemplateError: the template is missing or wrong; says in which file and line.
        """
        if issue.template not in self.names:
            raise TemplateError(
                f"{issue.file}:{issue.lines.get('template', 1)}: no such template: {issue.template!r}",
                hint=did_you_mean(issue.template, self.names),
            )
        context = _context(issue, settings, selection, web_url)
        environment = self._marking if marked else self._environment
        with explained(self._path, context):
            context["body"] = email_safe(fragment.html, self._macros(context, environment))
            document = environment.get_template(f"{issue.template}.html").render(context)
            document.encode()  # a template can write half a character; nothing after it could
            return document

    def _macros(self, context: Mapping[str, Any], environment: jinja2.Environment) -> Macros:
        macros: Any = environment.get_template(COMPONENTS).make_module(dict(context))
        missing = [name for name in Macros.__annotations__ if not hasattr(macros, name)]
        if missing:
            raise TemplateError(
                f"{self._path.name}/{COMPONENTS}: the macro {missing[0]!r} is missing",
                hint="restore it: the component of that name in issues needs it",
            )
        return cast("Macros", macros)


def _context(issue: Issue, settings: "Settings", selection: "Selection", web_url: str) -> dict[str, Any]:
    """Return all that templates may name, but `body`."""
    from_right = direction(issue.lang) == "rtl"
    values = {"web_url": web_url} if web_url else {}
    return {
        "issue": issue,
        "settings": settings,
        "wordings": selection.wordings,
        "symbols": SYMBOLS,
        "lang": issue.lang,
        "dir": "rtl" if from_right else "ltr",
        # Outlook aligns by the attribute alone, which knows no "start"
        "start": "right" if from_right else "left",
        "end": "left" if from_right else "right",
        # templates speak English; their words are marked so where the issue does not
        "english": Markup() if is_english(issue.lang) else Markup(' lang="en" dir="ltr"'),
        "title": to_tokens(issue.title, values),
        "subject": to_tokens(issue.subject, values),
        "preheader": to_tokens(issue.preheader, values),
        "preheader_padding": _BLANK * max(0, PREVIEW_LENGTH - _least_length(issue.preheader)),
        "hero": _hero(issue, settings),
        # the editorial date first: moving the hour of sending must not change a letter
        "issued": issue.date or (issue.send_at.date() if issue.send_at else None),
        "subscriber": {"first_name": token(Tag("subscriber.first_name"))},
        "unsubscribe_url": token(Tag("unsubscribe_url")),
        "web_url": web_url or token(Tag("web_url")),
    }


def _least_length(line: str) -> int:
    """Return how many characters a line has for a reader of whom nothing is known."""
    return len(persona({}).apply(to_tokens(line), "text"))


def _hero(issue: Issue, settings: "Settings") -> dict[str, Any] | None:
    if not issue.image_src:
        return None
    image = issue.images.get(issue.image_src)
    if image is None:
        return {"src": issue.image_src, "alt": issue.image_alt, "height": 0}
    height = round(image.height * HERO_WIDTH / image.width)
    return {"src": settings.image_url(image), "alt": issue.image_alt, "height": height}


def _default(value: Any, default: str = "", boolean: bool = False) -> Any:  # noqa: FBT001, FBT002 - Jinja's own signature
    """Give a merge tag the default that its provider shall show; else do what Jinja's filter does."""
    named = tags(value) if isinstance(value, str) else []
    if len(named) == 1 and value == token(named[0]):
        return token(Tag(named[0].name, default))
    return do_default(value, default, boolean)
