"""What a build knows of each issue before it writes any page: read once, kept until the issue changes."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from pipeline.archive.card import Card, Picture, from_plain, marked, to_plain
from pipeline.archive.letterimages import asked_for, set_aside
from pipeline.archive.life import Life, life_of
from pipeline.archive.made import key_of
from pipeline.archive.site import Site
from pipeline.archive.trackers import untracked
from pipeline.disclaimers.select import Selection, select
from pipeline.errors import ChecksFailed, IssueError, TemplateError
from pipeline.images import copies, height_at
from pipeline.issue.imagesources import is_local
from pipeline.mergetags import persona, to_tokens
from pipeline.model import Finding, Image, Issue, Receipt, Severity, Wording
from pipeline.receipts import neutral_names, standing
from pipeline.stages.load import issue_id, load_issue

_WORDS_A_MINUTE = 220


@dataclass(frozen=True, slots=True)
class Facts:
    """An issue's file as the build sees it."""

    key: str
    version: str  # of what is on record of it
    dispatched: bool  # a mail that links to its page went out, or is about to
    card: Card | None  # None: it has no page
    wordings: tuple[str, ...] = ()  # id@version of each that the page must show, in order
    findings: tuple[Finding, ...] = ()  # why it cannot have the page that it should have
    digest: str = ""  # SHA-256 of the issue's file, hex; "" when it cannot be read
    slug: str = ""  # "" when it cannot be read
    aliases: tuple[str, ...] = ()  # as a card has them
    images: tuple[Image, ...] = ()  # its local ones, and those that its letter shows beside them
    has_mail: bool = False  # they are asked for: by a mail, or by its page
    has_hero: bool = False
    is_sponsored: bool = False
    letter: tuple[str, ...] = ()  # the image files that the letter on record asks for
    mark: str = ""  # a digest of all that its page hangs on, but the site and other issues

    def plain(self) -> dict[str, Any]:
        """Return the facts in what JSON knows: all that there are of an issue without findings."""
        return {
            "key": self.key,
            "digest": self.digest,
            "version": self.version,
            "dispatched": self.dispatched,
            "has_mail": self.has_mail,
            "slug": self.slug,
            "aliases": list(self.aliases),
            "card": self.card and to_plain(self.card),
            "wordings": list(self.wordings),
            "mark": self.mark,
            "has_hero": self.has_hero,
            "is_sponsored": self.is_sponsored,
            "letter": list(self.letter),
            "images": [{**asdict(image), "path": str(image.path)} for image in self.images],
        }


def facts_from(plain: Mapping[str, Any]) -> Facts:
    """Return the facts that `Facts.plain` wrote down."""
    card = plain["card"] and from_plain(plain["card"])
    images = tuple(Image(**{**image, "path": Path(image["path"])}) for image in plain["images"])
    tuples = {name: tuple(plain[name]) for name in ("wordings", "letter", "aliases")}
    return Facts(**{**plain, **tuples, "card": card, "images": images})


def read_facts(path: Path, site: Site) -> Facts:
    """
    Read the issue in the file *path*, and what is on record of it.

    An issue that cannot be read, or whose wordings cannot be chosen, has no card and says why.

    Raises:
        ReceiptError: the record is broken.
    """
    settings = site.settings
    digest = digest_of(path)  # taken first: what is changed while it is read is found next time
    try:
        issue = load_issue(path, settings)
    except IssueError as err:
        key = f"{settings.id}-{issue_id(path)}"
        dispatched = standing(site.kept(key).receipt, rehearsal=site.basis.rehearsal) is not None
        return Facts(key, "", dispatched, None, findings=err.findings)
    return facts_of(issue, site, digest=digest)


