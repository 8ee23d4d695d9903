"""What an operator may say of a new client."""

import pytest
from joserfc.jwk import ECKey, OctKey

from identity import clients
from identity.clients import AuthMethod, Profile
from identity.errors import ClientInvalid
from identity.oidc import issuer, registration
from identity.oidc.issuer import OidcSettings
from identity.oidc.registration import Registration, check_redirect
from tests.identity.factories import NOON

WEB = "https://rp.example/cb"
KEY = ECKey.generate_key("P-256", {"kid": "a"})
ODD = KEY.as_dict(private=False) | {"alg": "ES384"}
SHORT = {"kty": "RSA", "e": "AQAB", "n": "_" * 171}  # 1,026 bits
JWKS = {"keys": [KEY.as_dict(private=False)]}


def a_client(**changes) -> Registration:
    return Registration(**({"name": "助手", "operator": "某局", "redirect_uris": [WEB]} | changes))


GOOD = (
    "https://rp.example",
    "https://rp.example:8443/a?b=c",
    "http://127.0.0.1:5000/cb",
    "http://[::1]/cb",
    "http://localhost/cb",
)
BAD = (
    "", "rp.example/cb", "http://rp.example/cb", "https://rp.example/cb#x", "https://rp.example/*",
    "https://me@rp.example/",
    "https://rp.example/../x", "javascript:alert(1)", "data:text/html,x", "https:///x",
    "https://rp.example/ x",
    "https://rp.example/\\x", "com.example.app:/cb", "https://rp.example:x/", "http://10.0.0.1/",
    "https://例.example/",
)  # fmt: skip


@pytest.mark.parametrize("uri", GOOD)
def test_an_address_of_the_web_or_of_this_machine_is_taken(uri):
    check_redirect(uri, native=False)


@pytest.mark.parametrize("uri", BAD)
def test_another_address_is_refused(uri):
    with pytest.raises(ClientInvalid):
        check_redirect(uri, native=False)


def test_an_app_may_have_a_scheme_of_its_own_and_production_no_machine():
    check_redirect("com.example.app:/cb", native=True)
    with pytest.raises(ClientInvalid):
        check_redirect("myapp:/cb", native=True)
    issuer.configure(OidcSettings(loopback_allowed=False))
    try:
        with pytest.raises(ClientInvalid):
            check_redirect("http://127.0.0.1:5000/cb", native=True)
    finally:
        issuer.configure(OidcSettings())


REFUSED = {
    "an app id": {"client_id": "rent-helper"},
    "a sandbox's": {"client_id": "rent-helper--sandbox"},
    "an odd id": {"client_id": "a b"},
    "no name": {"name": " "},
    "no operator": {"operator": ""},
    "no redirect": {"redirect_uris": []},
    "FAPI without keys": {"profile": Profile.FAPI2},
    "keys without use": {"jwks": JWKS},
    "no keys": {"auth_method": AuthMethod.KEY},
    "private keys": {"auth_method": AuthMethod.KEY, "jwks": {"keys": [KEY.as_dict(private=True)]}},
    "secret keys": {"auth_method": AuthMethod.KEY, "jwks": {"keys": [OctKey.generate_key(256).as_dict()]}},
    "short keys": {
        "auth_method": AuthMethod.KEY,
        "jwks": {"keys": [SHORT]},
    },
    "the same kid twice": {"auth_method": AuthMethod.KEY, "jwks": {"keys": JWKS["keys"] * 2}},
    "eleven keys": {"auth_method": AuthMethod.KEY, "jwks": {"keys": JWKS["keys"] * 11}},
    "an alg of others": {
        "auth_method": AuthMethod.KEY,
        "jwks": {"keys": [ODD]},
    },
    "an unknown scope": {"scopes": {"email": ""}},
    "the number without a basis": {"scopes": {"idcard.number": ""}},
    "a basis without the number": {"number_basis": "某法"},
    "a resource in clear": {"resources": ["http://api.example"]},
    "a webhook in clear": {"webhook_uri": "http://rp.example/hook"},
    "a logout address in clear": {"backchannel_logout_uri": "http://rp.example/bye"},
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_makes_no_sense_is_refused_and_nothing_is_stored(db, name):
    with pytest.raises(ClientInvalid):
        await registration.add(a_client(**REFUSED[name]), now=NOON)

    assert await clients.list_() == []


async def test_a_client_with_a_secret_gets_it_once(db):
    client_id, secret, _ = await registration.add(a_client(), now=NOON)

    client = await clients.get(client_id)
    assert client is not None and secret is not None
    assert client.knows(secret, now=NOON)
    assert not client.knows(secret + "x", now=NOON)
    assert secret not in repr(client)


async def test_others_get_none(db):
    for wanted in (
        a_client(auth_method=AuthMethod.NONE),
        a_client(auth_method=AuthMethod.KEY, jwks=JWKS, profile=Profile.FAPI2),
    ):
        assert (await registration.add(wanted, now=NOON)).secret is None
