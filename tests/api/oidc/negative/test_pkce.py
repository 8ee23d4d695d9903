"""PKCE: S256, always, and the verifier that made the challenge (RFC 7636; RFC 9700 2.1.1)."""

import secrets

import pytest

from tests.api.oidc.negative.answers import ids, refused, sent_back
from tests.api.oidc.relying import challenge_of

VERIFIER = secrets.token_urlsafe(32)
GOOD = challenge_of(VERIFIER)

AT_AUTHORIZE = [
    ("no challenge", {"code_challenge": None, "code_challenge_method": None}),
    ("no challenge, but a method", {"code_challenge": None}),
    ("an empty challenge", {"code_challenge": ""}),
    ("the method left out, so plain", {"code_challenge": GOOD, "code_challenge_method": None}),
    ("plain", {"code_challenge": GOOD, "code_challenge_method": "plain"}),
    ("the method in small letters", {"code_challenge": GOOD, "code_challenge_method": "s256"}),
    ("a method nobody knows", {"code_challenge": GOOD, "code_challenge_method": "S512"}),
    ("one character short", {"code_challenge": GOOD[:-1]}),
    ("one character long", {"code_challenge": GOOD + "A"}),
    ("padded", {"code_challenge": GOOD + "="}),
    ("plain Base64", {"code_challenge": "+/" + GOOD[2:]}),
    ("hexadecimal", {"code_challenge": "ab" * 32}),
    ("a line break behind", {"code_challenge": GOOD + "\n"}),
    ("digits of another script", {"code_challenge": "٣" * 43}),
]

AT_TOKEN = [
    ("no verifier", None, "invalid_request"),
    ("an empty verifier", "", "invalid_request"),
    ("another verifier", secrets.token_urlsafe(32), "invalid_grant"),
    ("the challenge as the verifier", GOOD, "invalid_grant"),
    ("the verifier in other case", VERIFIER.swapcase(), "invalid_grant"),
    ("42 characters", VERIFIER[:42], "invalid_grant"),
    ("129 characters", "a" * 129, "invalid_grant"),
    ("characters that are reserved", "a" * 42 + "+", "invalid_grant"),
    ("a space behind", VERIFIER + " ", "invalid_grant"),
    ("a letter that is not ASCII", "é" + VERIFIER[1:], "invalid_grant"),
]


@pytest.mark.parametrize(("_case", "changes"), AT_AUTHORIZE, ids=ids(AT_AUTHORIZE))
@pytest.mark.parametrize("kind", ["basic", "public"])
async def test_no_request_goes_without_s256(world, _case, changes, kind):
    async with world.unwritten():
        answer = await world.ask(world[kind], **changes)

    sent_back(answer, "invalid_request", says="code_challenge")


@pytest.mark.parametrize(("_case", "verifier", "error"), AT_TOKEN, ids=ids(AT_TOKEN))
async def test_only_the_verifier_redeems_the_code(world, _case, verifier, error):
    code = await world.code(world["basic"], code_challenge=GOOD)

    async with world.unwritten():
        answer = await world["basic"].redeem(code, code_verifier=verifier)

    refused(answer, 400, error, "code_verifier")
    assert (await world["basic"].redeem(code, code_verifier=VERIFIER)).status_code == 200


async def test_another_requests_verifier_does_not_redeem_this_code(world):
    mine, theirs = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    code = await world.code(world["basic"], code_challenge=challenge_of(mine))
    await world.code(world["basic"], code_challenge=challenge_of(theirs))

    async with world.unwritten():
        answer = await world["basic"].redeem(code, code_verifier=theirs)

    refused(answer, 400, "invalid_grant", "code_verifier")


async def test_nothing_sent_to_the_token_endpoint_takes_the_challenge_away(world):
    code = await world.code(world["basic"], code_challenge=GOOD)

    async with world.unwritten():
        answer = await world["basic"].redeem(
            code, code_verifier=None, code_challenge=GOOD, code_challenge_method="plain"
        )

    refused(answer, 400, "invalid_request", "code_verifier")
