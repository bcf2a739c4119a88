"""Every kind of page: what its template is given, filled, and proven to say its disclaimers."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from pipeline.archive.card import Card
from pipeline.archive.page import PageFacts
from pipeline.archive.pictures import picture_attributes
from pipeline.archive.shelf import Term
from pipeline.archive.site import Site
from pipeline.archive.structured import head
from pipeline.archive.trackers import untracked
from pipeline.archive.web import WebText, web_text
from pipeline.disclaimers.mandated import SYMBOLS
from pipeline.errors import ChecksFailed
from pipeline.examine import examine_page, said
from pipeline.model import Finding, Issue, Severity, Wording
from pipeline.stages.render import render

HERO_SIZES = "(max-width: 928px) 100vw, 880px"  # how wide site.css shows it

# data that nothing runs; and the one script of ours, which writes into its own list of results alone
_KNOWN_TO_HIDE_NOTHING = re.compile(
    r'<script type="application/ld\+json">[^<]*</script>'
    r'|<meta http-equiv="refresh" content="0; url=[^"<>]*">'  # leads on at once, where words stand as well
    r'|<script type="module" src="(?:\.\./)*search/search\.js"></script>'
)


class Neighbour(NamedTuple):
    """The next issue, newer or older."""

    slug: str
    title: str
    lang: str


class Beside(NamedTuple):
    """What the page of an issue says beyond the issue."""

    newer: Neighbour | None
    older: Neighbour | None
    tags: tuple[Term, ...]  # without their cards; none of an unlisted issue
    authors: tuple[Term, ...]
    reviewer: tuple[Term, ...]
    review_due: bool


def issue_page(issue: Issue, card: Card, beside: Beside, wordings: tuple[Wording, ...], site: Site) -> str:
    """
    Return the page of *issue*.

    Args:
        issue: as it is loaded.
        card: what the site says of it.
        beside: its neighbours and terms.
        wordings: what it must show.
        site: the site.

    Raises:
        ChecksFailed: a wording does not stand in it word for word.
        TemplateError: a template of the archive cannot be used.
    """
    facts = page_of(card)
    assets = f"{facts.root(site.settings)}assets"
    text = _web_text(issue, assets, site)
    context = {
        "card": card,
        "issue": issue,
        "article": Markup(text.article),  # noqa: S704 - sanitised by the render stage
        "sources": Markup(text.sources),  # noqa: S704 - as above
        "hero": _hero(issue, assets),
        **beside._asdict(),
    }
    return _filled("issue.html", facts, context, wordings, site, card=card)


def page_of(card: Card) -> PageFacts:
    """Return what the page of an issue says of itself."""
    return PageFacts(card.title, card.description, f"{card.slug}/", card.lang, noindex=not card.is_listed)


def list_page(template: str, facts: PageFacts, context: Mapping[str, Any], site: Site) -> str:
    """
    Return a page that is no issue's.

    Args:
        template: its file in templates/archive/.
        facts: what it says of itself.
        context: what its template is given beyond what every page has.
        site: the site.

    Raises:
        ChecksFailed: a wording that every page needs does not stand in it word for word.
        TemplateError: a template of the archive cannot be used.
    """
    return _filled(template, facts, context, site.always, site)


def entry_html(
    issue: Issue, card: Card, wordings: tuple[Wording, ...], site: Site, *, review_due: bool
) -> str:
    """
    Return *issue* as a feed carries it: a fragment with absolute links, the disclaimers among it.

    Who reviewed it, who paid for it and what was corrected stand in it as on its page.

    Raises:
        ChecksFailed: a wording does not stand in it word for word.
        TemplateError: a template of the archive cannot be used.
    """
    text = _web_text(issue, f"{site.settings.archive_url}/assets", site)
    context = {
        "card": card,
        "issue": issue,
        "article": Markup(text.article),  # noqa: S704 - as above
        "sources": Markup(text.sources),  # noqa: S704 - as above
        "review_due": review_due,
        "reviewer": (),  # named without a link: a reader's program shows it at an address of its own
    }
    return _filled("feed-entry.html", page_of(card), context, wordings, site)


def frame_findings(
    page: str, facts: PageFacts, wordings: tuple[Wording, ...], site: Site
) -> tuple[Finding, ...]:
    """
    Return why some reader of *page* would not see a wording: the examination that mails go through.

    Args:
        page: one of its kind, its style sheet linked.
        facts: what it says of itself.
        wordings: what it must show.
        site: the site.
    """
    link = f'<link rel="stylesheet" href="{facts.root(site.settings)}{site.style_sheet}">'
    if link not in page:
        message = f"the frame of {facts.path or 'index.html'!r} does not link the style sheet of the site"
        hint = 'write <link rel="stylesheet" href="{{ css }}"> in the head of templates/archive/base.html'
        return (Finding("VIS022", Severity.BLOCK, message, hint, part="template"),)
    styled = _KNOWN_TO_HIDE_NOTHING.sub("", page).replace(link, f"<style>{site.theme.css.decode()}</style>")
    return tuple(examine_page(styled, wordings, others=site.registry.wordings))


def _filled(
    template: str,
    facts: PageFacts,
    context: Mapping[str, Any],
    wordings: tuple[Wording, ...],
    site: Site,
    *,
    card: Card | None = None,
) -> str:
    """Fill a template with what every page is given and *context*, and prove the words of the wordings."""
    settings, root = site.settings, facts.root(site.settings)
    facts = facts._replace(noindex=facts.noindex or site.basis.rehearsal)
    page = site.theme.page(
        template,
        {
            "settings": settings,
            "page": facts,
            "head": head(facts, settings=settings, card=card),
            "root": root,
            "css": root + site.style_sheet,
            "wordings": wordings,
            "symbols": SYMBOLS,
            "signup": site.sign_up,
            "has_search": site.basis.has_search,
            "rehearsal": site.basis.rehearsal,
            **context,
        },
    )
    findings = said(page, wordings, others=site.registry.wordings)
    if findings or not wordings:
        raise ChecksFailed(
            f"templates/archive/{template}: {facts.path or 'index.html'} does not say its disclaimers",
            hint="restore templates/archive/disclaimers.html and where pages include it",
            findings=findings,
        )
    return page


def _hero(issue: Issue, assets: str) -> dict[str, str] | None:
    if not issue.image_src:
        return None
    hero = issue.images.get(issue.image_src)
    if hero is None:
        return {"src": untracked(issue.image_src), "alt": issue.image_alt}
    return {**picture_attributes(hero, assets=assets, sizes=HERO_SIZES), "alt": issue.image_alt}


def _web_text(issue: Issue, assets: str, site: Site) -> WebText:
    web_url = site.settings.permalink(issue)
    fragment = render(issue, web_url=web_url, image_url=site.settings.image_url)
    images = {site.settings.image_url(image): image for image in issue.images.values()}
    return web_text(fragment.html, images=images, assets=assets, web_url=web_url)
