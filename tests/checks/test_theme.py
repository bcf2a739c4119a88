"""Our own templates, spoilt one at a time: each fault of placement is found in the real mail."""

from pathlib import Path

import pytest

from conftest import SetClock
from pipeline.newsletter import Newsletter

BACKS = "2026-12-01-when-one-side-works-harder"
MAGNESIUM = "2026-12-08-magnesium-and-sleep"
END = '{% with placement = "end" %}\n{% include "partials/disclaimer.html" ignore missing %}\n{% endwith %}\n'
FOOTER = '{% include "partials/footer.html" %}\n'
ISSUED = (
    "{% if issued %} &middot; Issue{% if issue.number is not none %} {{ issue.number }}{% endif %}"
    " of {{ issued | long_date(lang) }}{% endif %}"
)
BORDER = "border: 2px solid #24312a; "
FAULTS = {
    # file, what stands there, what comes instead, issue, rules
    "below the footer": ("base.html", FOOTER, f"{FOOTER}{END}", BACKS, {"PLC001", "VIS017"}),
    "after a cell": ("base.html", END, f'<tr><td height="400"></td></tr>\n{END}', BACKS, {"PLC001"}),
    "after line ends": ("base.html", END, f"<tr><td>{'<br>' * 20}</td></tr>\n{END}", BACKS, {"PLC001"}),
    "below the small print": ("styles.css", "font-size: 13px", "font-size: 15px", BACKS, {"PLC004"}),
    "without a box": ("styles.css", BORDER + "background-color: #ffffff", "", MAGNESIUM, {"PLC003"}),
    "below the article": ("styles.css", ".boxed {", ".boxed { font-size: 14px;", MAGNESIUM, {"PLC004"}),
    "without its symbol": ("partials/disclaimer.html", '"<p>" ~ symbol', '"<p>"', MAGNESIUM, {"PLC003"}),
    "without a date": ("partials/footer.html", ISSUED, "", BACKS, {"VIS017"}),
}


def rules(root: Path, clock: SetClock, name: str) -> set[str]:
    """Return the rules that stop an issue or warn."""
    newsletter = Newsletter(root, clock=clock)
    return {finding.id for finding in newsletter.checked(newsletter.issue(name)).findings}


@pytest.mark.parametrize(("file", "old", "new", "name", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_theme_that_shows_a_wording_badly_is_found(
    root: Path, clock: SetClock, *, file: str, old: str, new: str, name: str, expected: set[str]
) -> None:
    """The mail that readers would get is looked at, not what the template means."""
    path = root / "templates" / file
    source = path.read_text(encoding="utf-8")
    assert old in source
    if new == FOOTER + END:
        source = source.replace(END, "")
    path.write_text(source.replace(old, new), encoding="utf-8")
    assert rules(root, clock, name) == expected
