"""What the provider says of itself is true, and nothing more is said."""

from datetime import timedelta
from urllib.parse import urlsplit

from authlib.oidc.discovery import OpenIDProviderMetadata

from identity.actor import WORKER, WORKER_ID
from identity.oidc import exchange, metadata
from storage import clock
from storage.db import fetch
from tests.api.oidc.relying import ISSUER, add, header_of


async def test_the_metadata_is_what_the_norm_wants(client):
    told = (await client.get("/.well-known/openid-configuration")).json()

    OpenIDProviderMetadata(_read_strictly(told)).validate()
    assert told["issuer"] == ISSUER
    assert told["response_types_supported"] == ["code"]
    assert told["grant_types_supported"] == ["authorization_code", "refresh_token", exchange.GRANT_TYPE]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert (await client.get("/.well-known/oauth-authorization-server")).json() == told


def _read_strictly(told):
    """The metadata as in production; the norm wants RS256 named too, which we never sign with (ADR 110)."""
    web = {name: each.replace("http:", "https:") for name, each in told.items() if isinstance(each, str)}
    return {**told, **web, "id_token_signing_alg_values_supported": ["ES256", "RS256"]}


async def test_every_endpoint_that_is_named_answers(client):
    told = (await client.get("/.well-known/openid-configuration")).json()

    for name, address in told.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            path = urlsplit(address).path
            answers = [(await client.request(method, path)).status_code for method in ("GET", "POST")]
            assert set(answers) & {200, 303, 400, 401}, name


async def test_published_keys_have_no_private_half(client):
    [key] = (await client.get("/oauth/jwks")).json()["keys"]

    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


async def test_the_next_key_is_published_before_it_signs_and_the_old_one_after(client, code_for):
    rp, now = await add(client), await clock.now()
    [first] = [key["kid"] for key in (await client.get("/oauth/jwks")).json()["keys"]]

    second = await metadata.rotate(WORKER, now=now)

    published = await metadata.keys(now=now)
    [row] = await fetch("SELECT person_id, object, basis FROM audit_row WHERE act = 'key.rotate'")
    assert row == {
        "person_id": WORKER_ID, "object": f"key/id_token/{second}", "basis": "signs in 10 minutes"
    }  # fmt: skip
    assert [key["kid"] for key in published["keys"]] == [second, first]
    given = (await rp.redeem(await code_for(rp))).json()
    assert header_of(given["id_token"])["kid"] == first
    await clock.shift(metadata.LEAD + timedelta(seconds=1))
    later = (await rp.redeem(await code_for(rp))).json()
    assert header_of(later["id_token"])["kid"] == second
    gone = await metadata.keys(now=now + metadata.LEAD + metadata.PUBLISHED + timedelta(seconds=1))
    assert [key["kid"] for key in gone["keys"]] == [second]
