"""Removing, verifying and using what is in the wallet."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from banshi.errors import InvalidInput, NotFound
from identity import keys
from identity.actor import WORKER
from identity.keys import Retention
from miniapps.materials import queries, service
from miniapps.materials.errors import AlreadyVerified, OwnMaterial
from miniapps.materials.events import MaterialErased
from miniapps.materials.rules import Source, Trust
from miniapps.materials.tables import MaterialUse, MaterialVersion
from miniapps.materials.tasks import remove_bytes
from storage import objects
from storage.db import execute, fetch
from storage.ids import new_id
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


async def erase_events() -> None:
    for row in await fetch("SELECT party_id, payload FROM outbox WHERE type = 'material.erased'"):
        [found] = await fetch("SELECT ($1::jsonb)->>'object_id' AS id", row["payload"])
        event = MaterialErased(party_id=row["party_id"], object_id=found["id"], at=NOON)
        await remove_bytes(event, now=LATER)


async def opened(version: MaterialVersion, actor: Any) -> bytes:
    token = await service.download_link(actor, version.id, now=LATER)
    reading = await service.open_link(actor, token, now=LATER)
    return b"".join([chunk async for chunk in reading.chunks])


async def test_a_removed_material_is_unreadable_at_once_and_its_bytes_go(wallet: Queries) -> None:
    citizen = a_citizen()
    version = await given(citizen)

    await service.remove_material(citizen, version.material, now=LATER)

    with pytest.raises(NotFound):
        await opened(version, citizen)
    await erase_events()
    assert await objects.list_(f"vault/{citizen.acting_for}/") == []


async def test_removing_twice_is_removing_once(wallet: Queries) -> None:
    citizen = a_citizen()
    version = await given(citizen)

    await service.remove_material(citizen, version.material, now=NOON)
    await service.remove_material(citizen, version.material, now=LATER)

    assert len(await fetch("SELECT 1 FROM outbox WHERE type = 'material.erased'")) == 1
    assert len(await fetch("SELECT 1 FROM audit_row WHERE act = 'material.remove'")) == 1


async def test_what_another_material_shows_stays(wallet: Queries) -> None:
    citizen, data = a_citizen(), files.pdf()
    first = await given(citizen, data, title="一份")
    second = await given(citizen, data, title="另一份")

    await service.remove_material(citizen, first.material, now=LATER)
    await erase_events()

    assert await opened(second, citizen) == data


async def test_what_a_case_has_used_stays_for_the_archive_only(wallet: Queries) -> None:
    citizen, clerk = a_citizen(), a_clerk()
    version = await given(citizen)
    await used(citizen, version, department_id=clerk.acting_for)

    await service.remove_material(citizen, version.material, now=LATER)
    await keys.destroy(citizen.acting_for, Retention.CITIZEN)
    await erase_events()

    assert await opened(version, clerk) == files.pdf()


async def test_destroying_the_citizens_key_makes_unused_files_unreadable(wallet: Queries) -> None:
    citizen = a_citizen()
    version = await given(citizen)

    await keys.destroy(citizen.acting_for, Retention.CITIZEN)

    with pytest.raises(NotFound):
        await opened(version, citizen)


async def test_the_same_file_may_be_given_again_after_removal(wallet: Queries) -> None:
    citizen, data = a_citizen(), files.pdf()
    version = await given(citizen, data)
    await service.remove_material(citizen, version.material, now=NOON)

    again = await given(citizen, data)
    await erase_events()  # the removal of before comes late

    assert await opened(again, citizen) == data


async def test_somebody_elses_material_is_not_removed(wallet: Queries) -> None:
    version = await given(a_citizen())

    with pytest.raises(NotFound):
        await service.remove_material(a_citizen(), version.material, now=NOON)


async def test_a_clerk_who_saw_the_original_raises_c_to_b(wallet: Queries) -> None:
    citizen, clerk = a_citizen(), a_clerk()
    version = await given(citizen)
    await used(citizen, version, department_id=clerk.acting_for)

    verified = await service.verify_original(clerk, version.id, evidence="原件与上传件一致", now=LATER)
    again = await service.verify_original(clerk, version.id, evidence="原件与上传件一致", now=LATER)

    assert (verified.trust, verified.verified_by, verified.verified_for) == (
        Trust.B, clerk.person_id, clerk.acting_for,
    )  # fmt: skip
    assert again.verified_at == verified.verified_at
    with pytest.raises(AlreadyVerified):
        await service.verify_original(a_clerk(clerk.acting_for), version.id, evidence="再看一遍", now=LATER)
    [row] = await fetch("SELECT party_id FROM audit_row WHERE act = 'material.verify'")
    assert row["party_id"] == citizen.acting_for


async def test_a_clerk_does_not_vouch_for_his_own_papers(wallet: Queries) -> None:
    citizen = a_citizen()
    version = await given(citizen)
    at_work = replace(a_clerk(), person_id=citizen.person_id)
    await used(citizen, version, department_id=at_work.acting_for)

    with pytest.raises(OwnMaterial):
        await service.verify_original(at_work, version.id, evidence="原件一致", now=LATER)


async def test_a_mini_app_sees_the_receipts_of_its_own_uses_only(wallet: Queries) -> None:
    citizen = a_citizen()
    helper = replace(citizen, app_id="rent-helper")
    version = await given(citizen)
    mine, elsewhere = await used(helper, version), await used(citizen, version)
    await used(replace(citizen, app_id="other-app"), version)

    seen = await queries.uses_page(helper, first=10, after=None)
    whole = await queries.uses_page(citizen, first=10, after=None)

    assert [use.id for use in seen.rows] == [mine.id]
    assert {mine.id, elsewhere.id} < {use.id for use in whole.rows}


async def test_only_a_clerk_whose_department_has_the_case_may_verify(wallet: Queries) -> None:
    citizen = a_citizen()
    version = await given(citizen)
    await used(citizen, version, department_id=new_id())

    for stranger in (citizen, a_clerk(), a_citizen()):
        with pytest.raises(NotFound):
            await service.verify_original(stranger, version.id, evidence="原件一致", now=LATER)


async def test_a_comparison_needs_words(wallet: Queries) -> None:
    with pytest.raises(InvalidInput):
        await service.verify_original(a_clerk(), new_id(), evidence=" ", now=NOON)


async def test_each_use_leaves_one_receipt_that_its_owner_sees(wallet: Queries) -> None:
    citizen, case_id = a_citizen(app_id="lease-helper"), new_id()
    version = await given(citizen)

    first = await used(citizen, version, case_id=case_id, basis="住房公积金管理条例第二十四条")
    again = await used(citizen, version, case_id=case_id, now=LATER)

    assert first.id == again.id
    [seen] = (await queries.uses_page(citizen, first=10, after=None)).rows
    assert (seen.holding_id, seen.case_id, seen.kind, seen.title, seen.app_id, seen.used_at, seen.basis) == (
        version.id, case_id, "lease_contract", "租房合同", "lease-helper", NOON,
        "住房公积金管理条例第二十四条",
    )  # fmt: skip
    assert len(await fetch("SELECT 1 FROM audit_row WHERE act = 'material.use'")) == 1


async def test_another_department_or_case_needs_another_receipt(wallet: Queries) -> None:
    citizen, case_id = a_citizen(), new_id()
    version = await given(citizen)

    for department_id in (None, new_id(), None):
        await used(citizen, version, case_id=case_id, department_id=department_id)
    await used(citizen, version)

    assert await MaterialUse.count() == 3


async def test_certificates_and_the_sign_in_are_used_with_a_receipt_too(wallet: Queries) -> None:
    citizen = a_citizen()
    certificate = await issued(citizen.acting_for, await a_department())
    version = await given(citizen)

    of_certificate = await used(citizen, version, holding_id=certificate.id, source=Source.CERTIFICATE)
    of_sign_in = await used(citizen, version, holding_id=citizen.person_id, source=Source.IDENTITY)

    assert (of_certificate.kind, of_sign_in.kind) == ("birth_certificate", "id_card")


async def test_what_the_party_does_not_hold_cannot_be_used(wallet: Queries) -> None:
    citizen, other = a_citizen(), a_citizen()
    version = await given(citizen)
    certificate = await issued(citizen.acting_for, await a_department())

    for changed in (
        {"party_id": other.acting_for},
        {"holding_id": new_id()},
        {"holding_id": certificate.id, "source": Source.CERTIFICATE, "party_id": other.acting_for},
        {"holding_id": other.person_id, "source": Source.IDENTITY},
    ):
        with pytest.raises(NotFound):
            await used(WORKER if "party_id" in changed else citizen, version, **changed)
    with pytest.raises(NotFound):
        await used(other, version)
    assert await MaterialUse.count() == 0


async def test_an_erased_file_cannot_be_used(wallet: Queries) -> None:
    citizen = a_citizen()
    version = await given(citizen)
    await service.remove_material(citizen, version.material, now=NOON)

    with pytest.raises(NotFound):
        await used(citizen, version)


async def test_a_use_needs_a_purpose_of_at_most_200_characters(wallet: Queries) -> None:
    citizen = a_citizen()
    version = await given(citizen)

    for purpose in ("", "  ", "事" * 201):
        with pytest.raises(InvalidInput):
            await used(citizen, version, purpose=purpose)


async def test_receipts_cannot_be_changed_or_removed(wallet: Queries) -> None:
    citizen = a_citizen()
    await used(citizen, await given(citizen))

    for statement in ("UPDATE material_use SET purpose = 'x'", "DELETE FROM material_use"):
        with pytest.raises(Exception, match="permission denied"):
            await execute(statement)


async def test_a_receipt_lets_staff_in_only_until_it_ends(wallet: Queries) -> None:
    citizen, clerk = a_citizen(), a_clerk()
    version = await given(citizen)
    await used(citizen, version, department_id=clerk.acting_for, until=NOON + timedelta(hours=1))

    assert (await queries.readable(clerk, version.id, now=LATER))[0].id == version.id
    with pytest.raises(NotFound):
        await queries.readable(clerk, version.id, now=NOON + timedelta(hours=2))
    with pytest.raises(NotFound):
        await queries.readable(a_clerk(), version.id, now=LATER)


async def test_pages_show_the_actors_own_only(wallet: Queries) -> None:
    citizen = a_citizen()
    for number in range(3):
        await given(citizen, files.pdf(number + 1), title=f"合同{number}")
    await given(a_citizen())

    wallet.clear()
    first = await queries.materials_page(citizen, first=2, after=None)
    rest = await queries.materials_page(citizen, first=2, after=first.rows[-1].id)

    assert [row.title for row in (*first.rows, *rest.rows)] == ["合同2", "合同1", "合同0"]
    assert (first.more, rest.more, len(wallet)) == (True, False, 2)
    assert await queries.holdings(citizen, citizen.acting_for, ["lease_contract"], on=TODAY)
