"""What is bound to a key is good with that key alone (RFC 9449 5, 7, 10)."""

import pytest

from identity.oidc.dpop import token_digest
from tests.api.oidc.negative.answers import ids, not_signed_in, refused, sent_back
from tests.api.oidc.negative.forging import OWN
from tests.api.oidc.relying import ISSUER, add

USERINFO = f"{ISSUER}/oauth/userinfo"
REPLAY = "oidc_replay"
# what is changed of the proof that comes with an access token
ACCESS = [
    ("ath missing", {"ath": None}, "ath"),
    ("ath of another token", {"ath": token_digest("a" + "0" * 64)}, "ath"),
    ("ath the token itself", {"ath": "token"}, "ath"),
    ("ath empty", {"ath": ""}, "ath"),
    ("ath a list", {"ath": []}, "ath"),
    ("htm of another method", {"htm": "POST"}, "htm"),
    ("htu of the token endpoint", {"htu": f"{ISSUER}/oauth/token"}, "htu"),
    ("iat an hour ago", {"iat": 1}, "iat"),
]


@pytest.mark.parametrize(("_case", "changes", "says"), ACCESS, ids=ids(ACCESS))
async def test_the_proof_is_for_this_token_and_request(world, _case, changes, says):
    rp = world["dpop"]
    token = (await world.given(rp))["access_token"]
    proof = rp.proof("GET", USERINFO, token, **changes)

    async with world.unwritten():
        answer = await rp.userinfo(token, dpop=proof)

    refused(answer, 401, "invalid_dpop_proof", says)


@pytest.mark.parametrize("kind", ["dpop", "fapi2"])
async def test_a_bound_token_is_no_bearer_token(world, kind):
    rp = world[kind]
    token = (await world.given(rp))["access_token"]

    async with world.unwritten():
        bare = await world.http.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})
        proved = await rp.userinfo(token, authorization=f"Bearer {token}")

    for answer in (bare, proved):
        refused(answer, 401, "invalid_token", "DPoP")
        assert answer.headers["www-authenticate"].startswith("DPoP ")


async def test_a_bearer_token_is_no_bound_token(world):
    token = (await world.given(world["basic"]))["access_token"]
    proof = world["dpop"].proof("GET", USERINFO, token)

    async with world.unwritten():
        answer = await world.http.get(
            "/oauth/userinfo", headers={"authorization": f"DPoP {token}", "dpop": proof}
        )

    refused(answer, 401, "invalid_token", "Bearer")


@pytest.mark.parametrize("kind", ["dpop", "fapi2"])
async def test_a_bound_token_wants_a_proof(world, kind):
    token = (await world.given(world[kind]))["access_token"]

    async with world.unwritten():
        answer = await world.http.get("/oauth/userinfo", headers={"authorization": f"DPoP {token}"})

    refused(answer, 401, "invalid_dpop_proof", "no DPoP proof")


@pytest.mark.parametrize("kind", ["dpop", "fapi2"])
async def test_a_bound_token_wants_its_own_key(world, kind):
    rp, thief = world[kind], world["fapi2" if kind == "dpop" else "dpop"]
    token = (await world.given(rp))["access_token"]

    async with world.unwritten(REPLAY):
        answer = await thief.userinfo(token)

    refused(answer, 401, "invalid_token", "another key")


async def test_a_proof_for_a_token_counts_once(world):
    rp = world["dpop"]
    token = (await world.given(rp))["access_token"]
    proof = rp.proof("GET", USERINFO, token)
    assert (await rp.userinfo(token, dpop=proof)).status_code == 200

    async with world.unwritten():
        answer = await rp.userinfo(token, dpop=proof)

    refused(answer, 401, "invalid_dpop_proof", "seen before")


async def test_a_bound_token_opens_our_own_api_with_a_proof_only(world):
    rp = world["dpop"]
    given = await world.given(rp, scope="openid cases:read", resource=f"{ISSUER}/graphql")
    token = given["access_token"]

    async with world.unwritten():
        answer = await world.http.post(
            "/graphql", json={"query": "{ requestId }"}, headers={"authorization": f"Bearer {token}"}
        )

    not_signed_in(answer)


@pytest.mark.parametrize("how", ["dpop_jkt", "proof at PAR"])
@pytest.mark.parametrize("wrong", ["another key", "no proof"])
async def test_a_code_bound_to_a_key_is_redeemed_by_it_alone(world, how, wrong):
    rp = world["dpop"]
    mine = rp.dpop
    if how == "dpop_jkt":
        code = await world.code(rp, dpop_jkt=mine.thumbprint())
    else:
        asked = {"client_id": rp.client_id, "request_uri": await rp.push()}
        back = await world.browser.get("/oauth/authorize", asked)
        code = back.headers["location"].split("code=")[1].split("&")[0]
    rp.dpop = OWN if wrong == "another key" else None

    try:
        async with world.unwritten(REPLAY):
            answer = await rp.redeem(code)
    finally:
        rp.dpop = mine

    refused(answer, 400, "invalid_dpop_proof", "dpop_jkt")
    assert (await rp.redeem(code)).status_code == 200


@pytest.mark.parametrize("jkt", ["short", "x" * 44, "+/" + "A" * 41, "é" * 43])
async def test_dpop_jkt_is_a_thumbprint(world, jkt):
    async with world.unwritten():
        answer = await world.ask(world["dpop"], dpop_jkt=jkt)

    sent_back(answer, "invalid_request", says="dpop_jkt")


async def test_dpop_jkt_and_the_proof_at_par_name_one_key(world):
    rp = world["fapi2"]

    async with world.unwritten(REPLAY):
        answer = await rp.call("par", rp.request(dpop_jkt=OWN.thumbprint()))

    refused(answer, 400, "invalid_dpop_proof", "two keys")


async def test_a_token_of_another_client_does_not_pass_with_ones_own_proof(world):
    """A stolen bound token is worth nothing to a client that is registered all the same."""
    thief = await add(world.http, "dpop")
    token = (await world.given(world["dpop"]))["access_token"]

    async with world.unwritten(REPLAY):
        answer = await thief.userinfo(token)

    refused(answer, 401, "invalid_token", "another key")
