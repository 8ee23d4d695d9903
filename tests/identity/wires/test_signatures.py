"""Signatures of the old wires: every published vector, and what each covers."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from identity.wires import signatures
from identity.wires.signatures import Showing, hmac_holds, hmac_sign, md5_holds, md5_sign
from storage.ids import new_id

VALIDATION = "/restapi/prod/IC33000020220228000002/sso/servlet/simpleauth"
DATE = "Tue, 09 Nov 2021 08:49:20 GMT"
SENT = datetime(2021, 11, 9, 8, 49, 20, tzinfo=UTC)


def holds(signature: str, query: str = "", *, path: str = VALIDATION, secrets=("SK_TEST",)) -> bool:
    return hmac_holds(signature, "POST", path, query, key="AK_TEST", date=DATE, secrets=secrets)


def test_the_vector_of_md5():
    assert md5_sign("AK_TEST", "SK_TEST", "20211109164920") == "38c7d8546da80156432173b4af9936d3"


def test_the_vector_of_hmac():
    made = hmac_sign("POST", VALIDATION, "", "AK_TEST", DATE, secret="SK_TEST")

    assert made == "4cDveRbv4zMiKMORZr/ynR5nnGn72h1seK6f2TVXllo="
    assert holds(made)


def test_both_vectors_were_made_at_the_same_moment():
    assert signatures.time_of("20211109164920") == signatures.gateway_time_of(DATE) == SENT


@pytest.mark.parametrize(
    "text", ["", "2021110916492", "202111091649200", "20211309164920", "20211109164960", "２" * 14]
)  # fmt: skip
def test_a_time_that_is_none(text):
    assert signatures.time_of(text) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (DATE, SENT),
        ("Tue, 09 Nov 2021 08:49:20 UTC", SENT),  # as a Go client writes it
        ("Tue, 09 Nov 2021 16:49:20 GMT+8", None),  # documented, and sent by nobody
        ("2021-11-09T08:49:20Z", None),
        ("Tue, 32 Nov 2021 08:49:20 GMT", None),
        ("Tue, 09 Nox 2021 08:49:20 GMT", None),
        ("", None),
    ],
)
def test_the_time_of_the_gateway(text, at):
    assert signatures.gateway_time_of(text) == at


@pytest.mark.parametrize("seconds", [-90, -1, 0, 90])
def test_within_the_skew(seconds):
    assert signatures.within(SENT + timedelta(seconds=seconds), SENT, limit=signatures.SKEW)


@pytest.mark.parametrize("seconds", [-91, 91])
def test_beyond_the_skew(seconds):
    assert not signatures.within(SENT + timedelta(seconds=seconds), SENT, limit=signatures.SKEW)
    assert not signatures.within(None, SENT, limit=signatures.SKEW)


@pytest.mark.parametrize("sign", ["", "38C7D8546DA80156432173B4AF9936D3", "0" * 32, "签"])
def test_a_sign_is_lower_case_and_whole(sign):
    assert not md5_holds(sign, "20211109164920", code="AK_TEST", secrets=["SK_TEST"])


def test_each_secret_in_force_signs():
    sign = md5_sign("AK_TEST", "new", "20211109164920")

    assert md5_holds(sign, "20211109164920", code="AK_TEST", secrets=["old", "new"])
    assert not md5_holds(sign, "20211109164920", code="AK_TEST", secrets=["old"])


# as sent: pairs in no order, a slash, a colon and a blank encoded, one name with two values
QUERY = "to=a%2Fb%3Ac&b=x%20y&n=%E7%8E%8B&n=z"
FORMS = {
    "Rust signs what it sends": QUERY,
    "Java sorts the raw pairs and encodes them": "b=x%20y&n=z&n=%E7%8E%8B&to=a%2Fb%3Ac",
    "Postman sorts what encodeURI made": "b=x%20y&n=%E7%8E%8B&n=z&to=a/b:c",
    "whoever sorts the pairs as sent": "b=x%20y&n=%E7%8E%8B&n=z&to=a%2Fb%3Ac",
}


@pytest.mark.parametrize("client", FORMS)
def test_the_query_is_signed_in_the_form_of_each_client(client):
    made = hmac_sign("POST", VALIDATION, FORMS[client], "AK_TEST", DATE, secret="SK_TEST")

    assert holds(made, QUERY)


def test_the_forms_of_clients_differ():
    assert sorted(signatures.query_forms(QUERY)) == sorted(set(FORMS.values()))
    assert len(set(FORMS.values())) == len(FORMS)


@pytest.mark.parametrize(
    "signed",
    ["", "to=a%2Fb%3Ac", "b=x%20y&n=z&to=a%2Fb%3Ac", "b=x+y&n=z&n=%E7%8E%8B&to=a%2Fb%3Ac", QUERY + "&"],
)
def test_no_other_form_is_taken(signed):
    made = hmac_sign("POST", VALIDATION, signed, "AK_TEST", DATE, secret="SK_TEST")

    assert not holds(made, QUERY)


def test_postman_leaves_as_it_is_what_encode_uri_leaves():
    typed = "name=王芳&to=a/b:c"
    sent = "name=%E7%8E%8B%E8%8A%B3&to=a%2Fb%3Ac"
    made = hmac_sign(
        "POST", VALIDATION, "&".join(sorted(quote(typed, safe=signatures.URI_MARKS).split("&"))), "AK_TEST",
        DATE, secret="SK_TEST",
    )  # fmt: skip

    assert holds(made, sent)


def test_a_plus_in_a_value_fits_no_form():
    java = hmac_sign("POST", VALIDATION, "a=x%20y", "AK_TEST", DATE, secret="SK_TEST")  # of a=x+y: its bug

    assert not holds(java, "a=x+y")
    assert not holds(java, "a=x%2By")


def test_all_forms_of_an_empty_query_are_one():
    assert signatures.query_forms("") == [""]


@pytest.mark.parametrize(
    "signature", ["", "AAAA", "not base64!", "4cDveRbv4zMiKMORZr/ynR5nnGn72h1seK6f2TVXllo"]
)
def test_a_signature_that_is_none(signature):
    assert not holds(signature)


@pytest.mark.parametrize(
    "changed",
    [{"path": VALIDATION.replace("002/", "004/")}, {"query": "a=1"}, {"secrets": ["other"]}],
)
def test_what_is_signed_cannot_be_changed(changed):
    made = hmac_sign("POST", VALIDATION, "", "AK_TEST", DATE, secret="SK_TEST")

    assert not holds(made, **changed)


async def test_a_signature_belongs_to_whoever_showed_it_first(db):
    client = new_id()

    async def shown(signature: str, caller: str, of=client) -> Showing:
        return await signatures.remember(of, signature, caller=caller, now=SENT)

    assert await shown("one", "10.0.0.1") is Showing.FIRST
    assert [await shown("one", "10.0.0.1") for _ in range(2)] == [Showing.AGAIN] * 2
    assert await shown("one", "10.0.0.2") is Showing.ELSEWHERE
    assert await shown("one", "10.0.0.1") is Showing.AGAIN
    assert await shown("two", "10.0.0.2") is Showing.FIRST
    assert await shown("one", "10.0.0.2", of=new_id()) is Showing.FIRST


async def test_a_signature_is_remembered_as_long_as_it_counts(db):
    client = new_id()

    async def shown(caller: str) -> Showing:
        return await signatures.remember(client, "one", caller=caller, now=SENT)

    assert await shown("10.0.0.1") is Showing.FIRST
    await signatures.sweep(now=SENT + 2 * signatures.WINDOW)
    assert await shown("10.0.0.2") is Showing.ELSEWHERE
    await signatures.sweep(now=SENT + 2 * signatures.WINDOW + timedelta(seconds=1))
    assert await shown("10.0.0.2") is Showing.FIRST
