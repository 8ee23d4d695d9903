"""The platform's own mini-apps: what ships in `first_party/` is handed in as anybody hands in.

    manifest and pages in the tree ──► a package, signed by a key of the day ──► submit_package

From there each is a version like any other: the machine looks, a person decides, both sides sign, it is
released, and can be switched off.  The platform's own organ is its developer.
"""

import io
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable

import structlog

from banshi import manifest as manifests
from banshi import package
from banshi.package import MANIFEST
from identity import departments, regions
from identity.actor import Actor, platform_maker
from identity.departments import PLATFORM
from miniapps.catalog.errors import AppIdTaken
from miniapps.catalog.service._keys import add_key, retire_key
from miniapps.catalog.service._receiving import submit_package
from miniapps.catalog.service._submission import withdraw
from miniapps.catalog.tables import MiniAppVersion
from storage.db import execute, fetch, transaction

FOLDER, WEB = "first_party", "web"
LOCK = 0x6F757273  # any number, the same in every process
WAITING = (
    "SELECT v.id FROM mini_app a JOIN mini_app_version v ON v.app = a.id"
    " WHERE a.app_id = $1 AND v.team_id = $2 AND v.state = ANY('{submitted,queued}')"
)

log = structlog.get_logger()


def shipped() -> dict[str, dict[str, bytes]]:
    """Return the files of each mini-app that ships, `miniapp.yaml` among them, by its id."""
    folders = [each for each in files("miniapps.catalog").joinpath(FOLDER).iterdir() if each.is_dir()]
    return {each.name: _files(each) for each in sorted(folders, key=lambda each: each.name)}


def _files(folder: Traversable) -> dict[str, bytes]:
    return {MANIFEST: folder.joinpath(MANIFEST).read_bytes(), **dict(_below(folder.joinpath(WEB), ""))}


def _below(folder: Traversable, above: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _below(each, f"{above}{each.name}/")
        else:
            yield above + each.name, each.read_bytes()


async def bring(*, now: datetime) -> list[MiniAppVersion]:
    """Hand in what ships and is not there yet; of a mini-app the newer one takes the place of one in review.

    An id that somebody else has is left to him: the log says so, and the program starts all the same.
    Raises: DepartmentNotFound before the platform's organ is seeded; Unavailable.
    """
    maker = platform_maker(await departments.the(PLATFORM, regions.PROVINCE))
    brought = []
    for app_id, found in shipped().items():
        try:
            async with transaction():  # several programs may start at once: one hands in, the others see it
                await execute("SELECT pg_advisory_xact_lock($1)", LOCK)
                row = await _brought(maker, app_id, found, now=now)
        except AppIdTaken:
            log.error("first_party.id_taken", app_id=app_id)
            continue
        if row is not None:
            brought.append(row)
    return brought


async def _brought(
    maker: Actor, app_id: str, found: dict[str, bytes], *, now: datetime
) -> MiniAppVersion | None:
    made = manifests.read(found[MANIFEST].decode())
    assert made.id == app_id, f"{FOLDER}/{app_id} holds {made.id}"
    if await _is_there(app_id, made.version):
        return None
    for waiting in await fetch(WAITING, app_id, maker.acting_for):
        await withdraw(maker, waiting["id"], now=now)
    pem = package.new_key()  # of this once: nothing is left that could sign as the platform
    key = await add_key(maker, package.public_of(pem).hex(), f"{app_id} {made.version}"[:40], now=now)
    row, _ = await submit_package(maker, io.BytesIO(package.pack(made, found, pem)), now=now)
    await retire_key(maker, key.id, now=now)
    return row


async def _is_there(app_id: str, version: str) -> bool:
    rows = await fetch(
        "SELECT 1 FROM mini_app a JOIN mini_app_version v ON v.app = a.id"
        " WHERE a.app_id = $1 AND v.version = $2",
        app_id, version,
    )  # fmt: skip
    return bool(rows)