def facts_of(issue: Issue, site: Site, *, digest: str = "") -> Facts:
    """
    Return what there is to know of *issue*.

    Args:
        issue: as it is loaded; without its images, its card has no picture.
        site: the site.
        digest: of its file; without one, the facts are good for looking only: no image is searched for.

    Raises:
        ReceiptError: what is on record of it cannot be read.
    """
    kept = site.kept(issue.key)
    life = life_of(issue, kept.receipt, rehearsal=site.basis.rehearsal)
    letter = asked_for(kept, site) if life.dispatched else ()
    aside = set_aside(letter, issue, site) if digest else ()
    facts = Facts(
        issue.key,
        site.basis.record.versions.get(issue.key, ""),
        life.dispatched,
        None,
        digest=digest,
        slug=issue.slug,
        aliases=aliases_of(issue),
        images=(*issue.images.values(), *aside),
        has_mail=life.dispatched or issue.status == "ready",
        has_hero=bool(issue.image_src),
        is_sponsored=bool(issue.sponsors),
        letter=letter,
    )
    if life.state == "hidden":
        return facts
    at = _moment(life.at, issue.timezone)
    selection = _selection(issue, at and at.date(), site)
    findings = (*selection.findings, *_moved(issue, kept.receipt, site), *_impossible(issue))
    if findings:
        return replace(facts, findings=findings)
    names = neutral_names(rehearsal=site.basis.rehearsal)
    try:
        card = _card(issue, life, site, as_sent=life.as_claimed and set(names) <= set(kept.parts))
    except TemplateError as err:
        found = Finding("ARC005", Severity.BLOCK, err.message, err.hint, issue.file, part="template")
        return replace(facts, findings=(found,))
    refs = tuple(wording.ref for wording in selection.wordings)
    mark = key_of(digest, [image.sha256 for image in facts.images], card, refs, facts.version)
    return replace(facts, card=card, wordings=refs, mark=mark)


def published(facts: Iterable[Facts]) -> dict[str, Image]:
    """Return the images that the site has, by the digest of their bytes."""
    asking = (each for each in facts if each.has_mail and not each.findings)
    return {image.sha256: image for each in asking for image in each.images}


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, hex; "" of one that cannot be read: that is told when it is loaded."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def page_wordings(card: Card, issue: Issue, site: Site) -> tuple[Wording, ...]:
    """
    Return the wordings that the page of *issue* shows.

    Raises:
        ChecksFailed: one cannot be chosen.
    """
    selection = _selection(issue, card.date and card.date.date(), site)
    if selection.findings:
        raise ChecksFailed(
            f"{issue.file}: its page cannot show what it must",
            hint="mend what is found, then run the command again",
            findings=selection.findings,
        )
    return selection.wordings


def _selection(issue: Issue, day: dt.date | None, site: Site) -> Selection:
    """
    Choose the wordings of a page whose letter goes out on *day*.

    Those in force today: the page is read today, and what was in force when the letter went out is kept in
    the letter as sent. For one that is yet to go out, those of its day: nobody builds the page anew then.
    """
    on = max(site.basis.today, day or dt.date.min)
    return select(issue, site.settings, site.registry, on=on)


def _moment(moment: dt.datetime | None, timezone: str) -> dt.datetime | None:
    """Return *moment* by the offset of the zone at that time, as it is read back from JSON."""
    return moment and dt.datetime.fromisoformat(moment.astimezone(ZoneInfo(timezone)).isoformat())


def _card(issue: Issue, life: Life, site: Site, *, as_sent: bool) -> Card:
    corrections = tuple(sorted(issue.corrections, reverse=True))
    assert life.state != "hidden"  # noqa: S101 - told to the type checker: the caller has looked
    card = Card(
        key=issue.key,
        file=issue.file,
        slug=issue.slug,
        state=life.state,
        title=_plain(issue.title, site.settings.permalink(issue)),
        description=_plain(issue.description, site.settings.permalink(issue)),
        lang=issue.lang,
        date=_moment(life.at, issue.timezone),
        number=issue.number,
        tags=issue.tags,
        authors=issue.authors,
        reviewed_by=issue.reviewed_by,
        reviewer_credential=issue.reviewer_credential,
        last_reviewed=issue.last_reviewed,
        next_review=issue.next_review,
        updated=issue.updated,
        picture=_picture(issue),
        minutes=max(1, round(len(issue.body.split()) / _WORDS_A_MINUTE)),
        canonical_url=_elsewhere(issue, site),
        aliases=aliases_of(issue),
        corrections=corrections,
        as_sent=as_sent,
        # a letter that is yet to go out may be changed until then: `send` looks whether its page was, too
        content_digest=life.content_digest if life.sent else site.newsletter.composed(issue).message.digest,
    )
    return marked(card)


