"""The mail every contender makes: 1,000 words of our own, in our own template, in a throw-away newsletter."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.clock import utc_now
from pipeline.disclaimers.select import Selection, select
from pipeline.model import Fragment, Issue, Message
from pipeline.newsletter import Newsletter
from pipeline.stages.render import render

ROOT = Path(__file__).parents[1]
FIRST = "2026-12-01-when-one-side-works-harder"
SECOND = "2026-12-15-morning-light-and-a-short-walk"
WORDS = 1_000

_RULE = "\n---\n"  # ends the front matter
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mail:
    """One issue on each step of its road."""

    newsletter: Newsletter
    issue: Issue
    selection: Selection
    fragment: Fragment
    document: str  # full HTML with its rules in <style>, not inlined yet
    message: Message  # finished
    css: str  # the rules of the document

    @property
    def words(self) -> int:
        """How many words the issue has."""
        return len(self.issue.body.split())


def sample_root(target: Path) -> Path:
    """Make a newsletter in *target* from our settings and templates, with the sample as its one issue."""
    shutil.copy(ROOT / "pyproject.toml", target)
    shutil.copytree(ROOT / "templates", target / "templates")
    shutil.copytree(ROOT / "issues" / FIRST, target / "issues" / FIRST)
    issue = target / "issues" / FIRST / "index.md"
    issue.write_text(_lengthened(issue.read_text(encoding="utf-8")), encoding="utf-8")
    return target


def _lengthened(source: str) -> str:
    """Return the first issue with blocks of another added until its body has WORDS words."""
    front, body = source.split(_RULE, 1)
    other = (ROOT / "issues" / SECOND / "index.md").read_text(encoding="utf-8").split(_RULE, 1)[1]
    for block in other.strip().split("\n\n"):
        if len(body.split()) >= WORDS:
            break
        if "](" not in block or "](http" in block:  # images of the other issue stay where they are
            body += f"\n{block}\n"
    return front + _RULE + body


def load_mail(root: Path) -> Mail:
    """Take the sample in *root* along the road, once."""
    newsletter = Newsletter(root, clock=utc_now)
    settings, issue = newsletter.settings, newsletter.issue(FIRST)
    on = issue.send_at.date() if issue.send_at else newsletter.today
    selection = select(issue, settings, newsletter.registry, on=on)
    web_url = settings.permalink(issue)
    fragment = render(issue, web_url=web_url, image_url=settings.image_url)
    document = newsletter.theme.document(
        issue, fragment, settings=settings, selection=selection, web_url=web_url
    )
    shown = _COMMENT.sub("", document)  # the rules for Outlook alone stand in a comment
    css = "\n".join(_STYLE.findall(shown))
    return Mail(newsletter, issue, selection, fragment, document, newsletter.checked(issue).message, css)
