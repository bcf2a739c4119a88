"""
The Chromium that the tests look with: the examination's own, or installed by `make test`.

Where there is none, Debian's package, when root on Debian; else Playwright's own.
"""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from pipeline.examine.rendering.browser import launching, unavailable

FONTS = ("fonts-liberation", "fonts-dejavu-core", "fonts-noto-color-emoji")


def launch(playwright: Playwright) -> Browser:
    """Start the Chromium that the examination looks with."""
    return playwright.chromium.launch(**launching())


def install() -> None:
    """Install a Chromium by the way that is open here."""
    if Path("/etc/debian_version").exists() and os.geteuid() == 0:
        apt = ["apt-get", "-qq", "-y", "--no-install-recommends", "install", "chromium", *FONTS]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-qq", "update"], check=False, env=environment)
        subprocess.run(apt, check=False, env=environment)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> None:
    """Make sure that there is a Chromium that starts, or say loudly why not."""
    if unavailable():
        install()
        reason = unavailable()
        if reason:
            sys.exit(
                f"the tests need a Chromium that starts:\n{reason}\n"
                "install one, or name it: NEWSLETTER_CHROMIUM=/path/to/chromium make test"
            )


if __name__ == "__main__":
    main()
