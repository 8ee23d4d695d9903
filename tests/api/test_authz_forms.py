"""Well-formed pages, forms and calls, sent by everybody, against the table of what each may do."""

from typing import Any

import httpx
import pytest

from api.settings import Settings
from identity.entering import Caller
from identity.methods import passkey, qr
from miniapps.materials import service as materials
from miniapps.privacy import service as privacy
from storage import clock, limits, objects, queue
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.authz_forms import ASKERS, ELSEWHERE, REQUESTS, WITHOUT_A_THING, Request
from tests.api.authz_leaks import leaked
from tests.api.authz_route_table import ROUTES
from tests.api.authz_sending import came_of, given_of, headers_of, same_as_absent, sent, untyped
from tests.api.authz_world import World, a_world
from tests.api.conftest import NOON, some_settings
from tests.api.oidc.relying import add, query_of
from tests.identity.authenticator import Authenticator
from tests.miniapps.materials.factories import given

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


@pytest.fixture
async def world(client: httpx.AsyncClient, settings: Settings) -> World:
    """The world of the matrix, with what only a browser or a telephone can begin."""
    await clock.shift(NOON - clock.system_now())
    made = await a_world()
    objects.configure(settings.objects)
    await objects.ensure_bucket()
    made.things |= await _begun(client, made) | await _links(made) | _contexts(made)
    return made


async def _begun(client: httpx.AsyncClient, world: World) -> dict[str, Any]:
    """A request of a client, a screen that waits for the owner's phone, and a passkey about to be made."""
    owner, rp = world.actors["owner"], await add(client)
    asked = await client.get(
        "/oauth/authorize", params=rp.request(), headers=headers_of(world, "owner", "page")
    )
    screen = await qr.begin(caller=Caller(address="127.0.0.1", device="电脑"), now=NOON)
    await qr.look(owner, screen.id, address="127.0.0.1", now=NOON)
    begun = await passkey.begin_registration(owner, now=NOON)
    made = Authenticator(origin="http://127.0.0.1:8000", rp_id=begun.options["rp"]["id"]).create(
        begun.options
    )
    return {
        "request": query_of(asked)["request"], "qr": str(screen.id), "qr number": screen.number,
        "qr secret": screen.secret,
        "challenge": str(begun.id), "credential": made,
    }  # fmt: skip


async def _links(world: World) -> dict[str, str]:
    """A link to a file of the owner, and one to a copy of what the other has."""
    owner, other = world.actors["owner"], world.actors["other"]
    version = await given(owner, now=NOON)
    copy = await privacy.ask(other, now=NOON)
    await privacy.build(copy.id, now=NOON)
    now = await clock.now()
    return {
        "version of a file": str(version.id),
        "link": await materials.download_link(owner, version.id, now=now),
        "link to a copy of the other": await privacy.link(other, copy.id, now=now),
    }


def _contexts(world: World) -> dict[str, str]:
    agent = world.actors["agent"].delegation_id
    return {
        "context of the agent": f"mandate:{agent}",
        "context of the clerk": world.things["post of the clerk"],
    }


async def faults(client: httpx.AsyncClient, world: World, asked: Request, asker: str) -> list[str]:
    """Return what is wrong with one cell."""
    await nothing_counted()
    typed = given_of(world, asked)
    answer = await sent(client, world, asked, asker, typed)
    expected, found = asked.cells[ASKERS.index(asker)], came_of(answer, world)
    wrong = [f"tells {told}" for told in leaked(asker, {"page": untyped(answer, typed)})]
    if found[0] != {"k": "!"}.get(expected, expected):
        wrong.append(f"expected {expected}, found {found}")
    elif expected in "-s!" and asked.absent and not await same_as_absent(client, world, asked, asker, answer):
        wrong.append("foreign and absent are told apart")
    return [f"{asked.route} {asked.given} by {asker}: {each}" for each in wrong]


async def nothing_counted() -> None:
    """Let each come as if nobody had asked before: limits have their own tests."""
    limits.forget()
    await queue.redis().flushdb()


async def test_everybody_gets_what_the_table_says(client: httpx.AsyncClient, world: World) -> None:
    wrong = [
        line for asked in REQUESTS for asker in ASKERS for line in await faults(client, world, asked, asker)
    ]

    assert not wrong, "\n".join(map(str, wrong))


def test_every_route_is_asked_well_or_has_nothing_to_ask_for() -> None:
    asked = {each.route for each in REQUESTS}
    declared = {
        route for route in ROUTES if route in WITHOUT_A_THING or any(map(route[1].startswith, ELSEWHERE))
    }

    assert ROUTES.keys() - asked - declared == set()
    assert asked <= ROUTES.keys() >= WITHOUT_A_THING.keys()


def test_what_is_the_owners_is_no_strangers_on_any_route() -> None:
    """A table with a slip would make the product agree with it; these lines no hand can loosen."""
    strangers = ("visitor", "other", "former agent", "elsewhere", "security")
    own = [each for each in REQUESTS if each.absent and "context" not in each.given]
    loose = [
        (each.route, stranger)
        for each in own
        for stranger in strangers
        if each.cells[ASKERS.index(stranger)] not in "-sv!k"
    ]

    assert loose == [
        (("GET", "/consent"), "elsewhere"), (("GET", "/consent"), "security"),  # to go on as oneself first
        (("GET", "/files/exports/{token:str}"), "other"),  # his own copy
        (("POST", "/developer/teams/answer"), "other"),  # it is he who was invited
    ]  # fmt: skip


async def test_a_page_shows_the_consents_of_whom_one_acts_for(
    client: httpx.AsyncClient, world: World
) -> None:
    """As it withdraws them: a page of one party and a button for another would mislead."""
    asked = Request("page", ("GET", "/account/consents"), "", {})
    shown = {name: (await sent(client, world, asked, name, {})).text for name in ("owner", "agent", "other")}

    assert ["租房提取" in text for text in shown.values()] == [True, True, False]
