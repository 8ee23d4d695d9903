"""People: natural persons, and the posts some of them hold.  Name, number and phone are sealed."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID as Id

from piccolo.columns import UUID, Boolean, Bytea, Column, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from identity import capacity, keys, levels, numbers
from identity.errors import PartyErased, PlaintextNeeded
from identity.keys import Retention, data_key
from identity.staff import StaffPost as StaffPost
from identity.staff import appoint as appoint
from identity.staff import end_post as end_post
from identity.staff import post_for as post_for
from identity.staff import posts_of as posts_of
from identity.staff import roles_of as roles_of
from identity.verifier import Proof
from storage.clock import local_date
from storage.db import DB, execute, fetch, in_transaction, transaction
from storage.groups import Group
from storage.ids import new_id
from storage.seal import blind, open_, seal
from storage.unnest import unnest

BY_CONSENT = "您的单独同意"  # 国家网络身份认证公共服务管理办法: what is not asked for by law
PSEUDONYM = "网络身份用户"  # how one is called who did not tell his name
PHONE_BLIND_BYTES = 3  # truncated on purpose: an entry fits some five hundred phones, so it gives none away


class Person(Table, db=DB, tablename="person"):
    """One natural person.  His id is the party id of everything that is his."""

    id = UUID(primary_key=True, default=new_id)
    number_blind = Bytea(unique=True)  # finds the person by ID number
    number_sealed = Bytea()
    number_kind = Varchar(24, choices=numbers.NumberKind, null=True, default=None)  # null: a pseudonym
    name_sealed = Bytea()
    phone_sealed = Bytea(null=True, default=None)
    phone_blind = Bytea(null=True, default=None)
    region = Varchar(6)  # county where he lives
    level = SmallInt()  # highest real-name level reached, 1–3
    is_minor = Boolean(default=False)  # under eighteen when last proven: identity.minors asks the day itself
    self_supporting_at = Timestamptz(null=True, default=None)  # since when it is recorded (民法典 18)
    created_at = Timestamptz()
    erased_at = Timestamptz(null=True, default=None)

    person_level_is_known = Check("level BETWEEN 1 AND 3")
    person_number_kind_is_known = Check(
        "number_kind IN ('citizen', 'residence_permit', 'foreign_resident', 'foreign_resident_old')"
    )

    @property
    def is_pseudonym(self) -> bool:
        """Whether the platform was never told number and name of this person."""
        return self.number_kind is None


async def find(number: str) -> Person | None:
    """Return the person with this ID number (in normal form)."""
    return await Person.objects().where(Person.number_blind == number_blind(number)).first()


async def by_id(person_id: Id) -> Person:
    """Return a person who can still sign in; until the transaction ends his level cannot fall.

    Raises: PartyErased.
    """
    known = Person.objects().where(Person.id == person_id, Person.erased_at.is_null())
    person = await known.lock_rows("SHARE").first()
    if person is None:
        raise PartyErased
    return person


async def ensure(proof: Proof, *, now: datetime) -> Person:
    """Return the person of `proof`, made on first sight; facts that have changed are sealed anew.

    Call it in a transaction; of two first sign-ins at once the second waits for the first.
    """
    facts = proof.facts
    person = await find(facts.number)
    if person is None:
        await execute("SELECT pg_advisory_xact_lock($1)", _lock_key(facts.number))
        person = await find(facts.number)
    if person is None:
        return await _create(proof, now=now)
    return await _update(person, proof, now=now)


async def _create(proof: Proof, *, now: datetime) -> Person:
    facts = proof.facts
    person_id = new_id()
    key = await data_key(person_id, Retention.CITIZEN)
    kind = numbers.describe(facts.number, today=now.date()).kind
    person = Person(
        id=person_id, number_blind=number_blind(facts.number), number_kind=kind, region=facts.region,
        number_sealed=_seal(facts.number, key, person_id, "number"),
        name_sealed=_seal(facts.name, key, person_id, "name"),
        phone_sealed=facts.phone and _seal(facts.phone, key, person_id, "phone"),
        phone_blind=facts.phone and phone_blind(facts.phone),
        level=proof.level, is_minor=_is_minor(proof), created_at=now,
    )  # fmt: skip
    await person.save()
    await levels.begin(person_id, proof.level, method=proof.method, evidence_id=proof.evidence_id, now=now)
    return person


def changes(person: Person, key: bytes, proof: Proof) -> dict[Column | str, object]:
    """Return what the facts of a proof change in the person's row; his key is `key`."""
    facts, changed = proof.facts, dict[Column | str, object]()
    if _open(person.name_sealed, key, person.id, "name") != facts.name:
        changed[Person.name_sealed] = _seal(facts.name, key, person.id, "name")
    if facts.phone and person.phone_blind != phone_blind(facts.phone):
        changed[Person.phone_sealed] = _seal(facts.phone, key, person.id, "phone")
        changed[Person.phone_blind] = phone_blind(facts.phone)
    if person.region != facts.region:
        changed[Person.region] = facts.region
    if person.is_minor != _is_minor(proof):
        changed[Person.is_minor] = _is_minor(proof)
    return changed


def _is_minor(proof: Proof) -> bool:
    return capacity.is_minor(proof.facts.birthday, today=local_date(proof.at))


async def _update(person: Person, proof: Proof, *, now: datetime) -> Person:
    changed = changes(person, await data_key(person.id, Retention.CITIZEN), proof)
    if changed:
        await person.update_self(changed)
    if person.level < proof.level:
        await levels.rise(person.id, proof.level, method=proof.method, evidence_id=proof.evidence_id, now=now)
        person.level = proof.level
    return person


