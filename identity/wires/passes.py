"""Passes: a ticket for one client lives 60 s, is redeemed once, and gives a token for some minutes.

Whatever a pass hangs on is looked at each time it is used: session, consent, client, person, and whether what
it gives is switched off.  Nothing of it is remembered anywhere, so what is withdrawn is dead at once.
"""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID as Id

from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import Scope
from identity import audit, contexts, halts, tokens
from identity.actor import Actor
from identity.roles import FOR_FIRMS, MandateKind
from identity.wires import consent, facts
from identity.wires.clients import Client
from identity.wires.errors import Refused, Why, WireConsentNeeded, WireForCitizens, WireForFirms, WirePaused
from identity.wires.facts import Subject
from identity.wires.tables import Wire, WirePass
from storage.db import execute, fetch, transaction
from storage.seal import token_hash

TICKET_LIFE = timedelta(seconds=60)
TOKEN_LIFE = timedelta(minutes=5)
KEPT = timedelta(days=1)  # a used ticket is known for so long, to be told from what never was one
TICKET = re.compile(r"[0-9a-f]{32}-ticket", re.ASCII)
TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)
PERSONAL = (Wire.TICKET, Wire.BCDSG)


@dataclass(frozen=True, kw_only=True)
class Pass:
    """A pass that was shown and holds."""

    id: Id
    person_id: Id
    acting_for: Id
    client_id: str
    wire: Wire
    wire_client: Id
    level: int
    test_users_only: bool
    session_id: Id
    delegation_id: Id | None
    mandate_kind: MandateKind | None

    @property
    def bearer(self) -> Actor:
        """The client as it acts for the citizen, for audit rows; it may ask for nothing else."""
        himself = tokens.caller(self.client_id, self.person_id, session_id=self.session_id, level=self.level)
        return replace(
            himself, acting_for=self.acting_for, delegation_id=self.delegation_id,
            mandate_kind=self.mandate_kind,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who shows a ticket or token, on which wires; None: the wire does not say as which client or code."""

    wires: Collection[Wire]
    client_id: str | None = None
    code: str | None = None

    def holds(self, row: dict[str, Any]) -> bool:
        """Say whether the pass of `row` is the holder's."""
        return (
            Wire(row["wire"]) in self.wires
            and self.client_id in (None, row["client_id"])
            and self.code in (None, row["code"])
        )


_STOPS = ", ".join(f"'{scope}'" for scope in sorted(consent.STOPS))

# What a pass hangs on; $2 is now.  `gone` tells what cannot come back, `lives` that everything holds.
_STATE = (
    "SELECT t.*, c.client_id, c.code, c.wire, c.test_users_only, least(t.level, person.level) AS proven,"  # noqa: S608
    " m.kind AS mandate_kind, (w.withdrawn_at IS NOT NULL OR person.erased_at IS NOT NULL) AS gone,"
    " (t.ended_at IS NULL AND c.ended_at IS NULL AND person.erased_at IS NULL"
    " AND w.withdrawn_at IS NULL AND (w.until IS NULL OR w.until > $2)"
    " AND s.ended_at IS NULL AND s.expires_at > $2 AND s.idle_until > $2"
    f" {contexts.LIVES} AND t.acting_for = coalesce(m.party_id, t.party_id)"
    " AND NOT EXISTS (SELECT FROM app_halt h WHERE h.app_id = c.client_id"
    " AND coalesce(t.token_until, t.expires_at) <= h.until)"
    f" AND NOT EXISTS (SELECT FROM scope_halt o WHERE o.scope IN ({_STOPS}))) AS lives"
    " FROM wire_pass t JOIN wire_client c ON c.id = t.wire_client JOIN consent w ON w.id = t.consent_id"
    " JOIN person ON person.id = t.party_id JOIN session s ON s.id = t.session_id"
    f" {contexts.joins('$2')}"
)
_BY_TICKET = _STATE + " WHERE t.ticket_hash = $1"
_BY_TOKEN = _STATE + " WHERE t.token_hash = $1"
_REDEEM = (
    f"WITH known AS ({_BY_TICKET})"  # noqa: S608 (only our own words)
    " UPDATE wire_pass SET used_at = $2, token_hash = $3, token_until = $2 + $4::interval FROM known"
    " WHERE wire_pass.id = known.id AND known.lives AND wire_pass.used_at IS NULL"
    " AND wire_pass.ended_at IS NULL AND wire_pass.expires_at > $2 RETURNING known.*"
)


async def issue(actor: Actor, client: Client, *, now: datetime) -> str:
    """Return a ticket with which the client may learn who the citizen is.

    Raises: NotSignedIn, WirePaused, WireConsentNeeded, and what `check_context` raises.
    """
    if actor.session_id is None or actor.app_id is not None:
        raise NotSignedIn
    check_context(actor, client)
    if not consent.STOPS.isdisjoint(await halts.halted_scopes()):
        raise WirePaused
    ticket = secrets.token_hex(16) + ("-ticket" if client.wire in PERSONAL else "")
    async with transaction():
        given = await consent.in_force(actor.person_id, client)
        if given is None:
            raise WireConsentNeeded(name=client.name)
        await WirePass(
            party_id=actor.person_id, wire_client=client.id, ticket_hash=token_hash(ticket),
            session_id=actor.session_id, acting_for=actor.acting_for, delegation_id=actor.delegation_id,
            level=actor.level, consent_id=given.id, issued_at=now, expires_at=now + TICKET_LIFE,
        ).save()  # fmt: skip
        await audit.record(actor, "wire.sign_in", f"wire/{client.id}", now=now)
    return ticket


def check_context(actor: Actor, client: Client) -> None:
    """Check that the citizen asks in an acting context that the wire can tell of.

    Raises: WireForCitizens, WireForFirms; ScopeMissing when a mandate for a firm does not let him open apps.
    """
    for_firm = actor.mandate_kind in FOR_FIRMS
    if client.wire is Wire.LEGAL and not for_firm:
        raise WireForFirms
    own = actor.is_only_citizen and actor.acting_for == actor.person_id
    if not own and (client.wire in PERSONAL or not for_firm):
        raise WireForCitizens
    if not actor.may(Scope.APPS_OPEN):
        raise ScopeMissing(scope=Scope.APPS_OPEN)


async def redeem(
    ticket: str,
    holder: Holder,
    *,
    token: str | None = None,
    now: datetime,
) -> tuple[str, Pass]:
    """Exchange a ticket for a token, once, in one statement; return the token and the pass.

    `token` is what to give for it; left out, a fresh one.
    Raises: Refused.  Shown by another client than its own, the ticket has leaked and is dead.
    """
    form = TICKET if Wire.TICKET in holder.wires else TOKEN
    if not form.fullmatch(ticket):
        raise Refused(Why.MALFORMED)
    await _check_holder(_BY_TICKET, ticket, holder, now=now)
    token = token or secrets.token_hex(16)
    async with transaction():
        rows = await fetch(_REDEEM, token_hash(ticket), now, token_hash(token), TOKEN_LIFE)
        if not rows:
            raise Refused(Why.EXPIRED)
        shown = _pass(rows[0])
        await audit.record(shown.bearer, "wire.redeem", f"pass/{shown.id}", now=now, party_id=shown.person_id)
    return token, shown


async def look(token: str, holder: Holder, *, now: datetime) -> Pass:
    """Return the pass of a token while it lives; it may be shown again, since clients repeat their calls.

    Raises: Refused.
    """
    if not TOKEN.fullmatch(token):
        raise Refused(Why.MALFORMED)
    known = await _check_holder(_BY_TOKEN, token, holder, now=now)
    if known["gone"]:
        raise Refused(Why.GONE)
    if not known["lives"] or known["token_until"] <= now:
        raise Refused(Why.EXPIRED)
    return _pass(known)


async def release(shown: Pass, told: str, *, now: datetime) -> Subject:
    """Return whom the pass tells of, and note what the client was `told`.

    Raises: PartyErased.
    """
    async with transaction():
        subject = await facts.of(
            shown.client_id, shown.person_id, shown.acting_for,
            level=shown.level, mandate_kind=shown.mandate_kind, test_users_only=shown.test_users_only,
            now=now,
        )  # fmt: skip
        basis = "invented test user" if shown.test_users_only else f"old wire {shown.wire}: {told}"
        await audit.record(shown.bearer, "claim.release", f"app/{shown.client_id}", basis, now=now)
    return subject


async def owner_of(text: str) -> Id | None:
    """Return whose ticket or token a text is, dead or alive, for the audit row of a refusal."""
    rows = await fetch(
        "SELECT party_id FROM wire_pass WHERE ticket_hash = $1 OR token_hash = $1", token_hash(text)
    )
    return Id(str(rows[0]["party_id"])) if rows else None


async def wire_client_of(text: str) -> Id:
    """Return for whom a ticket was made, on wires where the call itself does not say.

    Raises: Refused.
    """
    rows = await fetch("SELECT wire_client FROM wire_pass WHERE ticket_hash = $1", token_hash(text))
    if not rows:
        raise Refused(Why.UNKNOWN)
    return Id(str(rows[0]["wire_client"]))


async def sweep(*, now: datetime) -> None:
    """Delete passes that nobody asks about any longer."""
    await execute("DELETE FROM wire_pass WHERE issued_at < $1", now - KEPT)


async def _check_holder(statement: str, text: str, holder: Holder, *, now: datetime) -> dict[str, Any]:
    """Return the row of a ticket or token that belongs to who shows it.

    Raises: Refused.
    """
    rows = await fetch(statement, token_hash(text), now)
    if not rows:
        raise Refused(Why.UNKNOWN)
    if not holder.holds(rows[0]):
        await _end(rows[0], holder, now=now)
        raise Refused(Why.FOREIGN)
    return rows[0]


async def _end(row: dict[str, Any], holder: Holder, *, now: datetime) -> None:
    """End a pass that somebody else showed, with the token it gave, and tell the citizen by an audit row."""
    shown = _pass(row)
    async with transaction():
        await execute("UPDATE wire_pass SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", shown.id, now)
        await audit.record(
            shown.bearer, "wire.refuse", f"pass/{shown.id}", f"shown by {holder.client_id or 'nobody known'}",
            now=now, party_id=shown.person_id,
        )  # fmt: skip


def _pass(row: dict[str, Any]) -> Pass:
    return Pass(
        id=Id(str(row["id"])), person_id=Id(str(row["party_id"])), acting_for=Id(str(row["acting_for"])),
        client_id=row["client_id"], wire=Wire(row["wire"]),
        wire_client=Id(str(row["wire_client"])), level=row["proven"],
        test_users_only=row["test_users_only"], session_id=Id(str(row["session_id"])),
        delegation_id=row["delegation_id"] and Id(str(row["delegation_id"])),
        mandate_kind=row["mandate_kind"] and MandateKind(row["mandate_kind"]),
    )  # fmt: skip
