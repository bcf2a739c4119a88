"""One small letter, its newsletter and its disclaimer, for tests of the stages after loading."""

import datetime as dt
from pathlib import Path

from pipeline.model import Issue, Wording
from pipeline.settings import Settings, load_settings

PYPROJECT = """\
[tool.newsletter]
id = "steady"
name = "Steady"
url = "https://steady.example"
archive_url = "https://steady.example/issues"
timezone = "America/New_York"
language = "en-US"
markets = ["US"]
from = "Coach Luke <luke@steady.example>"
postal_address = "Steady, 418 Alder Street, Portland, OR 97204, USA"
subscribe_url = "https://steady.example/subscribe"
template = "weekly"
audience = "weekly"
send_slot = "Tue 07:30"

[tool.newsletter.audiences.weekly]
outbox = ["ada@example.com"]
"""

ISSUE = Issue(
    path=Path("issues/backs.md"),
    file="issues/backs.md",
    id="backs",
    key="steady-backs",
    slug="backs",
    title="When one side of your back does all the work, and what two minutes can change",
    subject="Backs",
    preheader="",
    description="",
    status="ready",
    audience="weekly",
    template="weekly",
    lang="en-US",
    timezone="America/New_York",
    body="",
    date=dt.date(2026, 12, 1),
    number=12,
    authors=("Coach Luke",),
    reviewed_by="Ada Moreno",
    reviewer_credential="DPT",
)

WORDING = Wording(
    id="gen",
    version=1,
    locale="en-US",
    jurisdictions=frozenset({"US"}),
    kind="house",
    elements={},
    effective_from=dt.date(2026, 1, 1),
    effective_to=None,
    approved_by="sample",
    approved_on=dt.date(2026, 1, 1),
    sha256="",
    text=(
        "This letter is for information and education only. It is not medical advice, diagnosis or "
        "treatment – and it does not replace your own doctor.\n\n"
        "In an emergency call 911. Never wait because of something you read here."
    ),
    html="",
    heading="Medical information",
    placement="end",
    file="templates/disclaimers/gen/1.en-US.md",
)


def open_newsletter(folder: Path) -> Settings:
    """Write the newsletter's settings into *folder* and load them."""
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return load_settings(folder)
