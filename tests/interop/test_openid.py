"""Published clients, unmodified: each signs a citizen in, refreshes, reads user info and logs out."""

import asyncio
import base64
import json
import os
import sys
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.interop.visiting import CALLBACK, GOODBYE, CitizensBrowser, visit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SCOPES = ("openid", "offline_access", "profile.name", "phone")
PROGRAMS = ("openid_client.mjs", "oauth4webapi.mjs")


@pytest.fixture
async def browser(server):
    async with httpx.AsyncClient(base_url=server) as client:
        yield CitizensBrowser(client)


@pytest.fixture
def add(server_env):
    """Register a client as an operator does; returns what the command printed."""

    async def made(*words: str) -> dict[str, Any]:
        command = [
            sys.executable, "-m", "api.cli", "clients", "add", "居住证查询", "--redirect-uri", CALLBACK,
            "--post-logout-uri", GOODBYE, *(word for scope in SCOPES for word in ("--scope", scope)), *words,
        ]  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **server_env}, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        assert process.returncode == 0
        return dict(json.loads(out))

    return made


def told(server: str, made: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        **made, "issuer": server, "redirect_uri": CALLBACK, "post_logout_uri": GOODBYE,
        "scope": " ".join(SCOPES), **more,
    }  # fmt: skip


def check(seen: dict[str, Any], *, kind: str) -> None:
    claims = seen["claims"]
    assert claims["sub"] == seen["info"]["sub"]
    assert claims["acr"] == "urn:banshi:level:3"
    assert seen["refreshed"] and seen["rotated"]
    assert seen["dead"], "a revoked token is dead"
    assert seen["token_type"] == kind
    assert seen["left"] == f"{GOODBYE}?state=bye"


def answered(back: str | None) -> dict[str, str]:
    """What came back to the client's redirect URI."""
    where, _, query = (back or "").partition("?")
    assert where == CALLBACK
    return dict(parse_qsl(query))


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_client_of_each_kind(server, browser, add, program, tmp_path):
    confidential = await add("--auth-method", "client_secret_basic")
    public = await add("--auth-method", "none")
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "first"})
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    fapi2 = await add("--auth-method", "private_key_jwt", "--profile", "fapi2", "--jwks", str(jwks))

    check(await visit(program, told(server, confidential), browser), kind="bearer")
    check(await visit(program, told(server, public, dpop=True), browser), kind="dpop")
    by_key = told(server, fapi2, profile="fapi2", jwk=key.as_dict(private=True))
    check(await visit(program, by_key, browser), kind="dpop")


async def test_authlib_of_pypi(server, browser, add):
    made = await add("--auth-method", "client_secret_basic")
    async with httpx.AsyncClient(base_url=server) as plain:
        about = (await plain.get("/.well-known/openid-configuration")).json()
        keys = KeySet.import_key_set((await plain.get(about["jwks_uri"])).json())
    client = AsyncOAuth2Client(
        made["client_id"], made["client_secret"], scope=" ".join(SCOPES), redirect_uri=CALLBACK,
        code_challenge_method="S256", token_endpoint=about["token_endpoint"],
    )  # fmt: skip
    verifier = base64.urlsafe_b64encode(os.urandom(40)).rstrip(b"=").decode()

    async with client:
        link, state = client.create_authorization_url(
            about["authorization_endpoint"], code_verifier=verifier, nonce="once"
        )
        back = await browser.open(link)
        tokens = await client.fetch_token(authorization_response=back, state=state, code_verifier=verifier)
        claims = jwt.decode(tokens["id_token"], keys, algorithms=["ES256"]).claims
        info = (await client.get(about["userinfo_endpoint"])).json()
        fresh = await client.refresh_token()
        again = (await client.get(about["userinfo_endpoint"])).json()
        await client.revoke_token(about["revocation_endpoint"], token=fresh["access_token"])
        dead = await client.get(about["userinfo_endpoint"])
        await left(client, browser, about, tokens["id_token"], verifier)

    assert (claims["nonce"], claims["iss"]) == ("once", server)
    assert info == again and info["sub"] == claims["sub"]
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert dead.status_code == 401


async def left(
    client: AsyncOAuth2Client, browser: CitizensBrowser, about: dict[str, Any], hint: str, verifier: str
) -> None:
    """Log out by the client's wish: silently there is a code before and none after."""

    async def silently() -> dict[str, str]:
        asked = {"prompt": "none", "nonce": "later", "code_verifier": verifier}
        link, _ = client.create_authorization_url(about["authorization_endpoint"], **asked)
        return answered(await browser.open(link))

    leaving = {"id_token_hint": hint, "post_logout_redirect_uri": GOODBYE, "state": "bye"}
    session = browser.client.cookies["banshi_session"]

    assert "code" in await silently()
    assert (
        await browser.open(f"{about['end_session_endpoint']}?{urlencode(leaving)}") == f"{GOODBYE}?state=bye"
    )
    browser.client.cookies.set("banshi_session", session)  # one that does not forget is out all the same
    assert (await silently())["error"] == "login_required"
