"""A mini-app applies for the items that the version which its citizen opened names, and for no others."""

from dataclasses import replace

import pytest

from banshi.platform import OnBehalf
from banshi.scopes import Scope
from identity import accounts, consents, tokens
from identity.actor import Actor
from identity.roles import Role
from miniapps.release import service as releases
from miniapps.release.rules.rising import Step
from miniapps.release.rules.switches import SwitchKind
from storage import clock
from storage.ids import new_id
from tests.api.case_documents import ANSWERS, DRAFT, EDIT, PREPARE, START, SUBMIT, code_of
from tests.api.conftest import NOON, an_actor, as_operator
from tests.miniapps.cases.factories import CODE, a_citizen, a_town, an_instant_item, hold, publish
from tests.miniapps.catalog.factories import SCOPES, make_approved, make_released
from tests.sdk import contract_items as contract

APP = "rent-app"
ITEMS = f'items: ["{CODE}"]\n'
ALL = frozenset({Scope.CASES_READ, Scope.CASES_WRITE, Scope.MATERIALS_READ})


@pytest.fixture
async def citizen(db) -> Actor:
    """A citizen in a session of his own, in a place that offers one item."""
    await a_town()
    return a_citizen(session_id=new_id())


async def released(more: str = ITEMS) -> Actor:
    developer = an_actor(Role.DEVELOPER)
    await make_released(developer, as_operator(), NOON, more=more)
    return developer


async def opened(citizen: Actor) -> Actor:
    """The mini-app, opened by the citizen: the version that he has now is his session's."""
    await releases.open_(citizen, APP, SCOPES, now=NOON)
    return replace(citizen, app_id=APP, scopes=ALL)


async def started(ask, actor: Actor, code: str = CODE, key: str = "s"):
    return await ask(START, actor=actor, draft=DRAFT | {"code": code}, key=key)


async def test_the_platform_keeps_the_contract_of_items(db, client, sign_in):
    await a_town()
    await released(contract.LINES + ITEMS)
    now, scopes = await clock.now(), [Scope(scope) for scope in contract.SCOPES]
    person = await accounts.actor_of(await sign_in("wang_fang"), now=now)
    assert person is not None
    await consents.grant(person, APP, scopes, now=now)
    token = await tokens.issue(person, APP, scopes, now=now)

    await contract.tried(OnBehalf("http://127.0.0.1:8000", token, http=client), CODE)


async def test_an_enquiry_app_begins_nothing_and_learns_nothing_of_what_is_held(ask, citizen):
    await released("")
    app = await opened(citizen)

    begun = await started(ask, app)
    looked = await ask(PREPARE, actor=app, code=CODE, answers=ANSWERS)

    assert {code_of(begun), code_of(looked)} == {"APP_ITEM_NOT_SERVED"}
    assert "errors" not in await started(ask, citizen), "the citizen himself is bound by no manifest"
    client = replace(citizen, app_id="client-outside", scopes=ALL)
    assert "errors" not in await started(ask, client, key="c"), "nor is who has none"


async def test_a_session_is_bound_by_the_version_that_it_opened_and_finishes_what_it_began(ask, citizen):
    developer, other = await released(), an_instant_item(code=CODE[:-1] + "7")
    await publish(other)
    before = await opened(citizen)
    case = (await started(ask, before))["data"]["startCase"]["id"]
    await make_approved(
        developer, as_operator(), NOON, version="1.1.0", more=f'items: ["{other.code}"]\n'
    )  # fmt: skip
    await releases.promote(
        developer, APP, "1.1.0", Step(everyone=True), idempotency_key="all", now=NOON
    )  # fmt: skip
    after = await opened(replace(citizen, session_id=new_id()))

    answers = {
        (who, code): "errors" not in await started(ask, actor, code, key=f"{who}{code}")
        for who, actor in (("before", before), ("after", after))
        for code in (CODE, other.code)
    }
    await hold(citizen)
    edited = await ask(EDIT, actor=after, id=case, edit={"delivery": "ELECTRONIC"})
    submitted = await ask(SUBMIT, actor=after, id=case, key="k")

    assert answers == {
        ("before", CODE): True, ("before", other.code): False,
        ("after", CODE): False, ("after", other.code): True,
    }  # fmt: skip
    assert "errors" not in edited
    assert submitted["data"]["submitCase"]["state"] == "SUBMITTED"


async def test_what_is_switched_off_begins_nothing(ask, citizen):
    await released()
    app = await opened(citizen)
    await releases.switch_off(as_operator(), SwitchKind.APP, APP, reason="核查", notice="暂停使用", now=NOON)

    assert code_of(await started(ask, app)) == "APP_NOT_FOUND"
