"""DPoP: a token is taken only from who holds the key, with a proof for this very request."""

import secrets
import time

import pytest
from joserfc.jwk import ECKey, OKPKey

from banshi.scopes import Scope
from tests.api.oidc.relying import ISSUER, add, signed

TOKEN_URL, USERINFO_URL = f"{ISSUER}/oauth/token", f"{ISSUER}/oauth/userinfo"

BAD_CLAIMS = {
    "another method": {"htm": "GET"},
    "another address": {"htu": f"{ISSUER}/oauth/par"},
    "another host": {"htu": "https://evil.example/oauth/token"},
    "no method": {"htm": None},
    "no address": {"htu": None},
    "no jti": {"jti": None},
    "an empty jti": {"jti": ""},
    "a long jti": {"jti": "j" * 300},
    "no iat": {"iat": None},
    "an hour old": {"iat": int(time.time()) - 3600},
    "an hour ahead": {"iat": int(time.time()) + 3600},
    "a text as iat": {"iat": "now"},
    "true as iat": {"iat": True},
}


async def refused(rp, code, proof) -> None:
    answer = await rp.call(
        "token",
        {
            "grant_type": "authorization_code", "code": code, "code_verifier": rp.verifier,
            "redirect_uri": rp.request()["redirect_uri"],
        },
        {"dpop": proof},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof"), answer.text


@pytest.mark.parametrize("name", BAD_CLAIMS)
async def test_a_proof_for_another_request_is_refused_and_the_code_stays_good(client, code_for, name):
    rp = await add(client, "dpop")
    code = await code_for(rp)

    await refused(rp, code, rp.proof("POST", TOKEN_URL, **BAD_CLAIMS[name]))

    assert (await rp.redeem(code)).status_code == 200


async def test_a_proof_that_is_not_one_is_refused(client, code_for):
    rp = await add(client, "dpop")
    code, key = await code_for(rp), rp.dpop
    claims = {"jti": "a", "htm": "POST", "htu": TOKEN_URL, "iat": int(time.time())}
    public, whole = key.as_dict(private=False), key.as_dict(private=True)
    header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": public}
    other = ECKey.generate_key("P-256")

    edwards = OKPKey.generate_key("Ed25519").as_dict(private=False)
    for wrong in (
        {"typ": "JWT"}, {"typ": None}, {"jwk": whole}, {"jwk": None}, {"jwk": "key"},
        {"kid": "a", "jku": "x"}, {"jwk": other.as_dict(private=False)}, {"jwk": edwards},
        {"crit": ["exp"], "exp": 1}, {"jwk": {"kty": "oct", "k": "YWJj"}},
    ):  # fmt: skip
        kept = {name: value for name, value in (header | wrong).items() if value is not None}
        await refused(rp, code, signed(key, kept, claims))
    for garbage in ("", "a.b.c", "a" * 9000, "e30.e30.e30", signed(key, header, claims)[:-4] + "AAAA"):
        await refused(rp, code, garbage or "x")


async def test_a_proof_counts_once(client, code_for):
    rp = await add(client, "dpop")
    proof = rp.proof("POST", TOKEN_URL)
    given = await rp.redeem(await code_for(rp))
    body = {"grant_type": "refresh_token", "refresh_token": given.json()["refresh_token"]}
    first = await rp.call("token", body, {"dpop": proof})

    again = await rp.call("token", body | {"refresh_token": first.json()["refresh_token"]}, {"dpop": proof})

    assert first.status_code == 200
    assert again.json()["error"] == "invalid_dpop_proof"


async def test_a_bound_token_is_taken_with_its_key_only(client, code_for):
    rp = await add(client, "dpop")
    given = (await rp.redeem(await code_for(rp))).json()
    access = given["access_token"]

    async def status(scheme: str, *proofs: str) -> tuple[int, str]:
        sent = [("authorization", f"{scheme} {access}"), *(("dpop", proof) for proof in proofs)]
        answer = await client.get("/oauth/userinfo", headers=sent)
        return answer.status_code, answer.headers.get("www-authenticate", "")

    good = rp.proof("GET", USERINFO_URL, access)
    assert (await status("Bearer"))[0] == 401
    assert (await status("Bearer", good))[0] == 401
    assert "invalid_dpop_proof" in (await status("DPoP"))[1]
    assert "ath" in (await status("DPoP", rp.proof("GET", USERINFO_URL)))[1]
    assert (await status("DPoP", rp.proof("GET", USERINFO_URL, "another")))[0] == 401
    assert (await status("DPoP", good, rp.proof("GET", USERINFO_URL, access)))[0] == 401
    mine, rp.dpop = rp.dpop, ECKey.generate_key("P-256")
    assert "another key" in (await status("DPoP", rp.proof("GET", USERINFO_URL, access)))[1]
    rp.dpop = mine
    assert (await status("DPoP", rp.proof("GET", USERINFO_URL, access)))[0] == 200


async def test_a_bearer_token_is_not_taken_as_a_bound_one(client, code_for):
    rp = await add(client)
    access = (await rp.redeem(await code_for(rp))).json()["access_token"]
    rp.dpop = ECKey.generate_key("P-256")

    assert (await rp.userinfo(access)).status_code == 401


async def test_a_public_clients_refresh_token_is_bound_to_its_key(client, code_for):
    rp = await add(client, "dpop")
    given = (await rp.redeem(await code_for(rp))).json()
    mine, rp.dpop = rp.dpop, None
    bare = await rp.refresh(given["refresh_token"])
    rp.dpop = ECKey.generate_key("P-256")
    other = await rp.refresh(given["refresh_token"])
    rp.dpop = mine

    assert {bare.json()["error"], other.json()["error"]} == {"invalid_dpop_proof"}
    assert (await rp.refresh(given["refresh_token"])).status_code == 200


async def test_a_code_may_be_bound_to_a_key_beforehand(client, code_for):
    rp = await add(client, "dpop")
    code = await code_for(rp, dpop_jkt=rp.dpop.thumbprint())
    mine, rp.dpop = rp.dpop, ECKey.generate_key("P-256")

    assert (await rp.redeem(code)).json()["error"] == "invalid_dpop_proof"
    rp.dpop = mine
    assert (await rp.redeem(code)).status_code == 200


API = f"{ISSUER}/graphql"
ASK = {"query": "{ viewer { id name scopes } }"}


async def test_our_api_takes_tokens_for_itself_only(client, code_for):
    rp = await add(client, scopes={"openid": "", "profile:read": "", "profile.name": ""})
    asked = {"scope": "openid profile:read profile.name"}
    foreign = (await rp.redeem(await code_for(rp, **asked))).json()["access_token"]
    meant = (await rp.redeem(await code_for(rp, **asked, resource=API))).json()["access_token"]

    refused_ = await client.post("/graphql", json=ASK, headers={"authorization": f"Bearer {foreign}"})
    taken = await client.post("/graphql", json=ASK, headers={"authorization": f"Bearer {meant}"})

    assert refused_.status_code == 401
    viewer = taken.json()["data"]["viewer"]
    assert viewer["scopes"] == [Scope.PROFILE_READ]
    assert viewer["name"] == "王*"
    assert (await rp.userinfo(meant)).status_code == 401


async def test_our_api_takes_a_bound_token_with_a_proof_only(client, code_for):
    rp = await add(client, "dpop", scopes={"openid": "", "profile:read": ""})
    code = await code_for(rp, scope="openid profile:read", resource=API)
    access = (await rp.redeem(code)).json()["access_token"]

    bearer = await client.post("/graphql", json=ASK, headers={"authorization": f"Bearer {access}"})
    bare = await client.post("/graphql", json=ASK, headers={"authorization": f"DPoP {access}"})
    proved = {"authorization": f"DPoP {access}", "dpop": rp.proof("POST", API, access)}
    taken = await client.post("/graphql", json=ASK, headers=proved)
    again = await client.post("/graphql", json=ASK, headers=proved)

    assert (bearer.status_code, bare.status_code, again.status_code) == (401, 401, 401)
    assert taken.json()["data"]["viewer"]["scopes"] == [Scope.PROFILE_READ]


async def test_a_token_for_two_resources_may_be_narrowed_to_one(client, code_for):
    rp = await add(client, scopes={"openid": "", "profile:read": ""})
    asked = [(name, value) for name, value in rp.request(scope="openid profile:read").items()]
    asked += [("resource", ISSUER), ("resource", API)]
    other = await add(client, serves=[API], name=secrets.token_hex(4))

    code = await code_for(_Asking(rp, asked))
    answer = await rp.redeem(code, resource=API)

    told = (await rp.call("introspect", {"token": answer.json()["access_token"]})).json()
    assert told["aud"] == [API]
    served = (await other.call("introspect", {"token": answer.json()["access_token"]})).json()
    assert served["active"] and served["sub"] != told["sub"]
    assert (await rp.userinfo(answer.json()["access_token"])).status_code == 401


class _Asking:
    """A client that asks with exactly these pairs."""

    def __init__(self, rp, pairs) -> None:
        self.client_id, self.key, self.dpop, self.pairs = rp.client_id, None, None, pairs

    def request(self, **_):
        return self.pairs
