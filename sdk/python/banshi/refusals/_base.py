"""What went wrong with a call to a platform, and the kinds of refusals, by status."""

from collections.abc import Mapping
from typing import Any

DOCS = "/docs/errors"  # of every platform


class PlatformError(Exception):
    """A call failed; see the subclasses."""

    retryable = False


class NoAnswer(PlatformError):
    """The platform could not be reached or answered something that is not its protocol."""

    retryable = True


class Refused(PlatformError):
    """The platform refused the call.

    `code` is forever; `data` says what it is about; `is_of_app`: a mini-app's back end said it; `platform` is
    the address of who refused.
    """

    code = "UNKNOWN"
    status = 0

    def __init__(self, error: Mapping[str, Any], platform: str = "") -> None:
        details = error.get("extensions") or {}
        self.code = str(details.get("code", "UNKNOWN"))
        self.data: dict[str, Any] = dict(details.get("data") or {})
        self.details = dict(details)
        self.is_of_app = details.get("source") == "app"
        self.platform = platform
        super().__init__(f"{self.code}: {error.get('message', 'no message')}")

    @property
    def docs_url(self) -> str | None:
        """Where the platform itself explains the code; None: it is a mini-app's own, or has no platform."""
        if self.is_of_app or not self.platform:
            return None
        return f"{self.platform}{DOCS}#{self.code.lower()}"


class Unidentified(Refused):
    """Who asks must sign in, or more strongly (401)."""


class Denied(Refused):
    """Who asks may not do this (403)."""


class ConsentWanted(Denied):
    """The citizen has to agree first: `scope` is what to ask him for.

    A handler lets the page know by `raise banshi.errors.ConsentNeeded(scope=refusal.scope)`: the host asks
    him when the mini-app is opened anew.
    """

    @property
    def scope(self) -> str:
        """What to ask for, e.g. "notices:send"."""
        return str(self.data.get("scope", ""))


class Missing(Refused):
    """There is nothing that the caller may see (404)."""


class Malformed(Refused):
    """The request itself is wrong (400, 405, 406, 413, 415)."""


class Invalid(Refused):
    """What it says is wrong: mend it (422)."""


class Busy(Refused):
    """Too often; come back later (429)."""

    @property
    def retry_after_s(self) -> int:
        """After how many seconds the same call may work; 1 when nothing was said."""
        told = str(self.data.get("retry_after_s", "1"))
        return int(told) if told.isdigit() else 1


class Failed(Refused):
    """The platform, or a back end behind it, failed (5xx)."""


class Conflict(Refused):
    """The state of things does not allow it (409, 410, 412)."""
