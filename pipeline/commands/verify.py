"""`newsletter verify`: are the wordings shown in finished bytes from anywhere?"""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.clock import Clock
from pipeline.commands.looking import Mode, eyes
from pipeline.disclaimers.registry import Registry, load_registry
from pipeline.disclaimers.select import wording_named
from pipeline.errors import UsageError
from pipeline.examine import Mail, examine_mail
from pipeline.examine.reading.mail import Unreadable
from pipeline.examine.reading.mime import read_html, read_mail
from pipeline.examine.rendering.settle import settled
from pipeline.model import Finding, Wording
from pipeline.output import Result, tally
from pipeline.settings import load_settings

ALWAYS = ("gen",)  # what every issue shows; asked for when nothing else is
_HTML = (".html", ".htm", ".xhtml")


def verify(
    start: Path,
    file: Path,
    *,
    text: Path | None,
    require: Sequence[str],
    clock: Clock,
    browser: Mode = "off",
) -> Result:
    """
    Examine a delivered copy, a provider's read-back or any other finished mail.

    Args:
        start: a folder inside the newsletter's repository, whose registry holds the wordings.
        file: a mail with its headers, or the HTML part alone.
        text: the text part, when it is a file of its own.
        require: id or id@version of each wording that must be shown; none for the general notice.
        browser: whether a browser looks at the HTML, too.
        clock: the clock; an id without a version means the one in force today.

    Raises:
        UsageError: a file cannot be read as a mail, or there is no such wording.
    """
    settings = load_settings(start)
    registry = load_registry(settings.registry_path, settings.root)
    today = clock().astimezone(ZoneInfo(settings.timezone)).date()
    wanted = require or ALWAYS
    required = [
        wording_named(name, settings.language, settings.markets, registry, on=today) for name in wanted
    ]
    mail = _mail(file, text)
    others = [wording for wording in registry.wordings if wording not in required]
    findings = [*_unsound(registry, required), *examine_mail(mail, required, others=others)]
    with eyes(browser) as seeing:
        if seeing.look is not None and mail.html is not None:
            findings = settled(findings, mail.html, required, seeing.look)
        findings += seeing.findings
        looked = seeing.look is not None
    shown = not any(finding.severity.stops for finding in findings)
    return Result(
        {"shown": shown, "browser": looked, "wordings": [_described(wording) for wording in required]},
        _verdict(file, mail, required, findings, shown=shown, looked=looked),
        findings,
        exit_code=int(not shown),
    )


def _unsound(registry: Registry, required: Sequence[Wording]) -> list[Finding]:
    """Return what is wrong with the wordings themselves: a changed text proves nothing."""
    files = {wording.file for wording in required}
    return [finding for finding in registry.findings if finding.file in files]


def _mail(file: Path, text: Path | None) -> Mail:
    try:
        data = file.read_bytes()
        mail = Mail(read_html(data), None) if file.suffix.lower() in _HTML else read_mail(data)
    except (Unreadable, OSError) as err:
        raise _unreadable(file, err) from err
    if text is None:
        return mail
    if mail.text is not None:
        raise UsageError(
            f"{str(file)!r} is a mail and has its own text part",
            hint="leave out --text, or name the HTML part alone",
        )
    try:
        return mail._replace(text=read_html(text.read_bytes()))
    except (Unreadable, OSError) as err:
        raise _unreadable(text, err) from err


def _unreadable(file: Path, err: Exception) -> UsageError:
    reason = err.strerror if isinstance(err, OSError) else str(err)
    return UsageError(
        f"{str(file)!r} cannot be read: {reason}",
        hint="name a mail saved with its headers (.eml), or its HTML part (.html)",
    )


def _described(wording: Wording) -> dict[str, object]:
    return {"id": wording.id, "version": wording.version, "locale": wording.locale, "sha256": wording.sha256}


def _verdict(
    file: Path,
    mail: Mail,
    required: Sequence[Wording],
    findings: Sequence[Finding],
    *,
    shown: bool,
    looked: bool,
) -> str:
    refs = ", ".join(wording.ref for wording in required)
    if not shown:
        return f"{file.name}: {refs} not shown as approved: {tally(findings)}\n"
    parts = "the HTML part" if mail.text is None else "both parts"
    seen = "; a browser has seen it, too" if looked and mail.html is not None else ""
    return f"{file.name}: {refs} shown to every reader, in {parts}{seen}\n"
