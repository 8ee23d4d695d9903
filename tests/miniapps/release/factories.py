"""Mini-apps with several versions, and citizens who open them; name only what the test is about."""

from datetime import UTC, datetime

from identity.actor import Actor
from identity.roles import Role
from miniapps.release import service
from miniapps.release.queries import Held, Setting
from miniapps.release.rules.rising import Step
from miniapps.release.service import Opening
from storage.ids import new_id
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.catalog.factories import SCOPES, make_approved, make_released

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
APP = "rent-app"
OLD, NEW, NEWER = "1.0.0", "1.1.0", "1.2.0"
EVERYONE = Step(everyone=True)


def as_developer(**rest) -> Actor:
    return an_actor(Role.DEVELOPER, **rest)


def a_visitor(**rest) -> Actor:
    """A citizen in a session of his own."""
    return an_actor(Role.CITIZEN, session_id=new_id(), **rest)


async def make_versions(*, approved: tuple[str, ...] = (NEW,), app_id: str = APP) -> Actor:
    """A mini-app whose first version everybody has, with further ones that are approved; its developer."""
    developer = as_developer()
    await make_released(developer, as_operator(), NOON, id=app_id, version=OLD)
    for version in approved:
        await make_approved(developer, as_operator(), NOON, id=app_id, version=version)
    return developer


async def promote(actor: Actor, version: str, step: Step, *, now=NOON, key: str | None = None) -> Held:
    return await service.promote(actor, APP, version, step, idempotency_key=key or new_id().hex, now=now)


async def roll_back(actor: Actor, version: str, *, now=NOON, key: str | None = None) -> Held:
    return await service.roll_back(
        actor, APP, version, "有错误", idempotency_key=key or new_id().hex, now=now
    )


async def open_app(
    citizen: Actor | None = None, *, now=NOON, app_id: str = APP, host: str | None = None,
    region: str | None = None,
) -> Opening:  # fmt: skip
    citizen = citizen or a_visitor()
    return await service.open_(citizen, app_id, SCOPES, Setting.of(citizen, host, region), now=now)


async def shown(citizen: Actor | None = None, *, now=NOON, **setting: str) -> str:
    """Which version a citizen gets."""
    return (await open_app(citizen, now=now, **setting)).version
