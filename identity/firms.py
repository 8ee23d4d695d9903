"""Firms: legal persons and other organisations (法人和其他组织).  What is known of them is public."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID as Id

from piccolo.columns import UUID, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from identity import numbers, people, registries
from identity.errors import PlaintextNeeded
from identity.people import Person
from identity.registries import FirmFacts, FirmKind, FirmProof
from storage.checks import one_of
from storage.db import DB, execute, fetch
from storage.ids import new_id

BY_LAW = "《市场主体登记管理条例》第十五条（实名登记）"


class Firm(Table, db=DB, tablename="firm"):
    """One firm by its unified social credit code.  Its id is the party id of everything that is its."""

    id = UUID(primary_key=True, default=new_id)
    code = Varchar(18, unique=True)
    name = Varchar(120)
    kind = Varchar(20, choices=FirmKind)
    region = Varchar(6)
    created_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)  # struck off: nobody acts for it any longer

    firm_kind_is_known = Check(one_of("kind", FirmKind))


async def ask_representative(person: Person, code: str, *, now: datetime) -> FirmProof:
    """Ask the register whether the person is the firm's legal representative.

    Call it outside transactions: it waits for somebody else's system.
    Raises: CreditCodeRefused, NotRepresentative, Unavailable, PartyErased; PlaintextNeeded for a pseudonym.
    """
    normal = numbers.credit_code(code)
    facts = await people.own(person.id)
    if facts.number is None:
        raise PlaintextNeeded(basis=BY_LAW)
    return await registries.current().firms.representative(
        normal, number=facts.number, name=facts.name, now=now
    )


async def ensure(facts: FirmFacts, *, now: datetime) -> Firm:
    """Return the firm, made on first sight, with what the register says of it now."""
    await execute(
        "INSERT INTO firm AS known (id, code, name, kind, region, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (code) DO UPDATE SET name = $3, kind = $4, region = $5, closed_at = NULL"
        " WHERE (known.name, known.kind, known.region) IS DISTINCT FROM ($3, $4, $5)"
        " OR known.closed_at IS NOT NULL",
        new_id(), facts.code, facts.name, facts.kind.value, facts.region, now,
    )  # fmt: skip
    firm = await Firm.objects().where(Firm.code == facts.code).first()
    assert firm is not None
    return firm


async def close(firm_id: Id, *, now: datetime) -> None:
    """Note that a firm was struck off; every session that acts for it dies."""
    await execute("UPDATE firm SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL", firm_id, now)


async def by_ids(ids: Iterable[Id]) -> dict[Id, Firm]:
    """Return the firms among `ids`; persons and departments are left out."""
    rows = await fetch("SELECT * FROM firm WHERE id = ANY($1)", list(ids))
    return {Id(str(row["id"])): Firm(**row, _exists_in_db=True) for row in rows}
