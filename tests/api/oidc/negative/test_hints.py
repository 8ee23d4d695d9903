"""Forged hints: an id_token counts with our signature alone, made for this purpose (RFC 8725 3)."""

from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from identity import signing
from identity.actor import WORKER
from identity.oidc import metadata
from identity.signing import Purpose
from storage import clock
from tests.api.oidc.negative.answers import ids, refused, sent_back, shown
from tests.api.oidc.negative.forging import OWN, as_secret, forged, part
from tests.api.oidc.negative.test_logout import is_in
from tests.api.oidc.relying import BYE, ISSUER, header_of, payload_of, query_of

JWK = OWN.as_dict(private=False)


class Ours:
    """What forgers start from: a true id_token, the key that signed it, and one for another purpose."""

    def __init__(self, token, key, other):
        self.token, self.header, self.payload = token, header_of(token), payload_of(token)
        self.key, self.other = key._key, other

    def stolen(self, header=None, payload=None):
        """Signed by ourselves: what only we could have made."""
        return forged(self.key, self.header | (header or {}), self.payload | (payload or {}))

    def foreign(self, header=None, key=OWN, algorithm="ES256"):
        """Signed by somebody else."""
        return forged(key, self.header | (header or {}), self.payload, algorithm)


def unsigned(ours, alg):
    return f"{part(ours.header | {'alg': alg})}.{part(ours.payload)}."


def without(ours, name):
    header = {key: value for key, value in ours.header.items() if key != name}
    return forged(ours.key, header, ours.payload)


FORGERIES = [
    ("HS256 with our public key", lambda it: it.foreign({"alg": "HS256"}, as_secret(it.key), "HS256")),
    ("HS256 with an empty key's worth", lambda it: it.foreign({"alg": "HS256"}, as_secret(OWN), "HS256")),
    ("alg none", lambda it: unsigned(it, "none")),
    ("alg nOnE", lambda it: unsigned(it, "nOnE")),
    ("alg none under our signature", lambda it: f"{part(it.header | {'alg': 'none'})}."
     f"{part(it.payload)}.{it.token.split('.')[2]}"),
    ("alg missing", lambda it: without(it, "alg")),
    ("alg a list", lambda it: it.stolen({"alg": ["ES256"]})),
    ("no signature", lambda it: it.token.rpartition(".")[0] + "."),
    ("a signature padded", lambda it: it.token + "=="),
    ("a fourth part", lambda it: it.token + ".x"),
    ("a key of others under our kid", lambda it: it.foreign()),
    ("kid missing", lambda it: without(it, "kid")),
    ("kid of others", lambda it: it.foreign({"kid": "0" * 32})),
    ("kid a path", lambda it: it.foreign({"kid": "../../../../dev/null"})),
    ("kid of SQL", lambda it: it.foreign({"kid": "x' UNION SELECT wrapped FROM signing_key --"})),
    ("kid with a NUL", lambda it: it.foreign({"kid": "a\0b"})),
    ("kid half a character", lambda it: it.foreign({"kid": "\ud800"})),
    ("kid a number", lambda it: it.foreign({"kid": 1})),
    ("kid a list", lambda it: it.foreign({"kid": [it.header["kid"]]})),
    ("kid of our key for other things", lambda it: forged(
        it.other._key, it.header | {"kid": it.other.kid}, it.payload)),
    ("jwk beside our kid", lambda it: it.foreign({"jwk": JWK})),
    ("jwk and its own kid", lambda it: it.foreign({"jwk": JWK, "kid": "k1"})),
    ("jku", lambda it: it.foreign({"jku": "https://evil.example/jwks"})),
    ("x5u", lambda it: it.foreign({"x5u": "https://evil.example/cert"})),
    ("x5c", lambda it: it.foreign({"x5c": ["MII="]})),
    ("crit unknown, signed by us", lambda it: it.stolen({"crit": ["exp"], "exp": 1})),
    ("crit empty, signed by us", lambda it: it.stolen({"crit": []})),
    ("b64 false, signed by us", lambda it: it.stolen({"b64": False, "crit": ["b64"]})),
    ("typ of a logout token, signed by us", lambda it: it.stolen({"typ": "logout+jwt"})),
    ("typ of an access token, signed by us", lambda it: it.stolen({"typ": "at+jwt"})),
    ("typ missing, signed by us", lambda it: without(it, "typ")),
    ("iss of others, signed by us", lambda it: it.stolen(payload={"iss": "https://evil.example"})),
    ("aud a list, signed by us", lambda it: it.stolen(payload={"aud": [it.payload["aud"]]})),
    ("sub a number, signed by us", lambda it: it.stolen(payload={"sub": 1})),
    ("a payload that is no object", lambda it: forged(it.key, it.header, "[]")),
    ("a payload that is no JSON", lambda it: forged(it.key, it.header, "{")),
    ("a header nested deeply", lambda it: f"{part('[' * 2_000)}.{part(it.payload)}.x"),
    ("encrypted and zipped", lambda it: ".".join([
        part({"alg": "dir", "enc": "A256GCM", "zip": "DEF"}), "", part("x"), part("x" * 1_000), part("x")])),
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ours(world):
    token = (await world.given(world["basic"]))["id_token"]
    now = await clock.now()
    await signing.sign(Purpose.CERTIFICATE, {}, now=now)
    keys = [await signing._signer(purpose, now=now) for purpose in (Purpose.ID_TOKEN, Purpose.CERTIFICATE)]
    return Ours(token, *keys)


@pytest.mark.parametrize(("_case", "forge"), FORGERIES, ids=ids(FORGERIES))
async def test_a_forged_hint_is_no_hint(world, ours, _case, forge):
    hint = forge(ours)

    async with world.unwritten():
        asked = await world.ask(world["basic"], id_token_hint=hint, prompt="none")
        left = await world.browser.get("/oauth/logout", {"id_token_hint": hint})

    sent_back(asked, "invalid_request", says="id_token_hint is not")
    shown(left, "id_token_hint is not an id_token of ours")
    assert await is_in(world.browser)


async def test_what_forgers_start_from_is_good(world, ours):
    """The positive twin: nothing but the change makes a forgery of it."""
    answer = await world.ask(world["basic"], id_token_hint=ours.stolen(), prompt="none")

    assert "code" in query_of(answer)


@pytest.mark.parametrize("retired", [timedelta(0), metadata.PUBLISHED + timedelta(hours=1)], ids=str)
async def test_a_hint_outlives_the_key_that_signed_it(world, retired):
    """The positive twin: a rotated key signs no more, and what it signed still says who was signed in."""
    browser = await world.enter()
    hint = (await world.given(world["basic"], browser))["id_token"]
    new = await metadata.rotate(WORKER, lead=timedelta(0), now=await clock.now())
    await world.tables.execute("UPDATE signing_key SET retired_at = retired_at - $1::interval", retired)

    silent = await world.ask(world["basic"], browser, id_token_hint=hint, prompt="none")
    left = await browser.get("/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": BYE})

    assert header_of(hint)["kid"] != new
    assert query_of(silent)["iss"] == ISSUER and "code" in query_of(silent)
    assert (left.status_code, left.headers["location"]) == (303, BYE)
    sent_back(await world.ask(world["basic"], browser, prompt="none"), "login_required")


