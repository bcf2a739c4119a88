"""
The Chromium that the tests look with: found, or installed, by `make test`.

An existing one first; else Debian's package, when root on Debian; else Playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FONTS = ("fonts-liberation", "fonts-dejavu-core", "fonts-noto-color-emoji")


def chromium_path() -> str | None:
    """
    Return the Chromium to use: $NEWSLETTER_CHROMIUM, else one on the PATH, else None: Playwright's own.

    Raises:
        FileNotFoundError: $NEWSLETTER_CHROMIUM names no file.
    """
    named = os.environ.get("NEWSLETTER_CHROMIUM")
    if named and not Path(named).is_file():
        raise FileNotFoundError(f"NEWSLETTER_CHROMIUM names no file: {named!r}")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """Start that Chromium, headless; without its sandbox only where root makes one impossible."""
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=chromium_path(), args=arguments)


def works() -> str:
    """Return why Chromium cannot be started, or nothing when it can."""
    try:
        with sync_playwright() as playwright:
            launch(playwright).close()
    except (Error, OSError) as err:
        return str(err)
    return ""


def install() -> None:
    """Install a Chromium by the way that is open here."""
    if Path("/etc/debian_version").exists() and os.geteuid() == 0:
        apt = ["apt-get", "-qq", "-y", "--no-install-recommends", "install", "chromium", *FONTS]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-qq", "update"], check=False, env=environment)  # noqa: S607
        subprocess.run(apt, check=False, env=environment)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> None:
    """Make sure that there is a Chromium that starts, or say loudly why not."""
    if works():
        install()
        reason = works()
        if reason:
            sys.exit(
                f"the tests need a Chromium that starts:\n{reason}\n"
                "install one, or name it: NEWSLETTER_CHROMIUM=/path/to/chromium make test"
            )


if __name__ == "__main__":
    main()
