"""What keeps an issue from being rendered, with the lines around it."""

from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.preview.built import Trouble


def trouble_of(err: PipelineError | OSError, *, root: Path) -> Trouble:
    """Return *err* as it is shown."""
    if isinstance(err, OSError):
        file = str(err.filename or "").removeprefix(f"{root}/")
        return Trouble(f"{file}: {err.strerror}", "see that the file is there and may be read", file)
    return Trouble(err.message, err.hint, problems=err.findings)
