"""`--browser`: what a real browser adds to reading, and what is said when there is none."""

from pathlib import Path

import pytest

from conftest import SetClock
from pipeline.commands.check import check
from pipeline.commands.verify import verify
from pipeline.disclaimers.registry import load_registry
from pipeline.errors import UsageError
from pipeline.model import Finding, Severity

GRADIENT = "background:linear-gradient(#ffffff,#eeeeee)"


def page(root: Path, style: str) -> Path:
    """Write a mail whose general notice stands in a block of this style."""
    gen = load_registry(root / "templates/disclaimers", root).named("gen")[0]
    file = root / "mail.html"
    file.write_text(
        f'<!DOCTYPE html><html lang="en"><body><div style="{style}">{gen.html}</div></body></html>'
    )
    return file


def verdict(root: Path, style: str, clock: SetClock, browser: str) -> tuple[int, list[Finding]]:
    """Verify such a mail."""
    result = verify(root, page(root, style), text=None, require=["gen"], clock=clock, browser=browser)  # type: ignore[arg-type]
    return result.exit_code, list(result.findings)


def test_a_browser_decides_what_reading_cannot(root: Path, clock: SetClock) -> None:
    """A gradient under the words is undetermined; its pixels are not."""
    exit_code, (finding,) = verdict(root, GRADIENT, clock, "off")
    assert (exit_code, finding.id, finding.undetermined) == (1, "VIS022", True)
    assert verdict(root, GRADIENT, clock, "require") == (0, [])
    exit_code, findings = verdict(root, GRADIENT.replace("eeeeee", "000000"), clock, "require")
    assert exit_code == 1
    assert {"VIS005", "VIS022"} <= {finding.id for finding in findings}


def test_a_browser_does_not_overrule_a_failure(root: Path, clock: SetClock) -> None:
    """Word and others do not do as Chromium does."""
    for style in ("mso-hide:all", "visibility:hidden"):
        assert verdict(root, style, clock, "require")[0] == 1
        assert verdict(root, style, clock, "require") == verdict(root, style, clock, "off")


def test_without_a_browser_auto_says_so_and_require_refuses(
    root: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody takes reading for looking."""
    monkeypatch.setenv("NEWSLETTER_CHROMIUM", str(root / "nothing"))
    exit_code, (note,) = verdict(root, "color:#222", clock, "auto")
    assert (exit_code, note.severity) == (0, Severity.NOTE)
    assert note.message.startswith("no browser has looked at the mail: no Chromium starts")
    with pytest.raises(UsageError, match="--browser require: no Chromium starts"):
        verdict(root, "color:#222", clock, "require")
    assert check(root, [], strict=True, clock=clock, browser="auto").exit_code == 0


def test_an_issue_is_seen(root: Path, clock: SetClock) -> None:
    """Every wording of it, in every render."""
    issue = "2026-12-01-when-one-side-works-harder"
    result = check(root, [issue], strict=True, clock=clock, browser="require")
    assert (result.exit_code, list(result.findings)) == (0, [])


def test_what_a_template_hides_in_pixels_alone_is_found(root: Path, clock: SetClock) -> None:
    """The browser's findings name the file to mend like all others."""
    path = root / "templates/styles.css"
    path.write_text(
        f"{path.read_text()}\n.notice-small {{ background-image: linear-gradient(#000, #000) }}\n"
    )
    issue = "2026-12-01-when-one-side-works-harder"
    found = check(root, [issue], strict=False, clock=clock, browser="require").findings
    assert {"VIS005", "VIS022"} & {finding.id for finding in found if finding.severity.stops}
    assert all(finding.file for finding in found)
