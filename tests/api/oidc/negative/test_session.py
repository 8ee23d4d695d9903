"""Who is signed in: silently, freshly, strongly enough, and nobody else (OpenID Connect Core 3.1.2)."""

import asyncio
import json
from datetime import timedelta

import pytest

from api.http.browser import form_word
from identity import accounts
from identity.sandbox import FACE_CODE
from storage import clock
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.negative.answers import ids, sent_back, shown
from tests.api.oidc.negative.world import session_of
from tests.api.oidc.relying import ISSUER, Browser, add, query_of
from tests.api.pages.browsing import card, forms_of

LEVEL_3 = json.dumps({"id_token": {"acr": {"essential": True, "values": ["urn:banshi:level:3"]}}})
# what a silent request of a citizen who is signed in and has agreed asks besides, and the refusal
SILENT = [
    ("a sign-in of just now", {"max_age": "0"}, "login_required"),
    ("more than was agreed to", {"scope": "openid idcard.verify", "claims": json.dumps(
        {"userinfo": {"resident_of": {"value": "330106"}}})}, "consent_required"),
    ("somebody else, by the claim sub", {"claims": json.dumps(
        {"id_token": {"sub": {"value": "0" * 32}}})}, "login_required"),
]  # fmt: skip


async def test_silently_nobody_is_signed_in_who_is_not(world):
    async with world.unwritten():
        answer = await world.ask(world["basic"], Browser(world.http), prompt="none")

    sent_back(answer, "login_required")


async def test_silently_nothing_is_agreed_to(world):
    rp = await add(world.http)

    async with world.unwritten():
        answer = await world.ask(rp, prompt="none")

    sent_back(answer, "consent_required")


@pytest.mark.parametrize(("_case", "changes", "error"), SILENT, ids=ids(SILENT))
async def test_silently_only_what_is_so_already(world, _case, changes, error):
    async with world.unwritten():
        answer = await world.ask(world["basic"], prompt="none", **changes)

    sent_back(answer, error)


@pytest.mark.parametrize("cookie", ["s" + "0" * 64, "x", "'; --", "a" * 4_000])
async def test_a_session_that_never_was_is_nobodys(world, cookie):
    browser = Browser(world.http, cookie)

    async with world.unwritten():
        answer = await world.ask(world["basic"], browser, prompt="none")

    sent_back(answer, "login_required")


async def test_max_age_1_is_over_after_a_second(world):
    browser = await world.enter()
    assert "code" in query_of(await world.ask(world["basic"], browser, max_age="1", prompt="none"))
    world.time.ahead = timedelta(seconds=2)

    async with world.unwritten():
        answer = await world.ask(world["basic"], browser, max_age="1", prompt="none")

    sent_back(answer, "login_required")


@pytest.mark.parametrize(
    "changes", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "0"}], ids=str
)
async def test_who_must_sign_in_again_gets_no_code_before(world, changes):
    browser = await world.enter()
    away = await world.ask(world["basic"], browser, **changes)
    assert away.headers["location"].startswith("/sign-in?"), away.headers
    back = query_of(away)["next"]

    async with world.unwritten():
        again = await browser.get(back)
        consent = await browser.get(back.replace("/oauth/continue", "/consent"))

    assert again.headers["location"].startswith("/sign-in?")
    shown(consent, "失效", status=404)


@pytest.mark.parametrize(
    "changes", [{"prompt": "login"}, {"max_age": "0"}, {"claims": LEVEL_3}, {"sub": "other"}], ids=str
)
async def test_the_page_of_consent_is_no_way_around_signing_in(world, changes):
    rp = await add(world.http)
    browser = await world.enter("li_wei")
    if "sub" in changes:
        hint = (await rp.redeem(await world.agree(rp, await world.enter()))).json()["id_token"]
        changes = {"id_token_hint": hint}
    if "claims" in changes:
        weak = "UPDATE session SET level = 1 WHERE id = (SELECT id FROM session ORDER BY id DESC LIMIT 1)"
        await world.tables.execute(weak)
        await asyncio.sleep(0.1)
    away = await world.ask(rp, browser, **changes)
    request = query_of(away)["next"].split("request=")[1]
    word = form_word(session_of(browser))

    async with world.unwritten():
        answer = await browser.post(
            "/consent", {"request": request, "answer": "grant", "claim": ["openid"], "form_word": word}
        )

    shown(answer, "失效", status=404)