WAYS_IN = (
    "DELETE FROM passkey WHERE party_id = $1",
    "DELETE FROM known_device WHERE party_id = $1",
    "UPDATE network_identity SET linked_to = NULL, linked_at = NULL WHERE linked_to = $1",
)
"""What would lead to who was erased, or tell of his devices; a 网络身份 is a pseudonym again."""


async def erase(person_id: Id, *, now: datetime) -> None:
    """Make the person unreadable and unfindable; rows that point at his id stay."""
    async with transaction():
        await keys.destroy(person_id, Retention.CITIZEN)
        await execute(
            "UPDATE person SET number_blind = $2, number_sealed = '', name_sealed = '', phone_sealed = NULL,"
            " phone_blind = NULL, is_minor = false, self_supporting_at = NULL, erased_at = $3 WHERE id = $1",
            person_id, os.urandom(32), now,
        )  # fmt: skip
        for way_in in WAYS_IN:
            await execute(way_in, person_id)


async def names(person_ids: Iterable[Id]) -> dict[Id, str | None]:
    """Return the names of persons by id; None for an erased one, nothing for an unknown id."""
    rows = await fetch("SELECT id, name_sealed FROM person WHERE id = ANY($1)", list(person_ids))
    sealed = {Id(str(row["id"])): row["name_sealed"] for row in rows}
    found = await keys.existing_keys(sealed, Retention.CITIZEN)
    return {
        person_id: None if (key := found.get(person_id)) is None else _open(blob, key, person_id, "name")
        for person_id, blob in sealed.items()
    }


@dataclass(frozen=True)
class Own:
    """What a person may see of himself, opened."""

    name: str
    number: str | None  # None for a pseudonym
    phone: str | None
    posts: list[StaffPost]


OWN = (
    f"SELECT found.* FROM {unnest('uuid')} WITH ORDINALITY AS asked (id, place), LATERAL ("  # noqa: S608
    "SELECT p.name_sealed, p.number_sealed, p.phone_sealed, k.wrapped,"
    " EXISTS (SELECT FROM staff_post s WHERE s.party_id = p.id AND s.ended_at IS NULL) AS has_posts"
    " FROM person p LEFT JOIN party_key k ON k.party_id = p.id AND k.retention = $2"
    " WHERE p.id = asked.id LIMIT 1) AS found ORDER BY asked.place"
)


async def _rows_of(person_ids: Sequence[Id]) -> list[dict[str, Any]]:
    return await fetch(OWN, person_ids, Retention.CITIZEN.value)


_own = Group(_rows_of, repeatable=True)


async def own(person_id: Id) -> Own:
    """Return a person's own facts: one statement, shared with those who ask at the same time, and one more
    for who holds posts.

    Raises: PartyErased.
    """
    [row] = await _rows_of([person_id]) if in_transaction() else [await _own.add(person_id)]
    return replace(opened(person_id, row), posts=await posts_of(person_id) if row["has_posts"] else [])


SEALED = ", ".join(
    (
        "person.name_sealed, person.number_sealed, person.phone_sealed",
        f"(SELECT wrapped FROM party_key WHERE party_id = person.id AND retention = '{Retention.CITIZEN}')"  # noqa: S608
        " AS wrapped",
    )
)
"""What `opened` needs, of a statement with `person`."""


def opened(person_id: Id, row: Mapping[str, Any]) -> Own:
    """Return a person's own facts from a row with SEALED; not his posts.

    Raises: PartyErased.
    """
    key = keys.unwrapped(person_id, Retention.CITIZEN, row["wrapped"])
    if key is None:
        raise PartyErased
    phone, number = row["phone_sealed"], row["number_sealed"]
    return Own(
        name=_open(row["name_sealed"], key, person_id, "name"),
        number=_open(number, key, person_id, "number") if number else None,
        phone=None if phone is None else _open(phone, key, person_id, "phone"),
        posts=[],
    )


async def number_of(person: Person) -> str:
    """Return the ID number of a person.

    Raises: PartyErased; PlaintextNeeded for a pseudonym, with the consent to linking as the way out.
    """
    if person.is_pseudonym:
        raise PlaintextNeeded(basis=BY_CONSENT)
    return _open(person.number_sealed, await data_key(person.id, Retention.CITIZEN), person.id, "number")


async def phone_of(person: Person) -> str | None:
    """Return the phone of a person, if he gave one.

    Raises: PartyErased.
    """
    if person.phone_sealed is None:
        return None
    return _open(person.phone_sealed, await data_key(person.id, Retention.CITIZEN), person.id, "phone")


def number_blind(number: str) -> bytes:
    """Return the blind index of an ID number in normal form."""
    return blind(number, purpose="person.number")


def phone_blind(phone: str) -> bytes:
    """Return the truncated blind index of a phone number."""
    return blind(phone, purpose="person.phone")[:PHONE_BLIND_BYTES]


def _lock_key(number: str) -> int:
    return int.from_bytes(number_blind(number)[:8], signed=True)


def _seal(text: str, key: bytes, person_id: Id, column: str) -> bytes:
    return seal(text.encode(), key, aad=_aad(person_id, column))


def _open(sealed: bytes, key: bytes, person_id: Id, column: str) -> str:
    if not sealed:
        return PSEUDONYM
    return open_(sealed, key, aad=_aad(person_id, column)).decode()


def _aad(person_id: Id, column: str) -> bytes:
    return f"person.{column}\0".encode() + person_id.bytes
