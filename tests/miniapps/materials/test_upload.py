"""A file's way from the phone into the vault."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from banshi.errors import DomainError, InvalidInput, KeyReused, NotFound
from identity.actor import Actor
from miniapps.materials import service
from miniapps.materials.errors import (
    TooLarge,
    TooManyUploads,
    TypeNotTaken,
    UploadLapsed,
    UploadMissing,
)
from miniapps.materials.events import UploadExpired
from miniapps.materials.rules import MOST_UNDER_WAY, Reason, UploadState, WalletSettings
from miniapps.materials.tables import MaterialVersion, Upload, VaultObject
from miniapps.materials.tasks import sweep_quarantine
from storage import objects
from storage.db import fetch
from tests.conftest import Queries
from tests.miniapps.materials.factories import LATER, NOON, a_citizen, checked, request, send, sent
from tests.storage.inspection import files

MARK = b"this very sentence is secret"


async def in_quarantine(upload: Upload) -> bool:
    return await objects.stat(service.quarantine_key(upload.id)) is not None


async def given(citizen: Actor, data: bytes, **changed: Any) -> MaterialVersion:
    upload = await checked(await sent(citizen, data, **changed))
    version = await MaterialVersion.objects().where(MaterialVersion.id == upload.version).first()
    assert version is not None
    return version


async def facts() -> list[str]:
    return [row["type"] for row in await fetch("SELECT type FROM outbox ORDER BY seq")]


async def test_a_good_file_becomes_a_material_and_leaves_nothing_clear(wallet: Queries) -> None:
    citizen = a_citizen()
    data = files.pdf() + b"%" + MARK + b"\n%%EOF\n"

    upload = await checked(await sent(citizen, data))

    assert upload.state == UploadState.AVAILABLE
    assert not await in_quarantine(upload)
    [sealed] = await objects.list_(f"vault/{citizen.acting_for}/")
    for found in await objects.list_(""):
        assert MARK not in await objects.read(found.key, max_bytes=found.size)
    assert sealed.size > len(data)
    assert await facts() == ["material.upload_expired", "material.uploaded", "material.available"]


async def test_a_bad_file_is_refused_and_removed(wallet: Queries) -> None:
    upload = await checked(await sent(a_citizen(), files.pdf() + files.archive()))

    assert (upload.state, upload.reason) == (UploadState.REFUSED, Reason.HIDDEN_CONTENT)
    assert not await in_quarantine(upload)
    assert (await facts())[-1] == "material.refused"


async def test_another_file_than_announced_is_refused(wallet: Queries) -> None:
    citizen = a_citizen()
    announced, brought = files.pdf(1), files.pdf(1)[:-2] + b"\n\n"
    form = await request(citizen, announced)

    assert await send(form, brought) == 204
    upload = await checked(await service.complete_upload(citizen, form.upload.id, now=NOON))

    assert upload.reason == Reason.HASH_DIFFERS


async def test_the_form_takes_exactly_the_announced_size(wallet: Queries) -> None:
    form = await request(a_citizen(), files.pdf())

    assert await send(form, files.pdf() + b"\n") == 400
    assert await send(form, files.pdf()[:-1]) == 400


async def test_the_same_bytes_are_stored_once_and_are_no_new_version(wallet: Queries) -> None:
    citizen, data = a_citizen(), files.pdf(2)

    first = await given(citizen, data)
    [before] = await objects.list_(f"vault/{citizen.acting_for}/")
    second = await given(citizen, data)
    third = await given(citizen, data, title="另一份")

    assert first.id == second.id
    assert third.object == first.object
    assert await VaultObject.count() == 1
    [after] = await objects.list_(f"vault/{citizen.acting_for}/")
    assert after.modified_at == before.modified_at


async def test_two_citizens_with_the_same_bytes_have_two_objects_under_two_keys(wallet: Queries) -> None:
    alice, bob, data = a_citizen(), a_citizen(), files.pdf()

    await given(alice, data)
    await given(bob, data)

    stored = await VaultObject.objects().order_by(VaultObject.id)
    assert {row.party_id for row in stored} == {alice.acting_for, bob.acting_for}
    assert stored[0].citizen_key != stored[1].citizen_key


async def test_new_content_under_the_same_title_is_the_next_version(wallet: Queries) -> None:
    citizen = a_citizen()

    first = await given(citizen, files.pdf(1))
    second = await given(citizen, files.pdf(2))

    assert second.material == first.material
    assert [first.number, second.number] == [1, 2]


async def test_a_retry_with_the_same_key_gets_the_same_upload(wallet: Queries) -> None:
    citizen, data = a_citizen(), files.pdf()
    first = await request(citizen, data, idempotency_key="once-and-again")

    again = await request(citizen, data, idempotency_key="once-and-again", now=LATER)

    assert again.upload.id == first.upload.id
    assert await send(again, data) == 204
    assert await Upload.count() == 1


async def test_a_key_that_was_used_for_another_file_is_refused(wallet: Queries) -> None:
    citizen = a_citizen()
    await request(citizen, files.pdf(1), idempotency_key="once-and-again")

    with pytest.raises(KeyReused):
        await request(citizen, files.pdf(2), idempotency_key="once-and-again")


async def test_a_retry_after_the_file_was_sent_gets_no_second_form(wallet: Queries) -> None:
    citizen, data = a_citizen(), files.pdf()
    await checked(await sent(citizen, data, idempotency_key="once-and-again"))

    again = await request(citizen, data, idempotency_key="once-and-again")

    assert (again.url, again.upload.state) == (None, UploadState.AVAILABLE)


async def test_what_could_never_become_a_material_is_refused_at_once(wallet: Queries) -> None:
    refusals: list[tuple[dict[str, Any], type[DomainError]]] = [
        ({"size": 20 * 1024 * 1024 + 1}, TooLarge),
        ({"size": 0}, TooLarge),
        ({"media_type": "text/html"}, TypeNotTaken),
        ({"media_type": "image/svg+xml"}, TypeNotTaken),
        ({"kind": "Lease Contract"}, InvalidInput),
        ({"kind": "../vault"}, InvalidInput),
        ({"title": "  "}, InvalidInput),
        ({"title": "租房\n合同"}, InvalidInput),
        ({"title": "长" * 81}, InvalidInput),
        ({"sha256": "0" * 63}, InvalidInput),
        ({"idempotency_key": "short"}, InvalidInput),
    ]
    for changed, refusal in refusals:
        with pytest.raises(refusal):
            await request(a_citizen(), files.pdf(), **changed)

    assert await Upload.count() == 0


async def test_a_kind_may_have_its_own_limit(wallet: Queries) -> None:
    service.configure(WalletSettings(max_bytes_by_kind={"photo": 100}))

    with pytest.raises(TooLarge, match="100"):
        await request(a_citizen(), files.pdf(), kind="photo")

    service.configure(WalletSettings())


async def test_uploads_under_way_are_limited_per_party_and_retries_do_not_count(wallet: Queries) -> None:
    citizen, data = a_citizen(), files.pdf()
    for number in range(MOST_UNDER_WAY):
        await request(citizen, data, idempotency_key=f"upload-{number}")

    again = await request(citizen, data, idempotency_key="upload-0")

    assert again.url is not None
    with pytest.raises(TooManyUploads):
        await request(citizen, data)
    assert (await request(a_citizen(), data)).url is not None


async def test_uploads_asked_for_at_once_are_limited_too(wallet: Queries) -> None:
    citizen, data = a_citizen(), files.pdf()

    asked = [request(citizen, data) for _ in range(MOST_UNDER_WAY + 5)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert [type(each) for each in outcomes if isinstance(each, Exception)] == [TooManyUploads] * 5


async def test_completing_needs_the_file(wallet: Queries) -> None:
    citizen = a_citizen()
    form = await request(citizen, files.pdf())

    with pytest.raises(UploadMissing):
        await service.complete_upload(citizen, form.upload.id, now=NOON)


async def test_completing_twice_tells_the_worker_once(wallet: Queries) -> None:
    citizen = a_citizen()
    upload = await sent(citizen)

    again = await service.complete_upload(citizen, upload.id, now=LATER)

    assert again.state == UploadState.CHECKING
    assert (await facts()).count("material.uploaded") == 1


async def test_somebody_elses_upload_is_not_found(wallet: Queries) -> None:
    upload = await sent(a_citizen())

    with pytest.raises(NotFound) as foreign:
        await service.complete_upload(a_citizen(), upload.id, now=NOON)
    with pytest.raises(NotFound) as absent:
        await service.complete_upload(a_citizen(), MaterialVersion.id.get_default_value(), now=NOON)

    assert foreign.value.code == absent.value.code


async def test_completing_too_late_is_refused(wallet: Queries) -> None:
    citizen = a_citizen()
    form = await request(citizen, files.pdf())
    await send(form, files.pdf())

    with pytest.raises(UploadLapsed):
        await service.complete_upload(citizen, form.upload.id, now=NOON + timedelta(minutes=11))


async def test_what_was_sent_but_never_completed_is_swept(wallet: Queries) -> None:
    citizen = a_citizen()
    form = await request(citizen, files.pdf())
    await send(form, files.pdf())

    await _expire(form.upload, NOON + timedelta(minutes=11))

    assert not await in_quarantine(form.upload)
    with pytest.raises(UploadLapsed):
        await service.complete_upload(citizen, form.upload.id, now=NOON + timedelta(minutes=12))


async def test_what_is_posted_again_after_the_check_is_swept_too(wallet: Queries) -> None:
    citizen, data = a_citizen(), files.pdf()
    form = await request(citizen, data)
    await send(form, data)
    upload = await checked(await service.complete_upload(citizen, form.upload.id, now=NOON))

    await send(form, data)
    await _expire(upload, NOON + timedelta(minutes=11))

    assert not await in_quarantine(upload)
    assert (await Upload.objects().get(Upload.id == upload.id)).state == UploadState.AVAILABLE  # type: ignore[union-attr]


async def test_a_file_still_being_checked_is_swept_later_and_refused_after_a_day(wallet: Queries) -> None:
    upload = await sent(a_citizen())

    await _expire(upload, NOON + timedelta(minutes=11))
    assert await in_quarantine(upload)
    await _expire(upload, NOON + timedelta(days=1, minutes=11))

    assert not await in_quarantine(upload)
    [row] = await fetch("SELECT state, reason FROM material_upload")
    assert (row["state"], row["reason"]) == ("refused", "not_checked")
    assert (await facts()).count("material.upload_expired") == 2


async def _expire(upload: Upload, now: Any) -> None:
    event = UploadExpired(party_id=upload.party_id, upload_id=upload.id, at=upload.expires_at)
    await sweep_quarantine(event, now=now)
