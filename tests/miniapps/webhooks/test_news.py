"""Who is told what: the mini-app that a citizen uses, with no more than he lets it know."""

from dataclasses import replace
from uuid import UUID

import pytest

from banshi import events
from banshi.scopes import GRANTABLE, Scope
from identity import consents
from miniapps.cases import service as cases
from miniapps.catalog.service import credentials
from miniapps.release import service as release
from miniapps.release.rules.rising import Step
from miniapps.release.rules.switches import SwitchKind
from miniapps.webhooks import queries, service
from storage.db import fetch
from tests.api.conftest import as_operator
from tests.miniapps.cases.factories import CODE, a_citizen, a_clerk, a_draft, a_submitted_case, hold
from tests.miniapps.catalog.factories import make_approved, make_released
from tests.miniapps.release.factories import EVERYONE, NEW, OLD, as_developer, promote
from tests.miniapps.webhooks.conftest import APP, LIVE, NOON, WANTS, sub_of

KILLED = "events: [release.killed]\n"


async def test_the_life_of_a_case_is_told_to_the_mini_app_that_opened_it(world, receiver):
    user = await world.user()
    case = await a_submitted_case(user)
    await cases.accept(await a_clerk(), case.id, now=NOON)

    await world.work()

    told = receiver.told
    assert [each["type"] for each in told] == [
        "consent.granted", "case.submitted", "materials.handed_over", "case.accepted",
    ]  # fmt: skip
    assert {each["data"]["sub"] for each in told} == {sub_of(user)}
    data = told[1]["data"]
    assert (data["case_id"], data["item"]) == (str(case.id), CODE)
    assert len(data["number"]) == 21 or data["number"]
    assert told[2]["data"]["kinds"] == ["id_card", "lease_contract"]
    assert events.read(receiver.bodies[1]) == events.CaseSubmitted(
        sub=sub_of(user), at=NOON, case_id=case.id, number=data["number"], item=CODE, state=data["state"]
    )


async def test_what_is_told_is_sealed_and_names_nobody(world, receiver):
    user = await world.user()
    await a_submitted_case(user)
    await world.work()

    person = (str(user.person_id), user.person_id.hex)
    for told in (*receiver.bodies, *map(str, receiver.heads)):
        assert not any(name in str(told) for name in person)
    rows = await fetch("SELECT d.*, encode(body, 'escape') AS text FROM webhook_delivery d")
    assert rows and not any(sub_of(user) in row["text"] or "case_id" in row["text"] for row in rows)


@pytest.mark.parametrize(
    ("scopes", "types"),
    [
        ({Scope.PROFILE_READ}, ["consent.granted"]),
        ({Scope.CASES_WRITE}, ["consent.granted", "case.submitted"]),
        ({Scope.CASES_READ, Scope.CASES_WRITE}, ["consent.granted", "case.submitted"]),
    ],
)
async def test_no_more_is_told_than_was_agreed_to(world, receiver, scopes, types):
    user = await world.user(frozenset(scopes))
    case = await a_submitted_case(replace(user, scopes=GRANTABLE))

    await world.work()

    assert [each["type"] for each in receiver.told] == types
    for each in receiver.told[1:]:
        assert each["data"]["case_id"] == str(case.id)
        assert bool(each["data"]["number"]) is (Scope.CASES_READ in scopes)


async def test_cases_of_others_and_after_a_withdrawal_are_nobodys_business(world, receiver):
    await a_submitted_case(a_citizen())  # opened in no mini-app
    user = await world.user()
    case = await a_submitted_case(user)
    await world.work()
    himself = replace(user, app_id=None, scopes=a_citizen().scopes)

    await consents.withdraw(himself, APP, now=NOON)
    await cases.accept(await a_clerk(), case.id, now=NOON)
    await world.work()

    assert [each["type"] for each in receiver.told][3:] == ["consent.withdrawn"]
    lost = events.read(receiver.bodies[-1])
    assert isinstance(lost, events.ConsentWithdrawn)
    assert set(lost.withdrawn) == GRANTABLE and lost.remaining == []


async def test_only_what_a_living_version_subscribes_to_is_told(world, receiver):
    other = as_developer()
    await make_released(other, as_operator(), NOON, id="other-app")
    await credentials.issue(other, "other-app", LIVE, now=NOON)
    await service.register(other, "other-app", LIVE, receiver.url, now=NOON)
    user = await world.user(app_id="other-app")
    await hold(user)
    await a_draft(user)
    await a_submitted_case(user)
    await world.work()
    assert receiver.told == []

    await make_approved(other, as_operator(), NOON, id="other-app", version="1.1.0", more=WANTS)
    await a_submitted_case(user)
    await world.work()
    assert [each["type"] for each in receiver.told] == ["release.approved"]


async def test_two_mini_apps_know_one_citizen_by_two_names(world, receiver):
    await make_released(world.developer, as_operator(), NOON, id="other-app", more=WANTS)
    await credentials.issue(world.developer, "other-app", LIVE, now=NOON)
    await service.register(world.developer, "other-app", LIVE, receiver.url, now=NOON)
    user = await world.user()
    himself = replace(user, app_id=None, scopes=a_citizen().scopes)
    await world.work()
    await consents.grant(himself, "other-app", GRANTABLE, now=NOON)
    await world.work()

    granted = [each for each in receiver.told if each["type"] == "consent.granted"]
    assert len({each["data"]["sub"] for each in granted}) == 2
    assert UUID(granted[0]["data"]["sub"])


async def test_its_own_releases_are_told(world, receiver):
    await make_approved(world.developer, as_operator(), NOON, version=NEW, more=WANTS)
    await promote(world.developer, NEW, EVERYONE)

    await world.work()

    assert [(each["type"], each["data"]["app_version"]) for each in receiver.told] == [
        ("release.approved", NEW), ("release.promoted", NEW),
    ]  # fmt: skip
    assert receiver.told[1]["data"]["stage"] == "everyone"


@pytest.mark.parametrize("kind", [SwitchKind.APP, SwitchKind.DEVELOPER, SwitchKind.VERSION])
async def test_being_switched_off_is_told_once_for_each_version_that_lived(world, receiver, kind):
    await make_approved(world.developer, as_operator(), NOON, version=NEW, more=KILLED)
    await promote(world.developer, NEW, Step())
    await world.work()
    target = {
        SwitchKind.APP: APP, SwitchKind.DEVELOPER: str(world.developer.acting_for),
        SwitchKind.VERSION: f"{APP}@{OLD}",
    }[kind]  # fmt: skip

    for _ in range(2):
        await release.switch_off(as_operator(), kind, target, reason="收到投诉", notice="暂停使用", now=NOON)
        await world.work()

    killed = [each["data"]["app_version"] for each in receiver.told if each["type"] == "release.killed"]
    assert killed == [OLD, NEW]  # without the version that all have the other is not to be had, either


async def test_what_was_told_goes_with_the_citizen(world, receiver):
    user, other = await world.user(), await world.user()
    receiver.decide = lambda told: 503
    await world.work()

    await service.forget(user.person_id)

    page = await queries.deliveries(world.developer, APP, first=20, after=None)
    assert [row.row.party_id for row in page.rows if row.row.type == "consent.granted"] == [other.person_id]
