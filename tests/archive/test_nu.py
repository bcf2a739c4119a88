"""Every page of the archive, held against the HTML standard by the checker of the W3C."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from past_issues import Past, many_sorts

from conftest import ROOT

JAR = ROOT / "build/nu/node_modules/vnu-jar/build/dist/vnu.jar"

pytestmark = pytest.mark.long


def judged(*files: Path, css: bool = False) -> list[dict[str, Any]]:
    """Return what the checker says of these files."""
    java = shutil.which("java")
    if java is None or not JAR.exists():
        pytest.skip("no java, or the Nu HTML checker is not installed: `make nu` does it where npm is")
    command = [java, "-jar", str(JAR), "--format", "json", "--exit-zero-always", *(["--css"] if css else [])]
    ran = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=True)
    messages: list[dict[str, Any]] = json.loads(ran.stderr)["messages"]
    return messages


def test_the_checker_finds_no_fault_in_any_page(tmp_path: Path) -> None:
    """No error and no warning, whatever editors wrote; letters as they were sent are mails, of tables."""
    past = Past(tmp_path / "newsletter", own_issues=True)
    many_sorts(past)
    past.build(search=True)
    files = [path for path in past.public.rglob("*.html") if path.name != "message.html"]
    assert len(files) > 30
    assert judged(*files) == []
    assert judged(*past.public.glob("assets/*.css"), css=True) == []


def test_the_checker_finds_a_fault(tmp_path: Path) -> None:
    """It reads what it is given."""
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><html lang='en'><title>x</title><p id='a'><p id='a'>x", encoding="utf-8")
    assert "error" in [message["type"] for message in judged(page)]