async def test_refreshing_goes_on_across_a_rotation(world):
    browser = await world.enter()
    given = await world.given(world["basic"], browser)
    new = await metadata.rotate(WORKER, lead=timedelta(0), now=await clock.now())

    fresh = (await world["basic"].refresh(given["refresh_token"])).json()

    assert header_of(given["id_token"])["kid"] != header_of(fresh["id_token"])["kid"] == new
    before, after = payload_of(given["id_token"]), payload_of(fresh["id_token"])
    assert {name: before[name] for name in ("sub", "sid", "aud", "iss", "auth_time")}.items() <= after.items()
    async with world.unwritten("oidc_grant", "audit_row"):
        refused(await world["basic"].refresh(given["refresh_token"]), 400, "invalid_grant", "used before")


async def test_a_key_that_is_gone_vouches_for_nothing(world):
    await metadata.rotate(WORKER, lead=timedelta(0), now=await clock.now())
    browser = await world.enter()
    hint = (await world.given(world["basic"], browser))["id_token"]
    await metadata.rotate(WORKER, lead=timedelta(0), now=await clock.now())
    await world.tables.execute(
        "DELETE FROM signing_key WHERE id::text = $1", str(UUID(header_of(hint)["kid"]))
    )

    async with world.unwritten():
        silent = await world.ask(world["basic"], browser, id_token_hint=hint, prompt="none")
        left = await browser.get("/oauth/logout", {"id_token_hint": hint})

    sent_back(silent, "invalid_request", says="id_token_hint is not")
    shown(left, "id_token_hint is not an id_token of ours")
    assert await is_in(browser)
