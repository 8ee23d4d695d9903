"""Proofs of a key that are none: RFC 9449 4.3, each check broken in turn, at both kinds of endpoints."""

import secrets
import time

import pytest
from joserfc.jwk import ECKey, OKPKey

from identity.oidc.dpop import token_digest
from tests.api.oidc.negative.answers import ids, refused
from tests.api.oidc.negative.forging import LONG_LIST, OWN, RSA, as_secret, forged, part
from tests.api.oidc.relying import ISSUER

TOKEN_URL, USERINFO_URL = f"{ISSUER}/oauth/token", f"{ISSUER}/oauth/userinfo"
P384 = ECKey.generate_key("P-384")
ED25519 = OKPKey.generate_key("Ed25519")


def header(key, **changes):
    made = {"alg": "ES256", "typ": "dpop+jwt", "jwk": key.as_dict(private=False)} | changes
    return {name: value for name, value in made.items() if value is not None}


def valid(rp, claims) -> str:
    return forged(rp.dpop, header(rp.dpop), claims)


def with_key(jwk, **changes):
    """A proof whose header says this key."""
    return lambda rp, claims: forged(rp.dpop, header(rp.dpop, jwk=jwk, **changes), claims)


def with_header(**changes):
    return lambda rp, claims: forged(rp.dpop, header(rp.dpop, **changes), claims)


def by(algorithm, key):
    return lambda rp, claims: forged(key, header(key, alg=algorithm), claims, algorithm)


CLAIMS = [
    ("htm of another method", {"htm": "PUT"}, "htm"),
    ("htm in small letters", {"htm": "post"}, "htm"),
    ("htm missing", {"htm": None}, "htm"),
    ("htm a list", {"htm": ["POST", "GET"]}, "htm"),
    ("htu of another endpoint", {"htu": f"{ISSUER}/oauth/par"}, "htu"),
    ("htu of another host", {"htu": "https://evil.example/oauth/token"}, "htu"),
    ("htu of another scheme", {"htu": "https://127.0.0.1:8000/oauth/token"}, "htu"),
    ("htu of another port", {"htu": "http://127.0.0.1/oauth/token"}, "htu"),
    ("htu with a slash", {"htu": TOKEN_URL + "/"}, "htu"),
    ("htu in other case", {"htu": f"{ISSUER}/OAuth/token"}, "htu"),
    ("htu with a user", {"htu": "http://u@127.0.0.1:8000/oauth/token"}, "htu"),
    ("htu only a path", {"htu": "/oauth/token"}, "htu"),
    ("htu no address", {"htu": "http://["}, "htu"),
    ("htu missing", {"htu": None}, "htu"),
    ("htu empty", {"htu": ""}, "htu"),
    ("htu a number", {"htu": 5}, "htu"),
    ("iat an hour ago", {"iat": -3_600}, "iat"),
    ("iat an hour ahead", {"iat": 3_600}, "iat"),
    ("iat two minutes ago", {"iat": -120}, "iat"),
    ("iat two minutes ahead", {"iat": 120}, "iat"),
    ("iat missing", {"iat": None}, "iat"),
    ("iat a text", {"iat": "now"}, "iat"),
    ("iat true", {"iat": True}, "iat"),
    ("iat NaN", {"iat": float("nan")}, "JSON"),
    ("iat infinite", {"iat": float("inf")}, "JSON"),
    ("jti missing", {"jti": None}, "jti"),
    ("jti empty", {"jti": ""}, "jti"),
    ("jti a number", {"jti": 1}, "jti"),
    ("jti half a surrogate", {"jti": "\ud800"}, "jti"),
    ("jti very long", {"jti": "j" * 300}, "jti"),
]  # fmt: skip
MADE = [
    ("typ missing", with_header(typ=None), "typ"),
    ("typ JWT", with_header(typ="JWT"), "typ"),
    ("typ in capitals", with_header(typ="DPOP+JWT"), "typ"),
    ("typ a list", with_header(typ=["dpop+jwt"]), "typ"),
    ("alg missing", with_header(alg=None), "alg"),
    ("alg none", lambda rp, claims: f"{part(header(rp.dpop, alg='none'))}.{part(claims)}.", "alg"),
    ("alg a list", with_header(alg=["ES256"]), "alg"),
    ("RS256", by("RS256", RSA), "alg"),
    ("PS256", by("PS256", RSA), "alg"),
    ("ES384", by("ES384", P384), "alg"),
    ("EdDSA", by("EdDSA", ED25519), "alg"),
    ("HS256 with the public key", lambda rp, claims: forged(
        as_secret(rp.dpop), header(rp.dpop, alg="HS256"), claims, "HS256"), "alg"),
    ("no key", with_key(None), "key"),
    ("a key that is a text", with_key("k1"), "key"),
    ("a private key", lambda rp, claims: forged(
        rp.dpop, header(rp.dpop, jwk=rp.dpop.as_dict(private=True)), claims), "key"),
    ("a secret", with_key({"kty": "oct", "k": "AAAA"}), "key"),
    ("a key without coordinates", with_key({"kty": "EC", "crv": "P-256"}), "key"),
    ("a key of numbers", with_key({"kty": "EC", "crv": "P-256", "x": 5, "y": 5}), "key"),
    ("a key off its curve", with_key({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}), "key"),
    ("a key of nulls", with_key({"kty": "EC", "crv": "P-256", "x": None, "y": None}), "key"),
    ("a key whose kind is a list", with_key({"kty": ["EC"], "crv": {}}), "key"),
    ("an odd key_ops", lambda rp, claims: forged(
        rp.dpop, header(rp.dpop, jwk=rp.dpop.as_dict(private=False) | {"key_ops": 5}), claims), ""),
    ("another key than it is signed with", with_key(OWN.as_dict(private=False)), "signature"),
    ("a key to fetch", with_header(jku="http://127.0.0.1:1/"), "header"),
    ("a certificate", with_header(x5c=["AAAA"]), "header"),
    ("crit", with_header(crit=["iat"]), "header"),
    ("b64 false", with_header(b64=False), "header"),
    ("deeply nested", lambda rp, claims: forged(rp.dpop, LONG_LIST, claims), "JSON"),
    ("a claim twice", lambda rp, claims: forged(rp.dpop, header(rp.dpop), '{"jti":"a","jti":"b"}'), "JSON"),
    ("payload a list", lambda rp, claims: forged(rp.dpop, header(rp.dpop), []), "JSON"),
    ("very long", lambda rp, claims: forged(rp.dpop, header(rp.dpop), claims | {"x": "y" * 9_000}), "JWS"),
    ("garbage", lambda rp, claims: "garbage", "JWS"),
    ("empty", lambda rp, claims: "", "JWS"),
    ("its signature changed", lambda rp, claims: valid(rp, claims)[:-6] + "AAAAAA", "signature"),
    ("two in one, by a comma", lambda rp, claims: ", ".join([valid(rp, claims)] * 2), "JWS"),
]  # fmt: skip


