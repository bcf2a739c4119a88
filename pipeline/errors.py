"""
Every error the pipeline raises, and the exit code each ends in.

    PipelineError                       1 .. 6, never raised itself
      IssueError                  2     an issue's file cannot be read as an issue
      SettingsError               2     [tool.newsletter] or the environment is wrong
      TemplateError               2     a template or its style sheet cannot be used
      UsageError                  2     the command line asks for something that is not there
      ChecksFailed                1     findings stop the issue
      Refused                     6     a guard stopped it: already sent, drift, too late, ...
      ReceiptError                6     a receipt cannot be read; never taken for "nothing sent"
      Unsupported                 4     the provider cannot do it; no request was made
      ProviderError               4     the provider or the road to it failed; nothing was sent
        AuthError                 4
        Rejected                  4
          Altered                 4     a draft would go out as something else than it was given as
        RateLimited               4
        Unavailable               4
        UnexpectedAnswer          4
        OutcomeUnknown            5     a write was made and its effect is not known

Every message says what and where in lower case without a full stop; `hint` says how to mend it.
"""

from collections.abc import Sequence
from typing import ClassVar

from pipeline.model import Finding


class PipelineError(Exception):
    """Anything the pipeline can explain to its user."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", findings: Sequence[Finding] = ()) -> None:
        """
        Take what went wrong and how to mend it.

        Args:
            message: what and where; lower case, no full stop, values in `repr`.
            hint: how to mend it; may name a command.
            findings: every problem, where there are several; the message then sums them up.
        """
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.findings = tuple(findings)

    def __str__(self) -> str:
        """Return the message, with what was added to it on its way."""
        return self.message


class IssueError(PipelineError):
    """An issue's file cannot be read as an issue."""

    exit_code = 2


class SettingsError(PipelineError):
    """The settings in pyproject.toml or the environment are wrong."""

    exit_code = 2


class TemplateError(PipelineError):
    """A template, its style sheet or the registry of wordings cannot be used."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "", chain: Sequence[tuple[str, int]] = ()) -> None:
        """
        Take what went wrong, how to mend it, and the way that led there.

        Args:
            message: as of every error.
            hint: as of every error.
            chain: templates, each with the line on which it includes, extends or calls the next; the last is
                the one at fault. Files are relative to the root; empty where no template was being filled.
        """
        super().__init__(message, hint=hint)
        self.chain = tuple(chain)


class UsageError(PipelineError):
    """The command line names something that is not there."""

    exit_code = 2


class ChecksFailed(PipelineError):
    """Findings stop the issue; `findings` has them all."""

    exit_code = 1


class Refused(PipelineError):
    """A guard stopped a dispatch. Nothing was sent by this command."""

    exit_code = 6


class ReceiptError(PipelineError):
    """A receipt cannot be read or written. It is never taken for an empty one."""

    exit_code = 6


class Unsupported(PipelineError):
    """The provider has no such ability. No request was made."""

    exit_code = 4


class ProviderError(PipelineError):
    """The provider, or the road to it, failed. Nothing was sent."""

    exit_code = 4

    def __init__(self, message: str, *, hint: str = "", status: int = 0) -> None:
        """Take what went wrong, how to mend it, and the HTTP status; 0 when there was none."""
        super().__init__(message, hint=hint)
        self.status = status


class AuthError(ProviderError):
    """The provider does not accept the credentials."""


class Rejected(ProviderError):
    """The provider refused the request for a reason of its own."""


class Altered(Rejected):
    """A draft holds what it was given, and something else would be sent: a wrapper, a test of subjects."""


class RateLimited(ProviderError):
    """The provider asks to come back later."""


class Unavailable(ProviderError):
    """The provider could not be reached, or answered with an error of its own; nothing was written."""


class UnexpectedAnswer(ProviderError):
    """The provider's answer does not have the shape it should have."""


class OutcomeUnknown(ProviderError):
    """A write was made and no answer came. Look it up with `newsletter status`; never repeat it."""

    exit_code = 5
