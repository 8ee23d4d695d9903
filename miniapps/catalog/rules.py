"""The life of a mini-app's version, as a table, and what a consent must cover.  No I/O, no clock."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from miniapps.catalog.errors import AppConsentMissing, ScopeNotDeclared, VersionMoveRefused


class AppState(StrEnum):
    """Whether citizens can find and open the mini-app."""

    NEW = "new"  # nothing released yet
    LISTED = "listed"  # 上架
    SUSPENDED = "suspended"  # switched off by an operator (下架)


class VersionState(StrEnum):
    """Where one version stands."""

    SUBMITTED = "submitted"
    RELEASED = "released"
    REFUSED = "refused"
    SUPERSEDED = "superseded"  # a later version was released; may be released again


MOVES: dict[VersionState, frozenset[VersionState]] = {
    VersionState.SUBMITTED: frozenset({VersionState.RELEASED, VersionState.REFUSED}),
    VersionState.RELEASED: frozenset({VersionState.SUPERSEDED}),
    VersionState.SUPERSEDED: frozenset({VersionState.RELEASED}),  # rollback
    VersionState.REFUSED: frozenset(),  # a better version gets a new number
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
