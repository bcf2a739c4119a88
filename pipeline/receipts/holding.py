"""Keys that this process holds: nobody else on this machine acts on them meanwhile."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.errors import ReceiptError, Refused
from pipeline.files import locked


class Holding:
    """The keys that this process holds; each lock dies with the process."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._keys: set[str] = set()

    def __bool__(self) -> bool:
        """Say whether any key is held."""
        return bool(self._keys)

    @contextmanager
    def hold(self, key: str, lock: Path) -> Iterator[None]:
        """
        Hold *key* by the file *lock*, which is made with its folder.

        Raises:
            Refused: another process holds it now.
            ReceiptError: the file cannot be made.
        """
        with ExitStack() as stack:
            try:
                lock.parent.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(lock, wait=False))
            except BlockingIOError as err:
                raise Refused(
                    f"{key}: another run of newsletter is working on this issue",
                    hint=f"wait until it has ended, then run `newsletter status {key}`",
                ) from err
            except OSError as err:
                raise unwritable(lock.parent, err) from err
            self._keys.add(key)
            stack.callback(self._keys.discard, key)
            yield

    def demand(self, key: str) -> None:
        """
        Insist that *key* is held: that a dead run wrote an entry can be told by its lock alone.

        Raises:
            RuntimeError: it is not; a mistake of ours.
        """
        if key not in self._keys:
            raise RuntimeError(f"{key}: an entry is written without holding the key")


def unwritable(path: Path, err: OSError) -> ReceiptError:
    """Return the error of a file or folder of the record that cannot be written."""
    return ReceiptError(
        f"{path.as_posix()}: cannot be written: {err.strerror or err}",
        hint="make room or give permission, then run the command again: it goes on where this one stopped",
    )
