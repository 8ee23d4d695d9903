"""Valid requests, changed at random: never a fault of ours, never a code or token for what is not valid."""

from urllib.parse import parse_qsl, quote, urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.oidc.negative.answers import assert_silent
from tests.api.oidc.negative.world import World
from tests.api.oidc.relying import CALLBACK

TEXTS = st.one_of(
    st.text(max_size=40),
    st.binary(max_size=20).map(lambda raw: raw.decode("latin-1")),
    st.sampled_from([
        "", " ", "\0", "%00", "[]", "{}", "null", "-1", "NaN", "1e999", "9" * 40, "none", "'; --", "../..",
        "https://evil.example/", CALLBACK, "openid", "code", "S256", "a" * 300, "é" * 50, "\r\nx: y",
        "\ud83d", "__proto__",
    ]),
)  # fmt: skip
CHANGES = st.lists(
    st.tuples(st.sampled_from(["set", "drop", "twice", "cut", "flip", "add"]), st.integers(0, 30), TEXTS),
    min_size=1,
    max_size=3,
)
EXAMPLES = 50
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)


def mutated(valid: dict[str, str], changes) -> list[tuple[str, str]]:
    """The parameters with some of them changed."""
    pairs = list(valid.items())
    for how, place, text in changes:
        if not pairs or how == "add":
            pairs.append((text or "x", text))
            continue
        index = place % len(pairs)
        name, value = pairs[index]
        if how == "drop":
            pairs.pop(index)
        elif how == "twice":
            pairs.append((name, text))
        elif how == "cut":
            pairs[index] = (name, value[: place % (len(value) + 1)])
        elif how == "flip":
            at = place % max(1, len(value))
            pairs[index] = (name, value[:at] + chr(33 + place) + value[at + 1 :])
        else:
            pairs[index] = (name, text)
    return pairs


def encoded(pairs) -> str:
    return "&".join(
        f"{quote(name.encode(errors='surrogatepass'))}={quote(value.encode(errors='surrogatepass'))}"
        for name, value in pairs
    )


def safe(answer) -> None:
    assert answer.status_code < 500, answer.text
    assert_silent(answer)


LOOKED_AT = ("session",)  # that he was seen
ASKED = (*LOOKED_AT, "oidc_request")  # a request that could be met waits for the citizen
GIVEN = (*ASKED, "oidc_grant", "audit_row", "outbox")  # it was agreed to before: a code


FORM = {"content-type": "application/x-www-form-urlencoded"}


@FUZZ
@given(changes=CHANGES)
async def test_a_changed_authorization_request_never_leaks_a_code(world: World, changes):
    valid = world["basic"].request()
    pairs = mutated(valid, changes)

    before = await world.held()
    answer = await world.browser.get(f"/oauth/authorize?{encoded(pairs)}")

    safe(answer)
    where = answer.headers.get("location", "")
    has_code = where.startswith(CALLBACK) and "code=" in where.partition("?")[2]
    waits = where.startswith(("/sign-in?", "/consent?"))
    await world.check(before, *(GIVEN if has_code else ASKED if waits else LOOKED_AT))
    assert where.startswith((f"{CALLBACK}?", "/sign-in?", "/consent?")) or answer.status_code in (400, 429), (
        where
    )
    if has_code:
        sent = dict(pairs)
        must = ("client_id", "redirect_uri", "response_type", "code_challenge_method")
        assert all(sent.get(name) == valid[name] for name in must), sent
        assert "openid" in sent["scope"].split()
        assert dict(parse_qsl(where.partition("?")[2])).get("state", "") == sent.get("state", "")


@FUZZ
@given(changes=CHANGES)
async def test_a_changed_token_request_gives_a_token_only_when_nothing_that_counts_is_changed(
    world: World, changes
):
    rp = world["public"]
    valid = {
        "client_id": rp.client_id, "grant_type": "authorization_code", "code": await world.code(rp),
        "redirect_uri": CALLBACK, "code_verifier": rp.verifier,
    }  # fmt: skip
    pairs = mutated(valid, changes)

    before = await world.held()
    answer = await world.http.post("/oauth/token", content=encoded(pairs), headers=FORM)

    safe(answer)
    assert answer.status_code in (200, 400, 401, 429)
    if answer.status_code == 200:
        assert valid.items() <= dict(pairs).items()
        assert len({name for name, _ in pairs}) == len(pairs)
    else:
        assert answer.json().keys() <= {"error", "error_description"}
        await world.check(before)


@FUZZ
@given(changes=CHANGES, endpoint=st.sampled_from(["par", "introspect", "revoke", "logout", "userinfo"]))
async def test_a_changed_call_is_never_our_fault(world: World, changes, endpoint):
    rp = world["public"]
    valid = rp.request() | {"token": "a" + "0" * 64, "id_token_hint": "a.b.c"}

    before = await world.held()
    answer = await world.http.post(
        f"/oauth/{endpoint}", content=encoded(mutated(valid, changes)), headers=FORM
    )

    safe(answer)
    await world.check(before, *(["oidc_pushed"] if answer.status_code == 201 else []))


@FUZZ
@given(
    header=TEXTS, proof=TEXTS, scheme=st.sampled_from(["Bearer ", "DPoP ", "Basic ", "", "bearer", "Digest "])
)
async def test_strange_headers_are_never_our_fault(world: World, header, proof, scheme):
    sent = {
        "authorization": (scheme + header).encode(errors="surrogatepass"),
        "dpop": proof.encode(errors="surrogatepass"),
    }
    body = urlencode({"grant_type": "refresh_token", "refresh_token": "x", "token": "x"})

    before = await world.held()
    for endpoint in ("userinfo", "token", "introspect"):
        answer = await world.http.post(f"/oauth/{endpoint}", content=body, headers=sent | FORM)
        safe(answer)
        assert answer.status_code in (400, 401, 429)
    await world.check(before)
