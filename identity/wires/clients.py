"""Clients of the old wires: the operator switches each wire on for each of them, and off."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID as Id

from banshi.errors import InvalidInput
from identity import audit
from identity.actor import Actor, check_operator
from identity.wires.errors import WireCodeTaken, WireUnknown
from identity.wires.tables import CLIENT_CHARACTERS, CODE_CHARACTERS, Wire, WireSecret
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.limits import subscriber
from storage.seal import unwrap, wrap

SIGNED = frozenset({Wire.TICKET, Wire.BCDSG})
"""Wires whose callers sign with a secret."""
OVERLAP = timedelta(days=1)
SECRET_BYTES = 16
DECOY = "0" * (2 * SECRET_BYTES)
"""What an unknown client's signature is compared with, so that it takes as long as a known one's."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """One client on one wire, as it is switched on now."""

    id: Id
    client_id: str
    wire: Wire
    code: str
    name: str
    operator: str
    callbacks: tuple[str, ...]
    callers: tuple[str, ...]
    test_users_only: bool
    secrets: tuple[str, ...]  # those in force; several while one is rotated

    def caller(self, address: str) -> str | None:
        """Return as whom its server calls from there: all its networks are one; None: it never does."""
        if not self.callers:
            return subscriber(address)
        known = _address(address)
        inside = known is not None and any(known in ip_network(each) for each in self.callers)
        return "its own networks" if inside else None

    def callback(self, named: str) -> str | None:
        """Return the address to return to: the one named, if it is registered but for its query.

        Compared character by character up to the first `?`, so nothing a browser might read in another way
        gets through.  None: not registered.
        """
        if not named:
            return self.callbacks[0] if self.callbacks else None
        base = named.partition("?")[0]
        plain = named.isascii() and named.isprintable() and not set(named) & set(' #"<>\\^`{|}')
        return named if plain and base in self.callbacks else None


_LIVE = (
    "SELECT c.*, array(SELECT s.sealed FROM wire_secret s WHERE s.wire_client = c.id"
    " AND (s.ends_at IS NULL OR s.ends_at > $1) ORDER BY s.id) AS sealed"
    " FROM wire_client c WHERE c.ended_at IS NULL"
)


async def find(code: str, wires: Collection[Wire], *, now: datetime) -> Client | None:
    """Return the client that uses `code` on one of these wires; None: unknown and switched off are alike."""
    rows = await fetch(
        _LIVE + " AND c.code = $2 AND c.wire = ANY($3) ORDER BY c.wire DESC LIMIT 1",  # ticket before bcdsg
        now, code, [wire.value for wire in wires],
    )  # fmt: skip
    return _client(rows[0]) if rows else None


async def by_callback(callback: str, wire: Wire, *, now: datetime) -> Client | None:
    """Return the client that registered this callback on the wire, for entries that name no code."""
    base = callback.partition("?")[0]
    rows = await fetch(_LIVE + " AND c.wire = $2 AND $3 = ANY(c.callbacks)", now, wire.value, base)
    return _client(rows[0]) if rows else None


async def by_id(wire_client: Id, *, now: datetime) -> Client | None:
    """Return the client with this id of its own."""
    rows = await fetch(_LIVE + " AND c.id = $2", now, wire_client)
    return _client(rows[0]) if rows else None


async def of(client_id: str, *, now: datetime) -> list[Client]:
    """Return all wires on which a client is switched on."""
    return [_client(row) for row in await fetch(_LIVE + " AND c.client_id = $2", now, client_id)]


async def names(client_ids: Iterable[str]) -> dict[str, str]:
    """Return how citizens know these clients, also those that were switched off."""
    rows = await fetch(
        "SELECT DISTINCT ON (client_id) client_id, name FROM wire_client WHERE client_id = ANY($1)"
        " ORDER BY client_id, created_at DESC",
        sorted(set(client_ids)),
    )  # fmt: skip
    return {row["client_id"]: row["name"] for row in rows}


def _client(row: dict[str, Any]) -> Client:
    return Client(
        id=Id(str(row["id"])), client_id=row["client_id"], wire=Wire(row["wire"]), code=row["code"],
        name=row["name"], operator=row["operator"], callbacks=tuple(row["callbacks"]),
        callers=tuple(row["callers"]), test_users_only=row["test_users_only"],
        secrets=tuple(_opened(sealed, row["id"]) for sealed in row["sealed"]),
    )  # fmt: skip


def secrets_of(client: Client | None) -> tuple[str, ...]:
    """Return the secrets that a signature may be made with; a decoy for nobody's."""
    return client.secrets if client and client.secrets else (DECOY,)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On which terms a client is switched on."""

    client_id: str
    wire: Wire
    code: str
    name: str
    operator: str
    callbacks: Sequence[str] = ()
    callers: Sequence[str] = ()
    test_users_only: bool = False


async def enable(actor: Actor, terms: Terms, *, now: datetime) -> str | None:
    """Switch a wire on for a client, or change the terms; return a new secret, which is never shown again.

    None: the wire takes no secret, or the client has one already (`rotate` makes another).
    Raises: ScopeMissing, InvalidInput, WireCodeTaken.
    """
    check_operator(actor)
    _check(terms)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock(hashtext('wire_client'))")
        await _check_free(terms)
        rows = await fetch(
            "INSERT INTO wire_client AS known (id, client_id, wire, code, name, operator, callbacks, callers,"
            " test_users_only, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            " ON CONFLICT (wire, code) DO UPDATE SET name = $5, operator = $6, callbacks = $7, callers = $8,"
            " test_users_only = $9, ended_at = NULL RETURNING id, (SELECT count(*) FROM wire_secret s"
            " WHERE s.wire_client = known.id AND (s.ends_at IS NULL OR s.ends_at > $10)) AS secrets",
            new_id(), terms.client_id, terms.wire.value, terms.code, terms.name, terms.operator,
            list(terms.callbacks), list(terms.callers), terms.test_users_only, now,
        )  # fmt: skip
        wire_client = Id(str(rows[0]["id"]))
        made = None
        if terms.wire in SIGNED and not rows[0]["secrets"]:
            made = await _new_secret(wire_client, now=now)
        await audit.record(actor, "wire.enable", f"wire/{wire_client}", now=now)
    return made


async def disable(actor: Actor, client_id: str, wire: Wire, code: str, *, now: datetime) -> None:
    """Switch a wire off: its tickets and tokens die with it, and its secrets for good.

    Raises: ScopeMissing, WireUnknown.
    """
    check_operator(actor)
    async with transaction():
        wire_client = await _own(client_id, wire, code)
        await execute("UPDATE wire_client SET ended_at = $2 WHERE id = $1", wire_client, now)
        await execute("UPDATE wire_secret SET ends_at = $2 WHERE wire_client = $1", wire_client, now)
        await execute(
            "UPDATE wire_pass SET ended_at = $2 WHERE wire_client = $1 AND ended_at IS NULL", wire_client, now
        )
        await audit.record(actor, "wire.disable", f"wire/{wire_client}", now=now)


async def rotate(
    actor: Actor, client_id: str, wire: Wire, code: str, *, overlap: timedelta = OVERLAP, now: datetime
) -> str:
    """Return a new secret beside those in force, which end after `overlap`; it is never shown again.

    Raises: ScopeMissing, WireUnknown, InvalidInput for a wire without secrets.
    """
    check_operator(actor)
    if wire not in SIGNED:
        raise InvalidInput(field="wire", problem="this wire has no secret")
    async with transaction():
        wire_client = await _own(client_id, wire, code)
        await execute(
            "UPDATE wire_secret SET ends_at = least(ends_at, $2) WHERE wire_client = $1",
            wire_client,
            now + overlap,
        )
        made = await _new_secret(wire_client, now=now)
        await audit.record(actor, "wire.rotate", f"wire/{wire_client}", now=now)
    return made


async def sweep(*, now: datetime) -> None:
    """Delete secrets that have ended."""
    await execute("DELETE FROM wire_secret WHERE ends_at <= $1", now)


async def _own(client_id: str, wire: Wire, code: str) -> Id:
    rows = await fetch(
        "SELECT id FROM wire_client WHERE client_id = $1 AND wire = $2 AND code = $3 AND ended_at IS NULL"
        " FOR UPDATE",
        client_id, wire.value, code,
    )  # fmt: skip
    if not rows:
        raise WireUnknown
    return Id(str(rows[0]["id"]))


async def _new_secret(wire_client: Id, *, now: datetime) -> str:
    secret = secrets.token_hex(SECRET_BYTES)
    await WireSecret(
        wire_client=wire_client, sealed=wrap(secret.encode(), aad=_aad(wire_client)), created_at=now
    ).save()
    return secret


def _opened(sealed: bytes, wire_client: object) -> str:
    return unwrap(sealed, aad=_aad(wire_client)).decode()


def _aad(wire_client: object) -> bytes:
    return b"wire_secret\0" + Id(str(wire_client)).bytes


async def _check_free(terms: Terms) -> None:
    """Refuse a code of another client; on the legal wire, where the callback names the client, that too."""
    rows = await fetch(
        "SELECT 1 FROM wire_client WHERE wire = $1 AND client_id <> $2 AND (code = $3"
        " OR (wire = 'legal' AND ended_at IS NULL AND callbacks && $4::varchar[]))",
        terms.wire.value, terms.client_id, terms.code, list(terms.callbacks),
    )  # fmt: skip
    if rows:
        raise WireCodeTaken(code=terms.code, wire=terms.wire.value)


def _check(terms: Terms) -> None:
    for field, text, most in (
        ("client", terms.client_id, CLIENT_CHARACTERS),
        ("service-code", terms.code, CODE_CHARACTERS),
    ):
        if not (text.isascii() and text.isprintable() and 0 < len(text) <= most and " " not in text):
            raise InvalidInput(field=field, problem=f"give 1 to {most} letters, digits and marks")
    if not (terms.name.strip() and terms.operator.strip()):
        raise InvalidInput(field="name", problem="say how the citizen knows the client, and who runs it")
    for callback in terms.callbacks:
        _check_callback(callback)
    for network in terms.callers:
        try:
            ip_network(network)
        except ValueError:
            raise InvalidInput(
                field="caller", problem=f"{network} is no network such as 10.1.0.0/16"
            ) from None


def _check_callback(callback: str) -> None:
    parts = urlsplit(callback)
    loopback = parts.hostname in ("127.0.0.1", "localhost", "::1")
    plain = callback.isascii() and callback.isprintable() and not set(callback) & set(" ?#\\@")
    if not (plain and parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and loopback))):
        raise InvalidInput(field="callback", problem="give https://host/path without query and fragment")


def _address(text: str) -> Any:
    try:
        return ip_address(text)
    except ValueError:
        return None
