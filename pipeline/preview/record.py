"""What is on record as far as this machine knows, for a page that stands open all day."""

from pipeline.clock import Clock
from pipeline.errors import ReceiptError, SettingsError
from pipeline.receipts import FolderReceipts, Seen, open_receipts, seen_receipts
from pipeline.receipts.clone import Clone
from pipeline.settings import Settings


def seen_record(settings: Settings, clock: Clock) -> Seen:
    """
    Return the record, asking nobody for it.

    Raises:
        ReceiptError: nobody can tell, whatever it is that keeps them from it.
    """
    try:
        return seen_receipts(settings, clock)
    except SettingsError as err:
        raise ReceiptError(err.message, hint=err.hint) from err


def record_version(settings: Settings, clock: Clock) -> object:
    """
    Return what is another one as soon as `seen_record` is, without reading a receipt.

    Nothing is raised: why the record cannot be read is a version of it as well.
    """
    try:
        receipts = open_receipts(settings, clock)
        if isinstance(receipts, FolderReceipts):
            return receipts.snapshot().versions
        clone = Clone(settings.root, offline=True)
        return clone.last_seen(), clone.fetched_at()
    except (ReceiptError, SettingsError, OSError) as err:
        return str(err)
