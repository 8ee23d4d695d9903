"""What a party holds of each kind, best first, in one statement."""

from datetime import date, timedelta

from identity.actor import WORKER
from miniapps.materials import queries, service
from miniapps.materials.rules import Source, Trust
from tests.conftest import Queries
from tests.miniapps.materials.factories import (
    LATER,
    NOON,
    TODAY,
    a_citizen,
    a_clerk,
    a_department,
    given,
    issued,
    used,
)
from tests.storage.inspection import files

LEASE, BIRTH = "lease_contract", "birth_certificate"


async def test_a_kind_that_is_not_held_is_absent(wallet: Queries) -> None:
    citizen = a_citizen()

    assert await queries.holdings(citizen, citizen.acting_for, [LEASE], on=TODAY) == {}
    assert await queries.holdings(citizen, citizen.acting_for, [], on=TODAY) == {}


async def test_the_newest_version_is_offered(wallet: Queries) -> None:
    citizen = a_citizen()
    await given(citizen, files.pdf(1))
    newest = await given(citizen, files.pdf(2))

    held = await queries.holdings(citizen, citizen.acting_for, [LEASE, BIRTH], on=TODAY)

    assert set(held) == {LEASE}
    holding = held[LEASE]
    assert (holding.id, holding.source, holding.trust, holding.electronic) == (
        newest.id, Source.WALLET, Trust.C, True,
    )  # fmt: skip


async def test_a_verified_file_is_better_than_a_newer_one(wallet: Queries) -> None:
    citizen, clerk = a_citizen(), a_clerk()
    old = await given(citizen, files.pdf(1), title="旧合同")
    await used(citizen, old, department_id=clerk.acting_for)
    await service.verify_original(clerk, old.id, evidence="原件与上传件一致", now=LATER)
    await given(citizen, files.pdf(2), title="新合同")

    held = await queries.holdings(citizen, citizen.acting_for, [LEASE], on=TODAY)

    assert (held[LEASE].id, held[LEASE].trust) == (old.id, Trust.B)


async def test_a_certificate_is_better_than_a_file(wallet: Queries) -> None:
    citizen, department = a_citizen(), await a_department()
    await given(citizen, kind=BIRTH)
    certificate = await issued(citizen.acting_for, department)

    held = await queries.holdings(citizen, citizen.acting_for, [BIRTH], on=TODAY)

    assert (held[BIRTH].id, held[BIRTH].source, held[BIRTH].trust) == (
        certificate.id, Source.CERTIFICATE, Trust.A,
    )  # fmt: skip


async def test_expired_and_revoked_certificates_are_not_offered(wallet: Queries) -> None:
    citizen, department = a_citizen(), await a_department()
    await issued(citizen.acting_for, department, kind="expired_one", valid_until=TODAY - timedelta(days=1))
    await issued(citizen.acting_for, department, kind="last_day", valid_until=TODAY)
    revoked = await issued(citizen.acting_for, department, kind="revoked_one")
    await service.revoke_certificate(WORKER, revoked.id, basis="行政许可法第七十条", now=LATER)

    kinds = ["expired_one", "last_day", "revoked_one"]
    held = await queries.holdings(citizen, citizen.acting_for, kinds, on=TODAY)

    assert set(held) == {"last_day"}
    assert held["last_day"].valid_until == date(2026, 11, 20)


async def test_the_sign_in_stands_for_the_id_card(wallet: Queries) -> None:
    citizen = a_citizen(level=2)
    await given(citizen, kind="id_card")

    held = await queries.holdings(citizen, citizen.acting_for, ["id_card"], on=TODAY)

    assert (held["id_card"].source, held["id_card"].id) == (Source.IDENTITY, citizen.person_id)


async def test_a_weak_sign_in_or_a_worker_does_not_stand_for_the_id_card(wallet: Queries) -> None:
    weak = a_citizen(level=1)

    for actor in (weak, WORKER, a_clerk()):
        assert await queries.holdings(actor, weak.acting_for, ["id_card"], on=TODAY) == {}


async def test_a_removed_material_is_not_offered(wallet: Queries) -> None:
    citizen = a_citizen()
    version = await given(citizen)

    await service.remove_material(citizen, version.material, now=LATER)

    assert await queries.holdings(citizen, citizen.acting_for, [LEASE], on=TODAY) == {}


async def test_somebody_elses_wallet_is_empty(wallet: Queries) -> None:
    owner = a_citizen()
    await given(owner)
    await issued(owner.acting_for, await a_department())

    assert await queries.holdings(a_citizen(), owner.acting_for, [LEASE, BIRTH], on=TODAY) == {}
    assert len(await queries.holdings(WORKER, owner.acting_for, [LEASE, BIRTH], on=TODAY)) == 2


async def test_one_statement_serves_any_number_of_kinds(wallet: Queries) -> None:
    citizen, department = a_citizen(), await a_department()
    await given(citizen)
    await issued(citizen.acting_for, department)
    kinds = [LEASE, BIRTH, "id_card", *(f"kind_{number}" for number in range(40))]

    wallet.clear()
    held = await queries.holdings(citizen, citizen.acting_for, kinds, on=NOON.date())

    assert len(wallet) == 1
    assert len(held) == 3
