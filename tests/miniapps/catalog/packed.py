"""Packages of a small mini-app, signed by keys made for the test."""

import io
from datetime import UTC, datetime

from banshi import manifest as manifests
from banshi import package
from banshi.package import MANIFEST
from identity.actor import Actor
from miniapps.catalog import service
from miniapps.catalog.service import packages
from miniapps.catalog.tables import MiniAppVersion, TeamKey
from tests.miniapps.catalog.factories import a_manifest, signed, the_department

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
PEM = package.new_key()
PAGE = (
    b"<!doctype html><html lang=zh-CN><title>\xe7\xa7\x9f\xe6\x88\xbf</title><script src=js/app.js></script>"
)
FILES = {"index.html": PAGE, "js/app.js": b"document.title = 'rent'\n" * 20, "js/index.html": PAGE}


def a_package(pem: bytes = PEM, *, entry: str = "/index.html", files: dict[str, bytes] = FILES, **facts: str):
    text = a_manifest(**facts).replace("https://rent.example", entry)
    return package.pack(manifests.read(text), {**files, MANIFEST: text.encode()}, pem)


async def trust(developer: Actor, pem: bytes = PEM) -> TeamKey:
    """Let the developer's team sign with a key."""
    return await service.add_key(developer, package.public_of(pem).hex(), "发布密钥", now=NOON)


async def hand_in(developer: Actor, data: bytes | None = None, **facts: str) -> MiniAppVersion:
    await trust(developer)
    return (await sent(developer, data or a_package(**facts)))[0]


async def sent(developer: Actor, data: bytes) -> tuple[MiniAppVersion, bool]:
    """A package as it comes in; the second says whether it is new."""
    return await service.submit_package(developer, io.BytesIO(data), now=NOON)


async def approved(
    developer: Actor, operator: Actor, data: bytes | None = None, **facts: str
) -> MiniAppVersion:
    """A version with a package that may be given to citizens."""
    await the_department()
    row = await hand_in(developer, data, **facts)
    await signed(developer, facts.get("id", "rent-app"), now=NOON)
    await service.gate_passed(row.id, now=NOON)
    packages.forget()
    return await service.approve(operator, row.id, now=NOON)
