"""A citizen's call by way of the platform: what reaches the back end, what comes back, what is refused."""

import asyncio

import pytest

from banshi.serving import ConnectionRefused
from identity import subjects
from identity.audit import AuditRow
from identity.roles import Role
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.tables import MiniApp
from miniapps.insight import queries
from miniapps.insight import service as insight
from miniapps.insight.service.noting import Buffer, counting_into
from tests.api.conftest import an_actor, as_operator
from tests.api.relay.conftest import APP, actor_of, code_of


async def test_a_call_is_answered_by_a_back_end_at_another_process(world, sign_in):
    async with world.back_end(1):
        answer = await world.call("rent.check", {"rent": 3000}, number=0, x_ui_style="elder")

    assert (answer.status_code, answer.json()) == (200, {"most": 36000, "elder": True})
    citizen = await actor_of(await sign_in("wang_fang"))
    (seen,) = world.seen
    assert seen.sub == subjects.pairwise_sub(APP, citizen.person_id)
    assert (seen.scopes, seen.level, seen.elder) == (frozenset({"cases:read"}), citizen.level, True)
    rows = await AuditRow.objects().where(AuditRow.act == "app.call")
    assert [(row.object, row.app_id) for row in rows] == [(f"app/{APP}/rent.check", APP)]


async def test_connections_of_all_processes_share_the_load(world):
    async with world.back_end(0) as near, world.back_end(1) as far:
        counts = {id(near): 0, id(far): 0}
        for link in (near, far):
            link._noted = lambda noted, link=link: counts.__setitem__(id(link), counts[id(link)] + 1)
        answers = await asyncio.gather(*(world.call("rent.check", {"rent": 1}) for _ in range(24)))

    assert {answer.status_code for answer in answers} == {200}
    assert sum(counts.values()) == 24
    assert min(counts.values()) > 0


async def test_a_refusal_of_the_back_end_keeps_status_and_code_and_says_whose_it_is(world):
    async with world.back_end():
        answer = await world.call("rent.check", {"rent": 9001})
        bug = await world.call("rent.check", {"rent": 13})

    told = answer.json()["errors"][0]["extensions"]
    assert answer.status_code == 409
    assert (told["code"], told["data"], told["source"]) == ("RENT_TOO_DEAR", {"rent": "9001"}, "app")
    assert told["requestId"] == answer.headers["x-request-id"]
    assert (bug.status_code, code_of(bug)) == (500, "BUG")
    assert "a bug" not in bug.text


@pytest.mark.parametrize(
    ("api", "ask", "status", "code"),
    [
        ("rent.nothing", {}, 404, "API_UNKNOWN"),
        ("rent.check", {"rent": "much"}, 422, "INVALID_INPUT"),
        ("rent.check", {}, 422, "INVALID_INPUT"),
        ("rent.profile", {}, 403, "APP_CONSENT_NEEDED"),
        ("rent.check", {"rent": 1}, 503, "APP_OFFLINE"),
    ],
)
async def test_what_the_manifest_does_not_say_never_leaves_the_platform(world, api, ask, status, code):
    answer = await world.call(api, ask)

    assert (answer.status_code, code_of(answer)) == (status, code)
    assert world.seen == []


async def test_the_team_reads_a_line_for_each_call_and_goes_on_from_there(world):
    with counting_into(Buffer()) as buffer:
        async with world.back_end():
            for api, ask in (("rent.check", {"rent": 1}), ("rent.check", {"rent": 9001}), ("rent.check", {})):
                last = await world.call(api, ask)
        await world.call("330106199003070001", {})
        await insight.leave_lines(buffer)
    team = an_actor(Role.DEVELOPER, acting_for=(await MiniApp.objects().get(MiniApp.app_id == APP)).team_id)

    seen = await queries.calls(team, APP, first=3, after=None)
    rest = await queries.calls(team, APP, first=1, after=seen.rows[0].id)
    end = await queries.calls(team, APP, first=1, after=seen.rows[2].id)

    assert [(row.line.api, row.line.code) for row in seen.rows] == [
        ("rent.check", "RENT_TOO_DEAR"), ("rent.check", "INVALID_INPUT"), ("", "API_UNKNOWN"),
    ]  # fmt: skip
    assert seen.rows[1].line.request_id == last.headers["x-request-id"]
    assert (rest.rows, rest.more) == ([seen.rows[1]], True)
    assert (end.rows, end.more) == ([], False)
    for stranger in (as_operator(), an_actor(Role.DEVELOPER)):
        with pytest.raises(AppNotFound):
            await queries.calls(stranger, APP, first=3, after=None)


async def test_a_token_calls_its_own_mini_app_alone(world, sign_in):
    session = await sign_in("wang_fang")

    other = await world.call("rent.check", {"rent": 1}, app="other-app")
    unknown = await world.call("rent.check", {"rent": 1}, app="no-such-app")
    own = await world.call("rent.check", {"rent": 1}, token=session, x_miniapp_citizen='{"sub": "s"}')

    assert (
        (other.status_code, code_of(other))
        == (unknown.status_code, code_of(unknown))
        == (404, "APP_NOT_FOUND")
    )
    assert (own.status_code, code_of(own)) == (403, "SCOPE_MISSING")


async def test_a_developer_calls_the_back_end_at_his_desk_for_an_invented_citizen(world, sign_in):
    mine, another = await sign_in("developer"), await sign_in("wang_fang")
    invented = '{"sub": "citizen-1", "level": 2, "region": "330106", "elder": true, "scopes": ["cases:read"]}'
    async with world.back_end(1, credential=mine):
        answer = await world.call("rent.check", {"rent": 2}, token=mine, x_miniapp_citizen=invented)
        live = await world.call("rent.check", {"rent": 2})
        other = await world.call("rent.check", {"rent": 2}, token=another, x_miniapp_citizen=invented)

    assert answer.json() == {"most": 24, "elder": True}
    assert (world.seen[0].sub, world.seen[0].level) == ("citizen-1", 2)
    assert world.seen[0].claims == {"invented": True}
    assert code_of(live) == "APP_OFFLINE", "citizens' calls never reach a developer's desk"
    assert code_of(other) == "SCOPE_MISSING"
    assert len(world.seen) == 1


async def test_sandbox_credentials_get_no_calls_of_citizens(world):
    async with world.back_end(client=f"{APP}--sandbox"):
        answer = await world.call("rent.check", {"rent": 1})

    assert code_of(answer) == "APP_OFFLINE"


@pytest.mark.parametrize("credential", [f"{APP}:wrong", "nobody:secret", "s" + "0" * 64, f"{APP}--sandbox:x"])
async def test_a_wrong_credential_is_refused_for_good(world, credential):
    with pytest.raises(ConnectionRefused) as refusal:
        async with world.back_end(credential=credential):
            pass
    assert "NOT_SIGNED_IN" in str(refusal.value)
