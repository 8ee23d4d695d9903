"""The sandbox's phone network: messages go nowhere, and may be read here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from piccolo.columns import UUID, Bytea, Timestamptz
from piccolo.table import Table

from storage.db import DB, execute, fetch
from storage.ids import new_id
from storage.seal import unwrap, wrap

KEPT = timedelta(minutes=10)
SHOWN = 50
AAD = b"sandbox message"


class SandboxMessage(Table, db=DB, tablename="sandbox_message"):
    """One message to an invented phone, sealed.  Stays empty in production."""

    id = UUID(primary_key=True, default=new_id)
    at = Timestamptz()
    sealed = Bytea()


@dataclass(frozen=True)
class Message:
    """A message as its receiver would read it."""

    at: datetime
    phone: str
    text: str


class SandboxSender:
    """Keeps messages for ten minutes instead of sending them; follows the contract of `SmsSender`."""

    async def send(self, phone: str | None, text: str, *, now: datetime) -> None:
        """Keep `text`; for nobody's phone the same is done with a message that is never shown."""
        sealed = wrap(f"{phone or ''}\0{text}".encode(), aad=AAD)
        await execute("DELETE FROM sandbox_message WHERE at <= $1", now - KEPT)
        await execute(
            "INSERT INTO sandbox_message (id, at, sealed) VALUES ($1, $2, $3)", new_id(), now, sealed
        )


async def messages() -> list[Message]:
    """Return what was sent in the sandbox lately, newest first."""
    rows = await fetch("SELECT at, sealed FROM sandbox_message ORDER BY at DESC, id DESC LIMIT $1", SHOWN)
    opened = [(row["at"], *unwrap(row["sealed"], aad=AAD).decode().split("\0", 1)) for row in rows]
    return [Message(at, phone, text) for at, phone, text in opened if phone]
