"""What is published: no private half of a key, and nothing advertised that is not to be had."""

import pytest

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


async def test_no_key_shows_its_private_half(world):
    answer = await world.http.get("/oauth/jwks")

    keys = answer.json()["keys"]
    assert keys
    for key in keys:
        assert not PRIVATE & key.keys()
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")


@pytest.mark.parametrize(
    "path", ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]
)
async def test_nothing_weak_is_advertised(world, path):
    async with world.unwritten():
        told = (await world.http.get(path)).json()

    everything = str(told)
    for weak in ("RS256", "HS256", "'plain'", "implicit", "password", "client_secret_post", "token id_token"):
        assert weak not in everything
    algorithms = [value for name, value in told.items() if name.endswith("alg_values_supported")]
    assert all("none" not in values for values in algorithms)
    assert told["response_types_supported"] == ["code"]
    assert told["grant_types_supported"] == [
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["request_uri_parameter_supported"] is False
    assert told["request_parameter_supported"] is False
    assert "registration_endpoint" not in told
    assert told["authorization_response_iss_parameter_supported"] is True


async def test_a_host_of_others_does_not_become_the_issuer(world):
    async with world.unwritten():
        answer = await world.http.get(
            "/.well-known/openid-configuration",
            headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"},
        )

    assert "evil.example" not in answer.text
