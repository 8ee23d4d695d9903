"""Deliveries come, at least once and in order, whatever happens to the back end or to us."""

import random
from collections import defaultdict
from datetime import timedelta
from uuid import UUID

import pytest

from banshi import signing
from identity.oidc import issuer
from identity.oidc.issuer import OidcSettings
from identity.teams import Member, MemberState, TeamRole
from miniapps.cases import service as cases
from miniapps.catalog.service import credentials
from miniapps.insight import queries as insight
from miniapps.notices.tables import Notice
from miniapps.webhooks import queries, service
from miniapps.webhooks.rules import KEPT, SCHEDULE
from miniapps.webhooks.service import _trying
from storage.db import execute, fetch
from storage.ids import new_id
from tests.miniapps.cases.factories import a_clerk, a_submitted_case
from tests.miniapps.webhooks.conftest import APP, LIVE, NOON, sub_of

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


async def a_maker(developer) -> UUID:
    """A developer of the team, who looks into an inbox of his own."""
    await execute("INSERT INTO team (id, name, created_at) VALUES ($1, '组', $2)", developer.acting_for, NOON)
    made = Member(
        party_id=new_id(), team=developer.acting_for, role=TeamRole.DEVELOPER, state=MemberState.ACTIVE,
        invited_by=new_id(), invited_at=NOON,
    )  # fmt: skip
    await made.save()
    return made.party_id


async def lives(world, citizens: int) -> list[str]:
    """Some citizens, each with a case that is accepted; who they are to the mini-app."""
    clerk = await a_clerk()
    users = [await world.user() for _ in range(citizens)]
    for user in users:
        case = await a_submitted_case(user)
        await cases.accept(clerk, case.id, now=NOON)
    return [sub_of(user) for user in users]


LIFE = ["consent.granted", "case.submitted", "materials.handed_over", "case.accepted"]


