"""
The record of one moment, for whoever reads many keys of it.

It can be handed to other processes: each reads the keys that it is given, and all see the same record.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from pipeline.model import Receipt


class Kept(NamedTuple):
    """All that is kept under one key."""

    receipt: Receipt
    parts: Mapping[str, str]  # the files beside it by name; none when nothing was ever claimed


class Snapshot(Protocol):
    """The record of one moment; picklable. A record that cannot be read is a ReceiptError, never empty."""

    @property
    def versions(self) -> Mapping[str, str]:
        """
        Every key on record, with a text that is another one whenever anything kept under the key is.

        Alike between two snapshots of one record; of no meaning beside another record.
        """

    def read(self, keys: Sequence[str]) -> Mapping[str, Kept]:
        """
        Return what is kept under each of *keys*, read in one go; an empty receipt for one not on record.

        Raises:
            ReceiptError: one is broken; the message names it.
        """