def claims_for(url: str, method: str, **changes):
    made = {"jti": secrets.token_hex(8), "htm": method, "htu": url, "iat": int(time.time())} | changes
    if "iat" in changes and type(changes["iat"]) is int:
        made["iat"] = int(time.time()) + changes["iat"]
    return {name: value for name, value in made.items() if value is not None}


@pytest.mark.parametrize(("_case", "changes", "says"), CLAIMS, ids=ids(CLAIMS))
async def test_a_proof_with_a_wrong_claim_is_none(world, _case, changes, says):
    rp = world["dpop"]
    code = await world.code(rp)
    proof = forged(rp.dpop, header(rp.dpop), claims_for(TOKEN_URL, "POST", **changes))

    async with world.unwritten():
        answer = await rp.call("token", redeeming(rp, code), {"dpop": proof})

    refused(answer, 400, "invalid_dpop_proof", says)
    assert (await rp.redeem(code)).status_code == 200


@pytest.mark.parametrize(("_case", "made", "says"), MADE, ids=ids(MADE))
async def test_a_proof_made_wrongly_is_none(world, _case, made, says):
    rp = world["dpop"]
    code = await world.code(rp)
    proof = made(rp, claims_for(TOKEN_URL, "POST"))

    async with world.unwritten():
        answer = await rp.call("token", redeeming(rp, code), {"dpop": proof})

    refused(answer, 400, "invalid_dpop_proof", says)


@pytest.mark.parametrize(("_case", "made", "says"), MADE, ids=ids(MADE))
async def test_a_resource_server_takes_no_such_proof_either(world, _case, made, says):
    rp = world["dpop"]
    token = (await world.given(rp))["access_token"]
    proof = made(rp, claims_for(USERINFO_URL, "GET", ath=token_digest(token)))

    async with world.unwritten():
        answer = await rp.userinfo(token, dpop=proof)

    refused(answer, 401, "invalid_dpop_proof", says)
    assert answer.headers["www-authenticate"].startswith("DPoP ")


async def test_two_proofs_are_none(world):
    rp = world["dpop"]
    code = await world.code(rp)
    proofs = [("dpop", rp.proof("POST", TOKEN_URL)) for _ in range(2)]
    body = redeeming(rp, code) | {"client_id": rp.client_id}

    async with world.unwritten():
        answer = await world.http.post("/oauth/token", data=body, headers=proofs)

    refused(answer, 400, "invalid_dpop_proof", "several")


async def test_a_proof_counts_once_whichever_request_it_comes_with(world):
    rp = world["dpop"]
    proof = {"dpop": rp.proof("POST", TOKEN_URL)}
    first, second = await world.code(rp), await world.code(rp)
    assert (await rp.call("token", redeeming(rp, first), proof)).status_code == 200

    async with world.unwritten():
        answer = await rp.call("token", redeeming(rp, second), proof)

    refused(answer, 400, "invalid_dpop_proof", "seen before")


def redeeming(rp, code):
    return {
        "grant_type": "authorization_code", "code": code, "redirect_uri": "https://rp.example/callback",
        "code_verifier": rp.verifier,
    }  # fmt: skip
