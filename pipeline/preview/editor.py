"""Opening a file of the newsletter in the editor that the settings name."""

import os
import shlex
import subprocess
import threading
from pathlib import Path

from pipeline.errors import SettingsError, UsageError
from pipeline.settings import FILE, Settings


def open_at(settings: Settings, file: str, line: int) -> None:
    """
    Have the editor show *file*, and wait for nothing.

    The command is run without a shell; in its words, {file} and {line} are filled in, and one that names no
    file is given it as the last word.

    Args:
        settings: whose `editor` it is, such as `code --goto {file}:{line}`.
        file: an issue, a template or the settings, relative to the root.
        line: from 1; 0 when none is known.

    Raises:
        UsageError: it is no file of the newsletter.
        SettingsError: there is no editor, or it does not start.
    """
    try:
        words = shlex.split(settings.editor)
    except ValueError as err:
        raise SettingsError(
            f"pyproject.toml: editor cannot be read: {err}", hint="close its quotation marks"
        ) from err
    if not words:
        raise SettingsError(
            "pyproject.toml: no editor is set", hint='add editor = "code --goto {file}:{line}", or yours'
        )
    path = _own(settings, file)
    if "{file}" not in settings.editor:
        words.append("{file}")
    command = [word.replace("{file}", str(path)).replace("{line}", str(max(1, line))) for word in words]
    nothing = subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603 - the settings' own command, as a list of words
            command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
        )
    except OSError as err:
        raise SettingsError(
            f"pyproject.toml: the editor {words[0]!r} does not start: {err.strerror}",
            hint="name a program that is on the PATH",
        ) from err
    threading.Thread(target=process.wait, daemon=True).start()  # so that nothing is left of it when it ends


def _own(settings: Settings, file: str) -> Path:
    """Return the path of one of the newsletter's own files, wherever links lead."""
    if "\0" not in file:
        path = Path(os.path.realpath(settings.root / file))
        homes = (settings.issues_path.resolve(), settings.templates_path.resolve())
        is_own = path == (settings.root / FILE).resolve() or any(path.is_relative_to(home) for home in homes)
        if is_own and path.is_file():
            return path
    raise UsageError(
        f"no file of this newsletter: {file!r}", hint="name an issue, a template or pyproject.toml"
    )