async def test_the_hint_of_another_person_signs_nobody_in(world):
    hint = (await world.given(world["basic"]))["id_token"]
    other = await world.enter("li_wei")
    await world.agree(world["basic"], other)

    async with world.unwritten():
        silent = await world.ask(world["basic"], other, prompt="none", id_token_hint=hint)
    loud = await world.ask(world["basic"], other, id_token_hint=hint)
    async with world.unwritten("oidc_request"):
        back = await other.get(query_of(loud)["next"])

    sent_back(silent, "login_required")
    assert loud.headers["location"].startswith("/sign-in?")
    sent_back(back, "login_required", says="somebody else")


@pytest.mark.parametrize("wrong", ["of another client", "an access token", "changed", "alg none", "not ours"])
async def test_a_hint_that_is_none_is_refused(world, wrong):
    given = await world.given(world["other" if wrong == "of another client" else "basic"])
    head, body, tail = given["id_token"].split(".")
    hint = {
        "of another client": given["id_token"],
        "an access token": given["access_token"],
        "changed": f"{head}.{body[:-4]}AAAA.{tail}",
        "alg none": f"eyJhbGciOiJub25lIn0.{body}.",
        "not ours": world["key"].assertion(),
    }[wrong]

    async with world.unwritten():
        answer = await world.ask(world["basic"], id_token_hint=hint)

    sent_back(answer, "invalid_request", says="id_token_hint")


@pytest.mark.parametrize("path", ["/oauth/continue", "/consent"])
async def test_a_request_is_of_the_browser_that_brought_it(world, path):
    rp = await add(world.http)
    mine = query_of(await world.ask(rp))["request"]
    thief = await world.enter("li_wei")
    await world.ask(rp, thief)  # it has a visitor of its own

    async with world.unwritten():
        answer = await thief.get(path, {"request": mine})

    shown(answer, "失效", status=404)


NEVER = [
    ("empty", "", 404, "失效"),
    ("a letter", "x", 404, "失效"),
    ("noughts", "0" * 32, 404, "失效"),
    ("SQL", "'; --", 404, "失效"),
    ("one like ours", "01a20240-0484-73f9-9f82-cc8c661d295c", 404, "失效"),
    ("a NUL", "\0", 404, "失效"),
]


@pytest.mark.parametrize(("_case", "name", "status", "says"), NEVER, ids=ids(NEVER))
@pytest.mark.parametrize("path", ["/oauth/continue", "/consent"])
async def test_a_request_that_never_was_is_unknown(world, path, _case, name, status, says):
    async with world.unwritten():
        answer = await world.browser.get(path, {"request": name})

    shown(answer, says, status=status)


@pytest.mark.parametrize("how", ["used", "refused", "too late"])
async def test_a_request_goes_on_once_and_not_for_ever(world, how):
    rp = await add(world.http)
    browser = await world.enter()
    name = query_of(await world.ask(rp, browser))["request"]
    if how == "too late":
        world.time.ahead = timedelta(minutes=16)
    else:
        await answer_consent(browser, name, answer="grant" if how == "used" else "refuse")

    async with world.unwritten("session"):  # that he was seen
        for path in ("/oauth/continue", "/consent"):
            shown(await browser.get(path, {"request": name}), "失效", status=404)


