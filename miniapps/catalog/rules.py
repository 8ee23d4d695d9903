"""The life of a mini-app's version, as a table, and what a consent must cover.  No I/O, no clock."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from miniapps.catalog.errors import AppConsentMissing, ScopeNotDeclared, VersionMoveRefused


class AppState(StrEnum):
    """Whether citizens can find and open the mini-app."""

    NEW = "new"  # nothing released yet
    LISTED = "listed"  # 上架
    DELISTED = "delisted"  # 下架: nobody finds or opens it any more; what is open goes on
    SUSPENDED = "suspended"  # switched off by an operator: everything of it stops at once


class VersionState(StrEnum):
    """Where the review of one version stands; whether citizens get it is said by the mini-app."""

    SUBMITTED = "submitted"  # the machine looks
    QUEUED = "queued"  # a person is to look
    APPROVED = "approved"  # may be given to citizens, now or later
    REFUSED = "refused"  # by the machine or a person; a better version gets a new number
    WITHDRAWN = "withdrawn"  # by its developers


class Side(StrEnum):
    """Who signs the agreement on a mini-app: both do, each its own text."""

    DEPARTMENT = "department"  # 主管单位: holds the data and answers for the service
    VENDOR = "vendor"  # 开发单位: builds and runs it


class Environment(StrEnum):
    """Where a mini-app's back end runs; each has credentials of its own."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


IN_REVIEW = (VersionState.SUBMITTED, VersionState.QUEUED)
"""A mini-app has at most one version of these."""

OVER = (VersionState.REFUSED, VersionState.WITHDRAWN)
"""What came to nothing: in time its files go.  What was approved stays, for a rollback may lead to it."""

MOVES: dict[VersionState, frozenset[VersionState]] = {
    VersionState.SUBMITTED: frozenset({VersionState.QUEUED, VersionState.REFUSED, VersionState.WITHDRAWN}),
    VersionState.QUEUED: frozenset({VersionState.APPROVED, VersionState.REFUSED, VersionState.WITHDRAWN}),
    VersionState.APPROVED: frozenset(),
    VersionState.REFUSED: frozenset({VersionState.QUEUED}),  # another person looks, after an appeal
    VersionState.WITHDRAWN: frozenset(),
}


def check_move(now: VersionState, to: VersionState) -> None:
    """Refuse a move the table does not have.

    Raises:
        VersionMoveRefused: `now` does not lead to `to`.
    """
    if to not in MOVES[now]:
        raise VersionMoveRefused(now=now, to=to)


def check_consent(app_id: str, asked: Mapping[str, str], granted: Collection[str]) -> None:
    """Refuse a consent that grants less or other than the manifest's `scopes` ask for.

    Raises:
        ScopeNotDeclared: `granted` has a scope the manifest does not name.
        AppConsentMissing: a scope of the manifest is not granted.
    """
    for scope in sorted(granted):
        if scope not in asked:
            raise ScopeNotDeclared(app_id=app_id, scope=scope)
    missing = sorted(set(asked) - set(granted))
    if missing:
        raise AppConsentMissing(app_id=app_id, scopes=", ".join(missing))
