"""Redirect URIs: exactly a registered one, or the browser goes nowhere (RFC 9700 4.1.1)."""

import pytest

from tests.api.oidc.negative.answers import ids, shown
from tests.api.oidc.relying import CALLBACK

NOT_REGISTERED = [
    ("a suffix", CALLBACK + "/more"),
    ("a longer last word", CALLBACK + "x"),
    ("a shorter last word", CALLBACK[:-1]),
    ("a query", CALLBACK + "?next=1"),
    ("an empty query", CALLBACK + "?"),
    ("a fragment", CALLBACK + "#x"),
    ("an empty fragment", CALLBACK + "#"),
    ("a slash at the end", CALLBACK + "/"),
    ("a path in other case", "https://rp.example/Callback"),
    ("a host in other case", "https://RP.example/callback"),
    ("a scheme in other case", "HTTPS://rp.example/callback"),
    ("a port", "https://rp.example:8443/callback"),
    ("the port that goes without saying", "https://rp.example:443/callback"),
    ("a user", "https://user@rp.example/callback"),
    ("the host as a user", "https://rp.example@evil.example/callback"),
    ("the host as a name below another", "https://rp.example.evil.example/callback"),
    ("a host below the registered one", "https://a.rp.example/callback"),
    ("http", "http://rp.example/callback"),
    ("steps up", "https://rp.example/x/../callback"),
    ("steps up, encoded", "https://rp.example/callback/%2f..%2fevil"),
    ("a letter encoded", "https://rp.example/%63allback"),
    ("two slashes", "https://rp.example//callback"),
    ("a backslash", "https://rp.example\\callback"),
    ("a line break", CALLBACK + "\r\nx: y"),
    ("a space before", " " + CALLBACK),
    ("a space behind", CALLBACK + " "),
    ("another host", "https://evil.example/callback"),
    ("only the path", "/callback"),
    ("no scheme", "//rp.example/callback"),
    ("javascript", "javascript:alert(1)//rp.example/callback"),
    ("data", "data:text/html,<script>alert(1)</script>"),
    ("a file", "file:///etc/passwd"),
    ("127.0.0.1 for localhost", "http://127.0.0.1/callback"),
    ("a host in letters that look alike", "https://rp.еxample/callback"),
    ("a point after the host", "https://rp.example./callback"),
    ("missing", None),
    ("empty", ""),
    ("twice, both right", [CALLBACK, CALLBACK]),
    ("twice, the second one evil", [CALLBACK, "https://evil.example/"]),
    ("another client's", "https://other.example/callback"),
]


@pytest.mark.parametrize(("_case", "uri"), NOT_REGISTERED, ids=ids(NOT_REGISTERED))
async def test_a_redirect_uri_that_is_not_registered_goes_nowhere(world, _case, uri):
    async with world.unwritten():
        answer = await world.browser.get("/oauth/authorize", world["basic"].request(redirect_uri=uri))

    shown(answer, "invalid_request")
    assert '="https://evil.example' not in answer.text


async def test_an_error_goes_nowhere_either_when_the_redirect_uri_is_wrong(world):
    asked = world["basic"].request(redirect_uri="https://evil.example/", response_type="token", prompt="none")

    async with world.unwritten():
        answer = await world.browser.get("/oauth/authorize", asked)

    shown(answer, "invalid_request")


@pytest.mark.parametrize(
    ("_case", "client_id"),
    [
        ("unknown", "rp_0000000000000000"),
        ("missing", None),
        ("of odd letters", "rp'; --"),
        ("a path", "../x"),
    ],
)
async def test_a_client_that_is_not_known_goes_nowhere(world, _case, client_id):
    async with world.unwritten():
        answer = await world.browser.get("/oauth/authorize", world["basic"].request(client_id=client_id))

    shown(answer, "invalid_request")


async def test_a_posted_request_is_held_to_the_same(world):
    async with world.unwritten():
        answer = await world.browser.post(
            "/oauth/authorize", world["basic"].request(redirect_uri=CALLBACK + "/..")
        )

    shown(answer, "invalid_request")
