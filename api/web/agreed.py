"""Who has signed the agreement on a mini-app, and who has not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from miniapps.catalog.rules import Side
from miniapps.catalog.service import agreements
from miniapps.catalog.tables import AppSignature, MiniApp, MiniAppVersion

SIDES: Final = {Side.DEPARTMENT: "主管单位", Side.VENDOR: "开发单位"}


class Signed(NamedTuple):
    """One side of the agreement; `at` None: it is not bound."""

    side: str
    at: datetime | None
    is_old: bool  # it signed a text that is another now


def signed(rows: Sequence[AppSignature], named: MiniApp | MiniAppVersion) -> list[Signed]:
    """Return how the two sides stand that a mini-app or a version of it names."""
    signers = {Side.DEPARTMENT: named.department_id, Side.VENDOR: named.team_id}
    found = []
    for side, signer in signers.items():
        living = [row for row in rows if _is_of(row, side) and row.signer_id == signer]
        current = [row for row in living if row.text_sha256 == agreements.text(side).sha256]
        at = current[-1].signed_at if current else None
        found.append(Signed(SIDES[side], at, bool(living) and not current))
    return found


def _is_of(row: AppSignature, side: Side) -> bool:
    return bool(row.side == side) and row.withdrawn_at is None