def _elsewhere(issue: Issue, site: Site) -> str:
    """Return the page that *issue* names as the one to be found; "" when that is its own."""
    own = site.settings.permalink(issue).rstrip("/")
    return "" if issue.canonical_url.rstrip("/") == own else issue.canonical_url


def aliases_of(issue: Issue) -> tuple[str, ...]:
    """
    Return the old addresses of *issue*, each once and none of them its present one.

    Two that differ by capitals alone are one, as on some computers and hosts their files are.
    """
    chosen: dict[str, str] = {}
    for alias in issue.aliases:
        path = alias.strip("/").removesuffix("/index.html")
        key = path.casefold()
        if path == key or key not in chosen:  # a slug, to which a mail may lead, has no capitals
            chosen[key] = path
    present = (issue.slug, f"{issue.slug}/index.html")
    return tuple(path for key, path in chosen.items() if key not in present)


def letter_files(slug: str) -> tuple[str, str]:
    """Return where the letter of an issue stands, HTML and text, as it was sent."""
    return f"{slug}/message.html", f"{slug}/message.txt"


def _impossible(issue: Issue) -> Iterator[Finding]:
    """Tell of each old address at which, or above which, another file of the issue stands."""
    letter = letter_files(issue.slug)
    files = (*letter, *(alias.casefold() for alias in aliases_of(issue) if alias.endswith(".html")))
    for at, alias in enumerate(issue.aliases):
        path = alias.strip("/").casefold()
        file = next((file for file in files if path.startswith(f"{file}/")), path)
        if path in letter or file != path:
            message = f"alias {alias!r} cannot be: {file} is a file of this issue's already"
            line = issue.lines.get(f"aliases.{at}", 0)
            yield Finding("FM025", Severity.BLOCK, message, "take it out of aliases", issue.file, line)


def _picture(issue: Issue) -> Picture | None:
    hero = issue.images.get(issue.image_src)
    if hero is None:
        is_elsewhere = issue.image_src and not is_local(issue.image_src)
        return Picture("", 0, 0, issue.image_alt, url=untracked(issue.image_src)) if is_elsewhere else None
    *narrower, (name, width) = ((file.name, file.width) for file in copies(hero))
    return Picture(name, width, height_at(hero, width), issue.image_alt, tuple(narrower))


def _plain(text: str, web_url: str) -> str:
    """Return a line of front matter as a reader sees it of whom nothing is known."""
    return " ".join(persona({}).apply(to_tokens(text, {"web_url": web_url}), "text").split())


def _moved(issue: Issue, receipt: Receipt, site: Site) -> tuple[Finding, ...]:
    """Tell when the mail on record links to another page than the issue has now, and nothing leads on."""
    entry = standing(receipt, rehearsal=site.basis.rehearsal)
    page = str(entry.data.get("page", "")) if entry else ""
    archive = f"{site.settings.archive_url}/"
    if not page.startswith(archive) or page == site.settings.permalink(issue):
        return ()
    old = unquote(page.removeprefix(archive)).strip("/")
    if old in aliases_of(issue):
        return ()
    message = f"the mail that went out links to {page}, and the issue's page is elsewhere now"
    hint = f"write slug: {old} again, or aliases: [{old}], so that the link leads on"
    line = issue.lines.get("slug", 0)
    return (Finding("ARC002", Severity.BLOCK, message, hint, issue.file, line),)
