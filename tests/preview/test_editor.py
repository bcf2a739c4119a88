"""Opening the editor: only the newsletter's own files, and never through a shell."""

import dataclasses
import sys
import time
from pathlib import Path

import pytest

from pipeline.errors import SettingsError, UsageError
from pipeline.preview.editor import open_at
from pipeline.settings import Settings, load_settings

ISSUE = "issues/2026-12-08-magnesium-and-sleep/index.md"


def editing(root: Path, arguments: str) -> tuple[Settings, Path]:
    """Return settings whose editor notes what it was asked to open, and the note."""
    note = root / "note.txt"
    script = root / "edit me.py"
    script.write_text(
        f"import sys,os\nopen({str(note)!r} + '.new', 'w').write('\\n'.join(sys.argv[1:]))\n"
        f"os.rename({str(note)!r} + '.new', {str(note)!r})\n",
        encoding="utf-8",
    )
    editor = f"'{sys.executable}' '{script}' {arguments}".strip()
    return dataclasses.replace(load_settings(root), editor=editor), note


def noted(note: Path) -> list[str]:
    """Return the words that the editor was given."""
    end = time.monotonic() + 20
    while not note.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    return note.read_text(encoding="utf-8").split("\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--goto {file}:{line}", ["--goto", "FILE:37"]),
        ("+{line} {file}", ["+37", "FILE"]),
        ("", ["FILE"]),
    ],
    ids=["one word", "two words", "no placeholder"],
)
def test_the_editor_is_given_file_and_line(root: Path, arguments: str, words: list[str]) -> None:
    """In the words of its own command line."""
    settings, note = editing(root, arguments)
    open_at(settings, ISSUE, 37)
    assert noted(note) == [word.replace("FILE", str(root / ISSUE)) for word in words]


def test_a_file_s_name_is_never_read_by_a_shell(root: Path) -> None:
    """Whatever it holds, it stays one word."""
    settings, note = editing(root, "{file}")
    name = "issues/$(touch gone) ; 'x'.md"
    (root / name).write_text("---\n", encoding="utf-8")
    open_at(settings, name, 1)
    assert noted(note) == [str(root / name)]


@pytest.mark.parametrize(
    "file",
    [
        *("../secret.md", "issues/../../secret.md", "/etc/passwd", "issues", "issues/missing.md", ""),
        *("issues/link.md", "issues/a\0b", ".newsletter/receipts/x.json", "templates/../README.md"),
    ],
)
def test_no_other_file_is_opened(root: Path, file: str) -> None:
    """Neither through dots nor through links."""
    settings, note = editing(root, "{file}")
    (root.parent / "secret.md").write_text("secret", encoding="utf-8")
    (root / "README.md").write_text("read", encoding="utf-8")
    (root / "issues/link.md").symlink_to(root.parent / "secret.md")
    with pytest.raises(UsageError, match="no file of this newsletter"):
        open_at(settings, file, 1)
    assert not note.exists()


@pytest.mark.parametrize(
    ("editor", "told"),
    [("", "no editor is set"), ("no-such-editor", "does not start"), ("'code", "cannot be read")],
)
def test_a_missing_editor_is_told(root: Path, editor: str, told: str) -> None:
    """With the setting that names it."""
    settings = dataclasses.replace(load_settings(root), editor=editor)
    with pytest.raises(SettingsError, match=told):
        open_at(settings, ISSUE, 1)
