"""Replays: a proof or assertion counts once, in whichever process it comes (RFC 9449 11.1, RFC 7523 3)."""

import hashlib
from datetime import datetime

from piccolo.columns import Bytea, Timestamptz
from piccolo.table import Table

from storage.db import DB, execute


class OidcReplay(Table, db=DB, tablename="oidc_replay"):
    """That something was seen, until it would no longer be believed anyway."""

    seen = Bytea(primary_key=True)  # SHA-256 of whose it is and its `jti`
    until = Timestamptz()


async def first(owner: str, jti: str, *, until: datetime) -> bool:
    """Say whether `owner` shows this `jti` for the first time; of two at once one is first."""
    seen = hashlib.sha256(f"{owner}\0{jti}".encode()).digest()
    tag = await execute(
        "INSERT INTO oidc_replay (seen, until) VALUES ($1, $2) ON CONFLICT DO NOTHING", seen, until
    )
    return tag.endswith(" 1")


async def sweep(*, now: datetime) -> None:
    """Forget what is too old to be believed."""
    await execute("DELETE FROM oidc_replay WHERE until < $1", now)
