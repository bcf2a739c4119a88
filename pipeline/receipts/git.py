"""
Git as a subprocess, in the same way on a laptop and in CI.

Neither hooks, prompts, the environment of a surrounding git nor its language play a part. Needs git 2.31.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

TIMEOUT_S = 60.0
NO_ANSWER = -1000

# What a git that runs us, such as one of its hooks or aliases, hands down about its own repository; the names
# are those of `git rev-parse --local-env-vars` (2.39) without the settings that CI may sign in with.
_OF_ANOTHER_REPOSITORY = frozenset(
    (
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE"),
        *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH", "GIT_PREFIX"),
        *("GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE", "GIT_NAMESPACE", "GIT_CONFIG"),
        *("GIT_CEILING_DIRECTORIES", "GIT_CURL_VERBOSE", "GIT_LITERAL_PATHSPECS", "GIT_ICASE_PATHSPECS"),
    )
)
_SETTINGS = (
    "core.hooksPath=/dev/null",  # no hook of the clone is meant for receipts
    "core.fsync=all",  # an entry is durable before anything is done because of it
    "gc.auto=0",  # no housekeeping while somebody waits
    "maintenance.auto=false",
    "fetch.writeCommitGraph=false",
    "advice.pushUpdateRejected=false",
)
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "none"}  # over every setting; no protocol is called so
_NOISE = ("To ", "Done", "error: failed to push some refs")
_LONGEST = 400  # characters of git's words in a message of ours
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_UNPRINTABLE = re.compile(r"[^\S\n]+|[\x00-\x09\x0b-\x1f\x7f]+")
_CREDENTIALS = re.compile(r"(?<=://)[^\s'\"]*@")
_QUERY = re.compile(r"(://[^\s'\"?]*)\?[^\s'\"]*")


class Answer(NamedTuple):
    """How a git command ended."""

    code: int  # exit code; NO_ANSWER when it was stopped because it took too long
    out: bytes
    said: str  # its messages as one line, without credentials


class Git:
    """Runs git commands in one folder."""

    def __init__(self, program: str, folder: Path, *, offline: bool = False) -> None:
        """
        Run *program*, a git, in *folder*.

        Args:
            program: its path.
            folder: in or below the clone.
            offline: let it speak to no remote, not even for an object that a partial clone lacks.
        """
        # The rest of the environment is read anew for each command: it may hold secrets, and none of them is
        # to lie in a copy of this for another process.
        self._environment = _OFFLINE if offline else {}
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        self._command = [program, "-C", str(folder), "--no-pager", *settings]

    def __call__(self, *arguments: str, given: bytes = b"") -> Answer:
        """
        Run one command and return its answer, whatever that is.

        Args:
            arguments: the command and its options.
            given: what it reads.
        """
        try:
            ended = subprocess.run(  # noqa: S603  (a list of words; no shell)
                [*self._command, *arguments],
                input=given,
                capture_output=True,
                env=_environment() | self._environment,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Answer(NO_ANSWER, b"", f"no answer within {TIMEOUT_S:.0f} s")
        except OSError as err:
            return Answer(NO_ANSWER, b"", f"git cannot be run: {err.strerror or err}")
        said = in_one_line(ended.stderr.decode("utf-8", "replace"))
        return Answer(ended.returncode, ended.stdout, said or f"git ended with code {ended.returncode}")


def in_one_line(words: str) -> str:
    """Return what git said without blank lines, colours and credentials, not too long."""
    plain = _UNPRINTABLE.sub(" ", _COLOUR.sub("", words))
    safe = _QUERY.sub(r"\1", _CREDENTIALS.sub("", plain))
    lines = (line.strip() for line in safe.split("\n"))
    line = "; ".join(line for line in lines if line and not line.startswith(_NOISE))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _OF_ANOTHER_REPOSITORY and not name.startswith("GIT_TRACE")
    }
    ours = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
    return {**kept, **ours}