async def states() -> dict[str, int]:
    rows = await fetch("SELECT state, count(*) AS n FROM webhook_delivery WHERE NOT test GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


def test_the_schedule_is_the_norms():
    assert len(SCHEDULE) == 9
    assert timedelta(hours=75) < sum(SCHEDULE, timedelta()) < timedelta(hours=76)


@pytest.mark.slow
async def test_a_back_end_that_was_down_for_three_days_gets_all_in_order(world, receiver):
    back = NOON + 75 * HOUR
    receiver.decide = lambda told: 202 if world.now >= back else 503
    subs = await lives(world, 3)

    await world.work_until(back + HOUR)

    last = receiver.told[-12:]
    assert taken_in_order(receiver.ids[-12:], last, subs)
    assert len(set(receiver.ids)) == 12
    assert {each["type"] for each in receiver.told[:-12]} == {"consent.granted"}  # it held up its citizen's
    assert (await queries.address(APP)).off is None
    assert await states() == {"delivered": 12}


@pytest.mark.slow
async def test_failures_and_lost_answers_lose_nothing(world, receiver):
    chance = random.Random(7)
    fates = []

    def decide(told) -> int:
        fate = chance.random()
        fates.append(fate)
        return 500 if fate < 0.05 else 0 if fate < 0.10 else 202

    receiver.decide = decide
    subs = await lives(world, 12)
    await world.work_until(NOON + HOUR)

    assert sum(fate < 0.10 for fate in fates) >= 3
    assert await states() == {"delivered": len(subs) * len(LIFE)}
    came = zip(receiver.ids, receiver.told, fates, strict=True)
    kept = [
        (id, told) for id, told, fate in came if fate >= 0.05
    ]  # what it took, also where the answer was lost
    assert taken_in_order(*zip(*kept, strict=True), subs)


def taken_in_order(ids, told_all, subs) -> bool:
    """Whether each citizen's news came whole and in their order, once what came again is left out."""
    seen, by_sub = set(), defaultdict(list)
    for id, told in zip(ids, told_all, strict=True):
        if id not in seen:
            seen.add(id)
            by_sub[told["data"]["sub"]].append(told["type"])
    return by_sub == dict.fromkeys(subs, LIFE)


async def test_one_that_fails_holds_up_its_own_citizen_alone(world, receiver):
    ill, well = await world.user(), await world.user()
    receiver.decide = lambda told: 500 if told["data"]["sub"] == sub_of(ill) else 202
    for user in (ill, well):
        await a_submitted_case(user)

    await world.work()

    assert [each["type"] for each in receiver.told if each["data"]["sub"] == sub_of(well)] == LIFE[:3]
    assert [each["type"] for each in receiver.told if each["data"]["sub"] == sub_of(ill)] == LIFE[:1]


async def test_what_is_given_up_lets_the_next_go_and_can_be_had_again(world, receiver):
    user = await world.user()
    await a_submitted_case(user)
    ill = {"consent.granted": sub_of(user)}
    receiver.decide = lambda told: 500 if ill.get(told["type"]) == told["data"]["sub"] else 202

    await world.work_until(NOON + 40 * HOUR)
    await world.user()  # whose news is taken
    await world.work_until(NOON + 76 * HOUR)
    assert [each["type"] for each in receiver.told[-2:]] == LIFE[1:3]
    assert receiver.ids.count(receiver.ids[0]) == 10
    assert await states() == {"delivered": 3, "dead": 1}
    [dead] = (await queries.deliveries(world.developer, APP, state="dead", first=5, after=None)).rows
    assert {each.status for each in dead.tries} == {500} and len(dead.tries) == 10
    assert (await queries.address(APP)).off is None  # it took others meanwhile

    receiver.decide = lambda told: 202
    later = NOON + 80 * HOUR
    assert await service.replay_since(world.developer, APP, LIVE, NOON + HOUR, now=later) == 0
    assert await service.replay_since(world.developer, APP, LIVE, NOON, now=later) == 1
    await world.work(later)
    assert receiver.ids[-1] == receiver.ids[0]
    await service.replay(world.developer, dead.row.id, now=later)
    await world.work(later)
    assert receiver.ids[-2:] == [receiver.ids[0]] * 2
    assert await states() == {"delivered": 4}


async def test_an_address_that_takes_nothing_for_three_days_is_turned_off_and_its_makers_told(
    world, receiver
):
    receiver.decide = lambda told: 500
    maker = await a_maker(world.developer)
    await world.user()
    waits = await world.user()
    await world.work()
    await a_submitted_case(waits)

    await world.work_until(NOON + 77 * HOUR)

    address = await queries.address(APP)
    assert address.off == "failing"
    [notice] = await Notice.objects().where(Notice.kind == "webhook.turned_off")
    assert notice.party_id == maker and "三天" in notice.body
    page = await insight.problems(world.developer, APP, first=5, after=None)
    assert [problem.key for problem in page.rows] == ["webhook_off"]

    before, later = len(receiver.ids), NOON + 90 * HOUR
    await a_submitted_case(waits)
    await world.work(later)
    assert len(receiver.ids) == before
    receiver.decide = lambda told: 202
    await service.register(world.developer, APP, LIVE, receiver.url, now=later)
    await world.work(later)
    assert (await states()).get("waiting") is None
    came = [each["type"] for each in receiver.told[before:] if each["type"] != "consent.granted"]
    assert came == [*LIFE[1:3], *LIFE[1:3]]


async def test_who_answers_gone_is_told_nothing_more(world, receiver):
    receiver.decide = lambda told: 410
    user = await world.user()
    await world.work()
    await a_submitted_case(user)
    await world.work(NOON + HOUR)

    assert len(receiver.ids) == 1
    assert (await queries.address(APP)).off == "gone"


async def test_each_secret_in_force_signs(world, receiver):
    receiver.decide = lambda told: 500
    await world.user()
    await world.work()
    made = await credentials.rotate_webhook_secret(world.developer, APP, LIVE, now=NOON + SECOND)
    receiver.decide = lambda told: 202
    at = NOON + timedelta(seconds=10)
    await world.work(at)

    head, body = receiver.heads[-1], receiver.bodies[-1]
    assert receiver.ids[0] == receiver.ids[-1]
    for secret in (world.secret, made.webhook_secret):
        assert signing.verify([secret], head, body, now=at) == head["webhook-id"]
    assert len(head["webhook-signature"].split()) == 2
    with pytest.raises(signing.SignatureRefused):
        signing.verify([signing.new_secret()], head, body, now=at)


async def test_what_a_process_leaves_behind_is_sent_by_another(world, receiver):
    await world.user()
    await drained_without_sending(world)
    await fetch(_trying.CLAIM, APP, NOON, 8, 0.0)  # a process took it, and died
    assert receiver.ids == []
    await execute("UPDATE outbox SET sent_at = clock_timestamp(), settled_at = clock_timestamp()")

    later = NOON + timedelta(minutes=1)
    await service.remind(now=later)
    await world.work(later)

    assert len(receiver.ids) == 1


async def drained_without_sending(world) -> None:
    """Plan what is to be told; the address is away so long."""
    await execute("UPDATE webhook_address SET off = 'gone', off_at = now()")
    await world.work()
    await execute("UPDATE webhook_address SET off = NULL, off_at = NULL")


async def test_an_address_that_has_come_to_lie_inside_is_not_called(world, receiver):
    await world.user()
    issuer.configure(OidcSettings(loopback_allowed=False))
    try:
        await world.work()
    finally:
        issuer.configure(OidcSettings())

    assert receiver.ids == []
    [one] = (await queries.deliveries(world.developer, APP, first=5, after=None)).rows[:1]
    assert [each.problem for each in one.tries] == ["refused"]


async def test_deliveries_are_kept_for_thirty_days(world, receiver):
    user = await world.user()
    await world.work()
    await service.sweep(now=NOON + KEPT)
    assert len(await fetch("SELECT 1 FROM webhook_delivery WHERE party_id = $1", user.person_id)) == 1

    await service.sweep(now=NOON + KEPT + SECOND)

    assert await fetch("SELECT 1 FROM webhook_delivery") == []
