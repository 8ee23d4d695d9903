"""Certificates: issued by a department into a wallet, signed, revocable."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from banshi.errors import NotFound
from identity import audit, departments, keys, signing
from identity.actor import Actor
from identity.departments import Department
from identity.keys import Retention
from identity.roles import Role
from identity.signing import Purpose
from miniapps.materials import queries, rules
from miniapps.materials.errors import NotIssuer
from miniapps.materials.events import CertificateIssued, CertificateRevoked
from miniapps.materials.rules import CertificateState
from miniapps.materials.tables import Certificate
from storage import seal
from storage.clock import local_date
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.outbox import emit

_ONCE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"  # of two workers one issues


async def issue_certificate(
    actor: Actor,
    *,
    party_id: UUID,
    kind: str,
    title: str,
    facts: Mapping[str, str],
    valid_until: date | None,
    case_id: UUID,
    now: datetime,
    department_id: UUID | None = None,
) -> Certificate:
    """Issue a certificate (电子证照, level A) into a party's wallet; once per case and kind.

    Shape: `facts` are the words on the certificate; `valid_until` its last good day, None for no end;
        `department_id` issues it, by default the clerk's own; a worker must name it.
    Raises:
        NotIssuer: the actor is neither a clerk of that department nor a worker.
        NotFound: there is no such department.
    """
    office_id = department_id or actor.acting_for
    if not (actor.is_a(Role.SERVICE) or (actor.is_a(Role.CLERK) and office_id == actor.acting_for)):
        raise NotIssuer()
    async with transaction():
        await execute(_ONCE, f"certificate {case_id} {kind}")
        existing = await queries.certificate_of_case(party_id, case_id, kind)
        if existing is not None:
            return existing
        department = await _department(office_id)
        certificate = await _draw_up(
            party_id=party_id, kind=kind, title=title, valid_until=valid_until, case_id=case_id,
            department=department, now=now,
        )  # fmt: skip
        certificate.facts = await _seal_facts(certificate, facts)
        certificate.signature = await _sign(certificate, facts, department, now=now)
        await _put_on_record(actor, certificate, now)
    return certificate


async def _put_on_record(actor: Actor, certificate: Certificate, now: datetime) -> None:
    await certificate.save()
    party_id = certificate.party_id
    issued = CertificateIssued(
        party_id=party_id, certificate_id=certificate.id, case_id=certificate.case_id, at=now
    )
    await emit(issued, now=now)
    await audit.record(
        actor, "certificate.issue", f"certificate/{certificate.id}", now=now, party_id=party_id
    )


async def revoke_certificate(actor: Actor, certificate_id: UUID, *, basis: str, now: datetime) -> Certificate:
    """Take a certificate back (注销); its issuer may, with a basis in law.  Twice is once.

    Raises:
        NotIssuer: the actor is not of the department that issued it.
        NotFound: no such certificate, or not visible to the actor.
    """
    async with transaction():
        certificate = await queries.certificate(actor, certificate_id, lock=True)
        if certificate.issuer_id != actor.acting_for and not actor.is_a(Role.SERVICE):
            raise NotIssuer()
        if certificate.state == CertificateState.REVOKED:
            return certificate
        certificate.state = CertificateState.REVOKED
        certificate.revoked_at = now
        await certificate.save([Certificate.state, Certificate.revoked_at])
        await emit(
            CertificateRevoked(party_id=certificate.party_id, certificate_id=certificate.id, at=now), now=now
        )
        await audit.record(
            actor,
            "certificate.revoke",
            f"certificate/{certificate.id}",
            basis,
            now=now,
            party_id=certificate.party_id,
        )
    return certificate


class Sealed(NamedTuple):
    """What the words of a certificate are opened from."""

    id: UUID
    party_id: UUID
    facts: bytes


async def seen(actor: Actor, found: Sequence[Certificate], *, now: datetime) -> None:
    """Note, before the answer, which of somebody else's certificates the actor is shown."""
    for row in found:
        if row.party_id != actor.acting_for:
            await audit.record_read(
                actor, "certificate.read", f"certificate/{row.id}", now=now, party_id=row.party_id
            )


async def facts_of(found: Sequence[Sealed]) -> list[dict[str, str]]:
    """Open the words of certificates that the caller was let to see, in their order.

    Raises: PartyErased.
    """
    data_keys = await keys.data_keys([each.party_id for each in found], Retention.ARCHIVE)
    return [_open_facts(each, data_keys[each.party_id]) for each in found]


def _open_facts(sealed: Sealed, data_key: bytes) -> dict[str, str]:
    plain = seal.open_(sealed.facts, data_key, aad=_aad(sealed.id))
    return msgspec.json.decode(plain, type=dict[str, str])


async def _department(department_id: UUID) -> Department:
    found = {row.id: row for row in await departments.by_ids([department_id])}
    if department_id not in found:
        raise NotFound(what="department", id=department_id)
    return found[department_id]


async def _draw_up(
    *,
    party_id: UUID,
    kind: str,
    title: str,
    valid_until: date | None,
    case_id: UUID,
    department: Department,
    now: datetime,
) -> Certificate:
    issued_on = local_date(now)
    [row] = await fetch("SELECT nextval('certificate_serial') AS serial")
    number = f"{issued_on:%Y%m%d}{row['serial']:06d}"
    return Certificate(
        id=new_id(), party_id=party_id, kind=kind, title=title, number=number,
        identifier=rules.certificate_identifier(
            type_code=f"{department.code}{await _type_serial(kind):03d}",
            issuer_code=department.code, serial=number,
        ),
        issuer_id=department.id, issuer_name=department.name, case_id=case_id, issued_on=issued_on,
        valid_until=valid_until, state=CertificateState.NORMAL, created_at=now,
    )  # fmt: skip


async def _type_serial(kind: str) -> int:
    """Return the number of a kind, given at its first certificate and never changed."""
    await execute(
        "INSERT INTO certificate_type (id, kind, serial)"
        " SELECT $1, $2::varchar, nextval('certificate_type_serial')"
        " WHERE NOT EXISTS (SELECT 1 FROM certificate_type WHERE kind = $2::varchar)"
        " ON CONFLICT (kind) DO NOTHING",
        new_id(), kind,
    )  # fmt: skip
    [row] = await fetch("SELECT serial FROM certificate_type WHERE kind = $1", kind)
    return int(row["serial"])


def _aad(certificate_id: UUID) -> bytes:
    return f"certificate:{certificate_id}:facts".encode()


async def _seal_facts(certificate: Certificate, facts: Mapping[str, str]) -> bytes:
    data_key = await keys.data_key(certificate.party_id, Retention.ARCHIVE)
    return seal.seal(rules.signed_text(facts), data_key, aad=_aad(certificate.id))


async def _sign(
    certificate: Certificate, facts: Mapping[str, str], department: Department, *, now: datetime
) -> str:
    """Sign what the certificate says, under the names of GB/T 36903 (证照元数据)."""
    words = {
        "ZZMC": certificate.title,
        "ZZBH": certificate.number,
        "ZZBS": certificate.identifier,
        "ZZBFJG": department.name,
        "ZZBFJGDM": department.code,
        "ZZBFRQ": certificate.issued_on.isoformat(),
        "ZZYXQJZRQ": certificate.valid_until.isoformat() if certificate.valid_until else "",
        **{f"KZ_{name}": value for name, value in facts.items()},
    }
    return await signing.sign(Purpose.CERTIFICATE, words, now=now)
