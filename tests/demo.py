"""
`make demo`: one of our issues taken all the way to an outbox, in a throw-away copy of the newsletter.

Needs no account, key or network, and may run any number of times.
"""

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
ISSUE = "2026-12-01-when-one-side-works-harder"


def main() -> None:
    """Copy the samples, give one a send time from the clock, and run an editor's commands on it."""
    root = Path(tempfile.mkdtemp(prefix="newsletter-demo-"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for folder in ("issues", "templates"):
        shutil.copytree(ROOT / folder, root / folder)
    prepare(root)
    newsletter(root, "check")
    newsletter(root, "build", ISSUE, "--persona", "reader")
    newsletter(root, "send", ISSUE, "--yes")
    print("\n... waiting for the send time, as a provider would", flush=True)
    mails = delivered(root)
    newsletter(root, "status", ISSUE)
    print("\nLook at it:")
    print(f"  in a browser      {root / 'build' / ISSUE / 'message.html'}")
    for mail in mails:
        print(f"  as it was mailed  {mail}")


def prepare(root: Path) -> None:
    """Let the issue go out at a whole minute 15 to 75 seconds from now, with no lead time."""
    settings = root / "pyproject.toml"
    source = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r'(?m)^lead_time = ".*"$', 'lead_time = "0m"', source), encoding="utf-8")
    zone = ZoneInfo(tomllib.loads(source)["tool"]["newsletter"]["timezone"])
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=75)).replace(second=0, microsecond=0)
    issue = root / "issues" / ISSUE / "index.md"
    line = f"send_at: {soon.astimezone(zone).isoformat(timespec='minutes')}"
    text = re.sub(r"(?m)^send_at:.*$", line, issue.read_text(encoding="utf-8"), count=1)
    issue.write_text(text, encoding="utf-8")


def delivered(root: Path) -> list[Path]:
    """Look at the outbox, as `status` does, until it has delivered; return the mails."""
    for _ in range(150):
        time.sleep(1)
        newsletter(root, "status", ISSUE, quiet=True)
        mails = sorted((root / ".newsletter/outbox/sent").rglob("*.eml"))
        if mails:
            return mails
    sys.exit("the outbox delivered nothing within 150 seconds; this should not happen, please report it")


def newsletter(root: Path, *arguments: str, quiet: bool = False) -> None:
    """Run the command as an editor would, and stop where it fails."""
    if not quiet:
        print(f"\n$ newsletter {' '.join(arguments)}", flush=True)
    command = Path(sys.executable).with_name("newsletter")
    output = subprocess.DEVNULL if quiet else None
    environment = {**os.environ, "COLUMNS": "100"}
    subprocess.run([command, "--root", root, *arguments], check=True, env=environment, stdout=output)


if __name__ == "__main__":
    main()
