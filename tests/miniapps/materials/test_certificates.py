"""Certificates: issued once, numbered by the norm, sealed, signed, revocable by their issuer."""

import asyncio

import pytest

from banshi.errors import NotFound
from identity import signing
from identity.actor import WORKER
from identity.signing import Purpose
from miniapps.materials import queries, rules, service
from miniapps.materials.errors import NotIssuer
from miniapps.materials.events import CertificateIssued
from miniapps.materials.rules import CertificateState
from miniapps.materials.service import Sealed
from miniapps.materials.tables import Certificate
from miniapps.materials.tasks import tell_issued
from storage.db import fetch
from storage.ids import new_id
from tests.conftest import Queries
from tests.miniapps.materials.factories import LATER, NOON, TODAY, a_citizen, a_clerk, a_department, issued


async def test_a_certificate_is_numbered_sealed_and_signed(db: Queries) -> None:
    citizen, department = a_citizen(), await a_department()

    certificate = await issued(citizen.acting_for, department, facts={"新生儿姓名": "小宝"})

    assert rules.identifier_holds(certificate.identifier)
    assert f".{department.code}.{certificate.number}.001." in certificate.identifier
    assert certificate.number.startswith("20261120")
    assert "小宝".encode() not in bytes(certificate.facts)
    sealed = Sealed(certificate.id, certificate.party_id, bytes(certificate.facts))
    assert await service.facts_of([sealed]) == [{"新生儿姓名": "小宝"}]
    words = await signing.verify(Purpose.CERTIFICATE, certificate.signature)
    assert (words["ZZBS"], words["ZZBFJG"], words["KZ_新生儿姓名"]) == (
        certificate.identifier, department.name, "小宝",
    )  # fmt: skip


async def test_a_case_issues_each_kind_once(db: Queries) -> None:
    citizen, department, case_id = a_citizen(), await a_department(), new_id()

    first, *rest = await asyncio.gather(
        *(issued(citizen.acting_for, department, case_id=case_id) for _ in range(4))
    )

    assert {certificate.id for certificate in rest} == {first.id}
    assert await Certificate.count() == 1
    assert len(await fetch("SELECT 1 FROM outbox WHERE type = 'certificate.issued'")) == 1


async def test_kinds_keep_their_number_and_differ(db: Queries) -> None:
    citizen, department = a_citizen(), await a_department()

    birth = await issued(citizen.acting_for, department)
    again = await issued(citizen.acting_for, department)
    other = await issued(citizen.acting_for, department, kind="household_register")

    types = [made.identifier.split(".")[5] for made in (birth, again, other)]
    assert types[0] == types[1] != types[2]
    assert birth.identifier != again.identifier


async def test_a_clerk_issues_in_the_name_of_his_department(db: Queries) -> None:
    department = await a_department()
    clerk = a_clerk(department.id)

    certificate = await service.issue_certificate(
        clerk, party_id=new_id(), kind="food_licence", title="食品经营许可证", facts={}, valid_until=TODAY,
        case_id=new_id(), now=NOON,
    )  # fmt: skip

    assert certificate.issuer_id == department.id
    assert (await queries.certificate(clerk, certificate.id)).id == certificate.id


async def test_nobody_else_issues(db: Queries) -> None:
    department = await a_department()

    for stranger in (a_citizen(), a_clerk()):
        with pytest.raises(NotIssuer):
            await service.issue_certificate(
            stranger, party_id=new_id(), kind="food_licence", title="食品经营许可证", facts={},
            valid_until=None, case_id=new_id(), now=NOON, department_id=department.id,
        )  # fmt: skip


async def test_an_unknown_department_issues_nothing(db: Queries) -> None:
    with pytest.raises(NotFound):
        await service.issue_certificate(
            WORKER, party_id=new_id(), kind="food_licence", title="食品经营许可证", facts={},
            valid_until=None, case_id=new_id(), now=NOON,
        )  # fmt: skip

    assert await Certificate.count() == 0


async def test_the_issuer_revokes_once_and_with_a_basis(db: Queries) -> None:
    citizen, department = a_citizen(), await a_department()
    certificate = await issued(citizen.acting_for, department)
    clerk = a_clerk(department.id)

    revoked = await service.revoke_certificate(clerk, certificate.id, basis="行政许可法第七十条", now=LATER)
    await service.revoke_certificate(clerk, certificate.id, basis="行政许可法第七十条", now=LATER)

    assert (revoked.state, revoked.revoked_at) == (CertificateState.REVOKED, LATER)
    assert len(await fetch("SELECT 1 FROM outbox WHERE type = 'certificate.revoked'")) == 1


async def test_neither_the_holder_nor_another_department_revokes(db: Queries) -> None:
    citizen = a_citizen()
    certificate = await issued(citizen.acting_for, await a_department())

    with pytest.raises(NotIssuer):
        await service.revoke_certificate(citizen, certificate.id, basis="不想要了", now=LATER)
    with pytest.raises(NotFound):
        await service.revoke_certificate(a_clerk(), certificate.id, basis="看错了", now=LATER)


async def test_the_holder_sees_his_and_hears_of_it(db: Queries) -> None:
    citizen = a_citizen()
    certificate = await issued(citizen.acting_for, await a_department())
    await issued(new_id(), await a_department())

    await tell_issued(
        CertificateIssued(
            party_id=citizen.acting_for, certificate_id=certificate.id, case_id=certificate.case_id, at=NOON
        ),
        now=LATER,
    )

    [seen] = (await queries.certificates_page(citizen, first=10, after=None)).rows
    assert seen.id == certificate.id
    [notice] = await fetch("SELECT body FROM notice WHERE party_id = $1", citizen.acting_for)
    assert "出生医学证明" in notice["body"]
