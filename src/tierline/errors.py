"""Every exception that tierline raises on purpose; knows nothing of what failed beyond words.

An error names the subject, the fact that decides, and the fix. Two families decide retries:
`TemporaryError` may succeed when tried again, `PermanentError` will not.
"""

from __future__ import annotations


class TierlineError(Exception):
    """Something a person must read: `code` is stable, `fix` says what to do."""

    exit_code = 1

    def __init__(self, message: str, *, code: str = "tool/error", fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.fix = fix


class UsageError(TierlineError):
    """The command line, the mesh root or tierline.toml cannot be used as given."""

    exit_code = 2

    def __init__(self, message: str, *, code: str = "usage/error", fix: str = "") -> None:
        super().__init__(message, code=code, fix=fix)


class TemporaryError(TierlineError):
    """The same call may succeed later."""


class PermanentError(TierlineError):
    """The same call will fail again until something else changes."""


class LeaseLost(PermanentError):  # noqa: N818 - a fact about the world, not a mistake
    """Another conductor holds the environment now; nothing of ours is accepted any more."""
