"""The road: the one function that turns an issue into the message every provider receives."""

from pipeline.disclaimers.select import Selection
from pipeline.model import Issue, Message
from pipeline.settings import Settings
from pipeline.stages.inline import inline
from pipeline.stages.message import finish
from pipeline.stages.plaintext import plaintext
from pipeline.stages.render import render
from pipeline.stages.template import Theme


def compose(
    issue: Issue, *, settings: Settings, theme: Theme, selection: Selection, marked: bool = False
) -> Message:
    """
    Turn *issue* into a finished message with neutral merge tags.

    1. render    Markdown before template: the template wraps a finished, sanitised fragment
    2. template  before inline: rules in the template must be inlined too
    3. inline    last change to the HTML: the examination looks at what will be sent
    4. text      from the issue, not from the table layout: style noise never reaches it
    5. message   subject, parts, digest; the same input gives the same bytes on any machine

    Args:
        issue: as `stages.load` returned it.
        settings: the newsletter's.
        theme: its templates, compiled once.
        selection: the wordings this issue must show (`disclaimers.select`).
        marked: leave out step 3, and let every element and line of CSS say which file and line wrote it. Not
            to be sent: it is looked up by `checks.places` when a finding needs its place.

    Returns:
        The message, with what the stages noticed in `findings`. It is not examined yet: `checks.check`.

    Raises:
        TemplateError: a template or its style sheet cannot be used.
    """
    web_url = settings.permalink(issue)
    fragment = render(issue, web_url=web_url, image_url=settings.image_url, mark_lines=marked)
    document = theme.document(
        issue, fragment, settings=settings, selection=selection, web_url=web_url, marked=marked
    )
    html = document if marked else inline(document, cache=settings.cache_path)
    text = plaintext(issue, fragment, settings=settings, selection=selection, web_url=web_url)
    return finish(issue, fragment, html, text, settings=settings, selection=selection, web_url=web_url)
