"""
The search: pagefind indexes the finished pages, and finds words in them in the reader's browser.

What is indexed, pages say themselves: `data-pagefind-body` on the article of a listed issue and nowhere else,
`data-pagefind-ignore` on what is no part of what it says, `data-pagefind-meta` for its date and language.
Everything is indexed anew each time, since the tool knows no other way: the command does it only when asked.

Source: pagefind 1.5.2 (MIT), tried 2026-11-27. Its output is the same from run to run but for the order of
languages in pagefind-entry.json, which is sorted here.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from pipeline.errors import SettingsError, UsageError

SCRIPT = Path(__file__).with_name("search.js")  # stands as search/search.js in the site
FOLDER = "pagefind"  # of the site; search.js finds it from where it stands
TIMEOUT_S = 600  # 1,000 issues take about 5 s on two cores
_BODY = "[data-pagefind-body]"
_PAGES = "*/index.html"  # an issue's page is <slug>/
_FOUND = re.compile(r"Indexed ([0-9]+) pages?\b")
_NOT_OURS = ("*-ui.*", "pagefind-highlight.js")  # a page of its own making, which ours does not load


def indexer() -> str:
    """
    Return the name and the version of what indexes pages.

    Raises:
        UsageError: pagefind is not installed.
    """
    names = ("pagefind", "pagefind_bin")  # what runs, and the program that it runs
    if any(find_spec(name) is None for name in names):
        raise UsageError(
            "--search: pagefind is not installed", hint="pip install 'newsletter-pipeline[search]'"
        )
    return " ".join(f"{name} {version(name)}" for name in names)


def index(folder: Path, *, language: str) -> int:
    """
    Write the index of a finished site into its folder `pagefind`, in place of any other.

    Args:
        folder: the site's root.
        language: BCP 47, of the newsletter. All pages make one index with its word stems: else a reader
            finds only those in the language of the page that searches.

    Returns:
        How many pages are in it. With none there is no index, and no folder.

    Raises:
        UsageError: pagefind is not installed.
        SettingsError: it cannot index this folder; the message has its own words.
    """
    indexer()
    made = folder / FOLDER
    shutil.rmtree(made, ignore_errors=True)
    ran = _run(folder, language)
    count = _FOUND.search(ran.stdout)
    if ran.returncode and count and count[1] == "0":
        return 0  # it calls that an error
    entry = made / "pagefind-entry.json"
    if ran.returncode or not entry.is_file():
        words = " ".join((ran.stderr or ran.stdout).split()) or f"it ended with code {ran.returncode}"
        raise SettingsError(
            f"pagefind cannot index {str(folder)!r}: {words}",
            hint="see that this folder can be written to, and its disk is not full",
        )
    for pattern in _NOT_OURS:
        for path in made.glob(pattern):
            path.unlink()
    content = json.loads(entry.read_bytes())
    entry.write_text(json.dumps(content, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    return sum(each["page_count"] for each in content["languages"].values())


def _run(folder: Path, language: str) -> "subprocess.CompletedProcess[str]":
    """
    Run pagefind in *folder*, with no settings of anybody's.

    Where no page has a body to index, pagefind indexes all of every page, unlisted ones too: with the body
    as root it indexes none.
    """
    options = {
        "--site": ".",
        "--output-subdir": FOLDER,
        "--glob": _PAGES,
        "--root-selector": _BODY,
        "--force-language": language.partition("-")[0],
    }
    command = [sys.executable, "-I", "-m", "pagefind", *(word for pair in options.items() for word in pair)]
    try:
        return subprocess.run(  # noqa: S603  (a list of words; no shell)
            command,
            cwd=folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")},
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as err:
        raise SettingsError(
            f"pagefind has not indexed {str(folder)!r} within {TIMEOUT_S} s", hint="run it again"
        ) from err
