"""
Compiled templates, kept in a folder between runs.

Jinja's own folder cache trusts what it finds, and a spoilt file there stops the build or, worse, changes
the mail. Here each file begins with the digest of the rest, is put in place whole, and is only ever a
shortcut: a file that cannot be read, trusted or written is as good as none.
"""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2 import __version__ as jinja_version
from jinja2.bccache import Bucket

from pipeline import __version__

_DIGEST_SIZE = hashlib.sha256().digest_size


class BytecodeFolder(BytecodeCache):
    """One file per template and version of the code that compiled it; safe with several processes."""

    def __init__(self, path: Path) -> None:
        """Take the folder; it is made when there is something to keep."""
        self._path = path

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill *bucket* from its file, if that is whole; Jinja itself compares the template's text."""
        with suppress(OSError):
            stored = self._file(bucket).read_bytes()
            digest, code = stored[:_DIGEST_SIZE], stored[_DIGEST_SIZE:]
            if hashlib.sha256(code).digest() == digest:
                bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Put the code of *bucket* in its file, in one step."""
        code = bucket.bytecode_to_string()
        with suppress(OSError):
            self._path.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(code).digest() + code)
                Path(name).replace(self._file(bucket))
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise

    def _file(self, bucket: Bucket) -> Path:
        made_by = hashlib.sha256(f"{bucket.key} {__version__} {jinja_version}".encode()).hexdigest()
        return self._path / f"{made_by}.jinja"
