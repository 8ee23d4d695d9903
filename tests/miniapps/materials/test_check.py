"""A worker may die between any two steps; neighbours may be away; a deadly file is given up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from banshi.errors import Unavailable
from identity.actor import Actor
from miniapps.materials import service
from miniapps.materials.events import MaterialAvailable, MaterialRefused, UploadExpired
from miniapps.materials.rules import Reason, UploadState
from miniapps.materials.tables import MaterialVersion, Upload, VaultObject
from miniapps.materials.tasks import TASKS, _check, sweep_quarantine, tell_available, tell_refused
from storage import objects
from storage.db import fetch
from storage.embedded.process import free_port
from storage.inspection import desk
from storage.inspection.desk import InspectionSettings
from tests.conftest import Queries
from tests.miniapps.materials.factories import LATER, NOON, PDF, a_citizen, checked, given, sent
from tests.storage.inspection import files
from tests.workers import drain


class Death(BaseException):
    """The worker is killed here: nothing after this line runs, not even `except Exception`."""


STEPS: list[tuple[Any, str]] = [
    (service, "begin_check"),
    (objects, "read"),
    (desk, "inspect"),
    (service, "reserve"),
    (objects, "put"),
    (service, "admit"),
    (objects, "remove"),
]


def deadly(module: Any, name: str, *, after: bool) -> Callable[..., Any]:
    """Return `module.name` as it is when the worker dies right before or right after it."""
    real = getattr(module, name)

    async def step(*args: Any, **named: Any) -> Any:
        if after:
            await real(*args, **named)
        raise Death

    return step


@pytest.mark.parametrize("after", [True, pytest.param(False, marks=pytest.mark.slow)])
async def test_the_next_worker_finishes_what_a_dead_one_began(
    wallet: Queries, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    for module, name in STEPS:
        citizen, upload = await _given_up(monkeypatch, files.png(), module, name, after=after)

        settled = await checked(upload)
        again = await checked(upload)

        assert (settled.state, again.version) == (UploadState.AVAILABLE, settled.version), name
        assert await objects.stat(service.quarantine_key(upload.id)) is None
        assert await _bytes_of(citizen, settled) == files.png()
    deaths = len(STEPS)
    assert (await VaultObject.count(), await MaterialVersion.count()) == (deaths, deaths)
    assert len(await fetch("SELECT 1 FROM outbox WHERE type = 'material.available'")) == deaths


async def _given_up(
    monkeypatch: pytest.MonkeyPatch, data: bytes, module: Any, name: str, *, after: bool
) -> tuple[Actor, Upload]:
    """A citizen and his upload, whose worker died at the step."""
    citizen = a_citizen()
    upload = await sent(citizen, data, media_type="image/png" if data == files.png() else PDF)
    with monkeypatch.context() as dying:
        dying.setattr(module, name, deadly(module, name, after=after))
        with pytest.raises(Death):
            await checked(upload)
    return citizen, upload


async def _bytes_of(citizen: Actor, upload: Upload) -> bytes:
    token = await service.download_link(citizen, upload.version, now=LATER)
    reading = await service.open_link(citizen, token, now=LATER)
    return b"".join([chunk async for chunk in reading.chunks])


async def test_a_refusal_survives_a_dead_worker_too(wallet: Queries, monkeypatch: pytest.MonkeyPatch) -> None:
    for after in (False, True):
        bad = files.pdf() + files.archive()
        _, upload = await _given_up(monkeypatch, bad, service, "refuse", after=after)

        settled = await checked(upload)

        assert settled.reason == Reason.HIDDEN_CONTENT
        assert await objects.stat(service.quarantine_key(upload.id)) is None
    assert len(await fetch("SELECT 1 FROM outbox WHERE type = 'material.refused'")) == 2


async def test_a_file_that_killed_its_worker_each_time_is_refused(
    wallet: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await sent(a_citizen())
    with monkeypatch.context() as dying:
        dying.setattr(desk, "inspect", deadly(desk, "inspect", after=False))
        for _ in range(_check.MOST_STARTS):
            with pytest.raises(Death):
                await checked(upload)

    settled = await checked(upload)

    assert (settled.state, settled.reason) == (UploadState.REFUSED, Reason.UNREADABLE)


async def test_an_absent_neighbour_is_waited_for_and_not_held_against_the_file(wallet: Queries) -> None:
    upload = await sent(a_citizen())
    desk.configure(InspectionSettings(scan="clamd", clamd=f"127.0.0.1:{free_port()}"))
    for _ in range(_check.MOST_STARTS + 1):
        with pytest.raises(Unavailable):
            await checked(upload)
    assert await objects.stat(service.quarantine_key(upload.id)) is not None

    desk.configure(InspectionSettings())
    settled = await checked(upload)

    assert settled.state == UploadState.AVAILABLE


async def test_what_lies_in_quarantine_is_not_believed(wallet: Queries) -> None:
    brought = [(None, Reason.MISSING), (b"short", Reason.SIZE_DIFFERS), (bytes(9999), Reason.SIZE_DIFFERS)]
    for data, reason in brought:
        upload = await sent(a_citizen())
        key = service.quarantine_key(upload.id)
        await (objects.remove(key) if data is None else objects.put(key, data))

        settled = await checked(upload)

        assert settled.reason == reason


async def test_a_swept_upload_is_not_checked_any_more(wallet: Queries) -> None:
    upload = await sent(a_citizen())
    await checked(upload)

    await sweep_quarantine(UploadExpired(party_id=upload.party_id, upload_id=upload.id, at=NOON), now=LATER)

    [row] = await Upload.select(Upload.state)
    assert row["state"] == UploadState.AVAILABLE


async def test_the_citizen_hears_what_became_of_the_file(wallet: Queries) -> None:
    citizen = a_citizen()
    good = await checked(await sent(citizen))
    bad = await checked(await sent(citizen, files.pdf_that_runs_a_script(), title="带脚本的合同"))

    await tell_available(
        MaterialAvailable(party_id=citizen.acting_for, upload_id=good.id, version_id=good.version, at=NOON),
        now=LATER,
    )
    await tell_refused(MaterialRefused(party_id=citizen.acting_for, upload_id=bad.id, at=NOON), now=LATER)

    bodies = [row["body"] for row in await fetch("SELECT body FROM notice ORDER BY id")]
    assert "租房合同" in bodies[0]
    assert "带脚本的合同" in bodies[1]
    assert "另存为普通 PDF" in bodies[1]


async def test_the_queue_carries_an_upload_to_the_vault_and_the_news_to_the_inbox(wallet: Queries) -> None:
    citizen = a_citizen()
    upload = await sent(citizen)

    await drain(TASKS, LATER)

    assert (await checked(upload)).state == UploadState.AVAILABLE
    [notice] = await fetch("SELECT title FROM notice WHERE party_id = $1", citizen.acting_for)
    assert notice["title"] == "材料已入库"
    assert (await drain(TASKS, NOON + timedelta(hours=1)))[0].word == "done"  # the sweep of its form


async def test_an_erased_file_leaves_the_vault_by_the_queue(wallet: Queries) -> None:
    citizen = a_citizen()
    version = await given(citizen)

    await service.remove_material(citizen, version.material, now=LATER)
    await drain(TASKS, LATER)

    assert await objects.list_(f"vault/{citizen.acting_for}/") == []
