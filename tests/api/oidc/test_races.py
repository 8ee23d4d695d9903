"""Eight at once: of a code, a refresh token, a request, a consent, a proof or an assertion one wins."""
# ruff: noqa: F811  (the fixture is imported, and named by each test)

import asyncio

import pytest

from api.http.browser import form_word
from identity import consents
from storage import clock, limits, queue
from storage.db import fetch
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.negative.answers import refused
from tests.api.oidc.negative.conftest import world  # noqa: F401
from tests.api.oidc.negative.world import session_of
from tests.api.oidc.relying import ASSERTION, ISSUER, query_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
AT_ONCE = 8
USERINFO = f"{ISSUER}/oauth/userinfo"
MANY = pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(900)])
ROUNDS = pytest.mark.parametrize("rounds", [4, MANY])
EACH = pytest.mark.parametrize("kind", ["basic", "fapi2"])


async def race(*acts):
    """Let them run at once, nobody's tries counted; return the answers."""
    await queue.redis().flushdb()
    limits.forget()
    return await asyncio.gather(*acts)


def winners(answers, status=200):
    assert all(answer.status_code < 500 for answer in answers), [answer.text for answer in answers]
    return [answer for answer in answers if answer.status_code == status]


async def assert_dead(rp, given) -> None:
    refused(await rp.userinfo(given["access_token"]), 401, "invalid_token")
    refused(await rp.refresh(given["refresh_token"]), 400, "invalid_grant")
    assert (await rp.call("introspect", {"token": given["access_token"]})).json() == {"active": False}


@ROUNDS
@EACH
async def test_of_eight_who_bring_a_code_one_gets_tokens_and_loses_them(world, rounds, kind):
    rp = world[kind]
    for _ in range(rounds):
        code = await world.code(rp)

        answers = await race(*(rp.redeem(code) for _ in range(AT_ONCE)))

        [won] = winners(answers)
        for answer in answers:
            if answer is not won:
                refused(answer, 400, "invalid_grant", "used before")
        await assert_dead(rp, won.json())


@ROUNDS
@EACH
async def test_of_eight_who_bring_a_refresh_token_one_gets_tokens_and_loses_them(world, rounds, kind):
    rp = world[kind]
    for _ in range(rounds):
        first = await world.given(rp)

        answers = await race(*(rp.refresh(first["refresh_token"]) for _ in range(AT_ONCE)))

        [won] = winners(answers)
        assert len(answers) - 1 == sum(answer.json().get("error") == "invalid_grant" for answer in answers)
        await assert_dead(rp, won.json())
        refused(await rp.userinfo(first["access_token"]), 401, "invalid_token")


@ROUNDS
@EACH
async def test_of_eight_who_bring_a_pushed_request_one_gets_a_code(world, rounds, kind):
    rp = world[kind]
    for _ in range(rounds):
        asked = {"client_id": rp.client_id, "request_uri": await rp.push()}

        answers = await race(*(world.browser.get("/oauth/authorize", asked) for _ in range(AT_ONCE)))

        [won] = winners(answers, 303)
        assert "code" in query_of(won)
        assert len(winners(answers, 400)) == AT_ONCE - 1


@ROUNDS
async def test_of_eight_who_agree_by_one_form_one_gets_a_code(world, rounds):
    rp, browser = world["basic"], world.browser
    word = form_word(session_of(browser))
    for _ in range(rounds):
        name = query_of(await world.ask(rp, prompt="consent"))["request"]
        form = {"request": name, "answer": "grant", "claim": ["profile.name", "phone"], "form_word": word}

        answers = await race(*(browser.post("/consent", form) for _ in range(AT_ONCE)))

        [won] = winners(answers, 303)
        assert "code" in query_of(won)
        assert len(winners(answers, 404)) == AT_ONCE - 1


@ROUNDS
async def test_agreeing_and_withdrawing_at_once_leave_one_consent_or_none(world, rounds):
    rp, browser = world["other"], world.browser
    word, actor = form_word(session_of(browser)), await actor_of(session_of(browser))
    for _ in range(rounds):
        now = await clock.now()
        names = [query_of(await world.ask(rp, prompt="consent"))["request"] for _ in range(AT_ONCE // 2)]
        forms = [
            {"request": name, "answer": "grant", "claim": ["profile.name"], "form_word": word}
            for name in names
        ]

        answers = await race(
            *(each for form in forms for each in (
                browser.post("/consent", form), consents.withdraw(actor, rp.client_id, now=now)))
        )  # fmt: skip

        held = await fetch(
            "SELECT id FROM consent WHERE party_id = $1 AND app_id = $2 AND withdrawn_at IS NULL",
            actor.person_id, rp.client_id,
        )  # fmt: skip
        assert len(held) <= 1
        codes = [query_of(answer)["code"] for answer in answers[::2]]
        good = winners([await rp.redeem(code) for code in codes])
        living = {str(row["id"]) for row in held}
        grants = await fetch(
            "SELECT consent_id FROM oidc_grant WHERE client_id = $1 AND code_used_at IS NOT NULL"
            " AND ended_at IS NULL ORDER BY created_at DESC LIMIT $2",
            rp.client_id, len(good),
        )  # fmt: skip
        assert {str(row["consent_id"]) for row in grants} <= living


@ROUNDS
async def test_of_eight_with_one_proof_one_is_believed(world, rounds):
    rp = world["dpop"]
    token = (await world.given(rp))["access_token"]
    for _ in range(rounds):
        proof = rp.proof("GET", USERINFO, token)

        answers = await race(*(rp.userinfo(token, dpop=proof) for _ in range(AT_ONCE)))

        assert len(winners(answers)) == 1
        assert len(winners(answers, 401)) == AT_ONCE - 1


@ROUNDS
async def test_of_eight_with_one_assertion_one_is_believed(world, rounds):
    rp = world["key"]
    for _ in range(rounds):
        body = {"token": "x", "client_assertion_type": ASSERTION, "client_assertion": rp.assertion()}

        answers = await race(*(world.http.post("/oauth/introspect", data=body) for _ in range(AT_ONCE)))

        assert len(winners(answers)) == 1
        assert len(winners(answers, 401)) == AT_ONCE - 1