async def answer_consent(browser, name, *, origin="http://127.0.0.1:8000", **changes):
    """Send the form of the page of consent, with some fields changed."""
    word = form_word(session_of(browser))
    form = {"request": name, "answer": "grant", "claim": "profile.name", "form_word": word} | changes
    browser.client.headers["origin"] = origin
    try:
        return await browser.post("/consent", {k: v for k, v in form.items() if v is not None})
    finally:
        del browser.client.headers["origin"]


FORMS = [
    ("of another site", {"origin": "https://evil.example"}, 403, "页面已过期"),
    ("of nowhere", {"origin": "null"}, 403, "页面已过期"),
    ("without its word", {"form_word": None}, 403, "页面已过期"),
    ("with another word", {"form_word": "0" * 32}, 403, "页面已过期"),
    ("for another request", {"request": "01a20240-0484-73f9-9f82-cc8c661d295c"}, 404, "失效"),
    ("for no request", {"request": None}, 404, "失效"),
]


@pytest.mark.parametrize(("_case", "changes", "status", "says"), FORMS, ids=ids(FORMS))
async def test_only_our_own_page_lets_a_citizen_agree(world, _case, changes, status, says):
    rp = await add(world.http)
    browser = await world.enter()
    name = query_of(await world.ask(rp, browser))["request"]

    async with world.unwritten():
        answer = await answer_consent(browser, name, **changes)

    shown(answer, says, status=status)


async def test_agreeing_again_by_the_same_form_gives_no_second_code(world):
    rp = await add(world.http)
    browser = await world.enter()
    name = query_of(await world.ask(rp, browser))["request"]
    assert "code=" in (await answer_consent(browser, name)).headers["location"]

    async with world.unwritten():
        answer = await answer_consent(browser, name)

    shown(answer, "失效", status=404)


async def test_what_was_not_asked_cannot_be_agreed_to(world):
    rp = await add(world.http)
    browser = await world.enter()
    name = query_of(await world.ask(rp, browser, scope="openid profile.name"))["request"]

    answer = await answer_consent(
        browser, name, claim=["profile.name", "phone", "cases:write", "idcard.number"]
    )

    given = (await rp.redeem(query_of(answer)["code"])).json()
    assert given["scope"] == "openid profile.name"


async def typed_in(browser, persona):
    """Sign a persona in by our own form, with whatever cookies the browser keeps."""
    page = await browser.get("/sign-in", {"prompt": "login", "next": "/account"})
    action, fields = forms_of(page.text)[0]
    browser.client.headers["origin"] = ISSUER
    try:
        return await browser.post(action, fields | card(persona) | {"face": FACE_CODE})
    finally:
        del browser.client.headers["origin"]


@pytest.mark.parametrize("planted", [None, "li_wei", "wang_fang"], ids=["no one's", "the thief's", "his own"])
async def test_a_session_is_made_anew_when_somebody_signs_in(world, planted):
    """Fixation: the cookie is there all the way, and worth nothing afterwards to whoever planted it."""
    token = session_of(await world.enter(planted)) if planted else "s" + "f" * 64
    victim = Browser(world.http, token)

    entered = await typed_in(victim, "wang_fang")

    assert (entered.status_code, entered.headers["location"]) == (303, "/account")
    assert session_of(victim) != token
    assert (await actor_of(session_of(victim))).session_id is not None
    async with world.unwritten():
        assert await accounts.actor_of(token, now=await clock.now()) is None
        thief = Browser(world.http, token)
        sent_back(await world.ask(world["basic"], thief, prompt="none"), "login_required")


async def test_another_site_cannot_sign_a_browser_in(world):
    """Login CSRF: the form has no word of this browser."""
    victim = Browser(world.http)
    await victim.get("/sign-in")

    async with world.unwritten():
        answer = await victim.post(
            "/sign-in", {"method": "face", "id_number": "x", "name": "x", "face": "ok", "form_word": "0" * 32}
        )

    shown(answer, "为保护您的账号，请重新打开页面再操作一次", status=403)
    assert "banshi_session" not in victim.cookies
