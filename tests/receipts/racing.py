"""
One run among many: wait for the word, then append to a key.

`python racing.py CLONE KEY claim|note`: says "ready", waits for a line, prints "won" or "refused".
"""

import sys
from pathlib import Path

from pipeline.clock import utc_now
from pipeline.errors import Refused
from pipeline.receipts import BranchReceipts


def main(root: Path, key: str, how: str) -> None:
    """Claim on the record as it was before the word was given, or note something on whatever is there."""
    receipts = BranchReceipts(root, clock=utc_now)
    with receipts.hold(key):
        seen = receipts.read(key) if how == "claim" else None
        print("ready", flush=True)
        sys.stdin.readline()
        try:
            receipts.append(key, "claimed", {}, seen=seen)
        except Refused:
            print("refused", flush=True)
        else:
            print("won", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
