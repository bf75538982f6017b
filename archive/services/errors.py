"""What use cases raise. A door turns each into its own words: an HTTP status, an exit code, a page."""

from __future__ import annotations


class ArchiveError(Exception):
    """`code` is stable and translated by the doors; `hint` says what to do."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code:
            self.code = code


class BadInput(ArchiveError):
    """Exit code 2, HTTP 422."""

    code = "bad_input"


class Refused(ArchiveError):
    """Not allowed: exit code 3, HTTP 403."""

    code = "refused"


class Clash(Refused):
    """Somebody else has it in hand, or it changed meanwhile: exit code 3, HTTP 409."""

    code = "clash"


class NotFound(ArchiveError):
    """No such thing, or one whose existence the asker may not know: exit code 2, HTTP 404."""

    code = "not_found"


class Away(ArchiveError):
    """An engine does not answer: exit code 4, HTTP 503."""

    code = "engine_away"
