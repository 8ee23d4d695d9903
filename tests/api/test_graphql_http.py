"""GraphQL over HTTP: methods, media types, statuses; what the audit suite does not look at stands here."""

import json

import httpx
import pytest
from msgspec.structs import replace

from api.http import accept

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


async def ask(bare: httpx.AsyncClient, body: object, **headers: str) -> httpx.Response:
    return await bare.post("/graphql", content=json.dumps(body), headers={"content-type": JSON, **headers})


def code_of(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    return error["extensions"]["code"]


async def test_an_operation_is_answered_as_json(bare):
    answer = await ask(bare, {"query": "{ requestId }"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json() == {"data": {"requestId": answer.headers["x-request-id"]}}


async def test_a_query_may_come_in_the_address(bare):
    given = {
        "query": "query Q($yes: Boolean!) { requestId @include(if: $yes) }",
        "variables": '{"yes": false}',
    }

    answer = await bare.get("/graphql", params=given)

    assert answer.json() == {"data": {}}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON};q=0.9", JSON),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, */*;q=0.1", JSON),
        (f"{JSON};q=0, */*", GRAPHQL),
        ("text/html, */*;q=0.8", JSON),
        (f"{GRAPHQL};q=nonsense, {JSON}", JSON),
        ("text/html", None),
        (f"{JSON};q=0", None),
        (f"{GRAPHQL};q=0, {JSON};q=0", None),
    ],
)
def test_the_media_type_follows_the_client_s_wish(asked, expected):
    assert accept.choose(asked) == expected


async def test_a_client_that_takes_neither_media_type_is_told_which_there_are(bare):
    answer = await ask(bare, {"query": "{ requestId }"}, accept="text/csv")

    assert (answer.status_code, code_of(answer)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{ requestId", None, "GRAPHQL_SYNTAX"),
        ("{ nothing }", None, "GRAPHQL_INVALID"),
        ("fragment F on Query { requestId }", None, "GRAPHQL_INVALID"),
        ("query A { requestId } query B { requestId }", None, "GRAPHQL_INVALID"),
        ("query($yes: Boolean!) { requestId @include(if: $yes) }", {"yes": "perhaps"}, "VARIABLES_INVALID"),
        ("{ " + " ".join(f"a{i}: requestId" for i in range(16)) + " }", None, "OPERATION_TOO_LARGE"),
    ],
)
async def test_what_cannot_run_is_400_for_new_clients_and_200_for_old_ones(bare, query, variables, code):
    new = await ask(bare, {"query": query, "variables": variables}, accept=GRAPHQL)
    old = await ask(bare, {"query": query, "variables": variables}, accept=JSON)

    assert (new.status_code, old.status_code) == (400, 200)
    assert code_of(new) == code_of(old) == code
    assert "data" not in new.json()


async def test_an_answer_with_errors_and_data_is_a_partial_success_for_new_clients(bare):
    query = "{ requestId viewer { id } }"

    new = await ask(bare, {"query": query}, accept=GRAPHQL)
    old = await ask(bare, {"query": query}, accept=JSON)

    assert (new.status_code, old.status_code) == (294, 200)
    assert code_of(new) == "NOT_SIGNED_IN"


@pytest.mark.parametrize(
    "body",
    [
        "", "[", "[]", '[{"query": "{ requestId }"}]', "null", '"{ requestId }"', "{}", '{"query": 1}',
        '{"query": "{ requestId }", "variables": []}', '{"query": "{ requestId }", "operationName": {}}',
        '{"query": "{ requestId }", "extensions": 0}', '{"query": "\ud800"}', "[" * 5000, b"\xff\xfe{}",
    ],
)  # fmt: skip
async def test_a_malformed_request_is_400_whatever_the_client_takes(bare, body):
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")

    answer = await bare.post("/graphql", content=raw, headers={"content-type": JSON})

    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "content_type",
    [
        "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "application/jsonp", "application/json; charset=gbk",
    ],
)  # fmt: skip
async def test_what_another_site_s_form_can_send_is_refused(bare, content_type):
    headers = {"content-type": content_type} if content_type else {}

    answer = await bare.post("/graphql", content=b'{"query": "{ requestId }"}', headers=headers)

    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_of_more_than_100_kb_is_refused(bare):
    answer = await ask(bare, {"query": "{ requestId }" + " " * 100_000})

    assert (answer.status_code, code_of(answer)) == (413, "BODY_TOO_LARGE")


async def test_a_streamed_body_cannot_pass_the_limit_by_hiding_its_length(bare):
    async def pieces():
        for _ in range(20):
            yield b" " * 10_000

    answer = await bare.post("/graphql", content=pieces(), headers={"content-type": JSON})

    assert (answer.status_code, code_of(answer)) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused_with_those_allowed(bare, method):
    answer = await bare.request(method, "/graphql")

    assert (answer.status_code, code_of(answer)) == (405, "METHOD_NOT_ALLOWED")
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


async def test_a_mutation_in_the_address_changes_nothing(bare):
    answer = await bare.get("/graphql", params={"query": "mutation { __typename }"})

    assert (answer.status_code, code_of(answer)) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "POST"


async def test_the_operation_is_chosen_by_name(bare):
    query = "query A { requestId } query B { __typename }"

    chosen = await ask(bare, {"query": query, "operationName": "B"})
    unknown = await ask(bare, {"query": query, "operationName": "C"})

    assert chosen.json() == {"data": {"__typename": "Query"}}
    assert code_of(unknown) == "GRAPHQL_INVALID"


async def test_there_is_no_websocket(bare):
    answer = await bare.get("/graphql", headers={"upgrade": "websocket", "connection": "upgrade"})

    assert answer.status_code == 400


class TestDevelopment:
    async def test_a_browser_gets_a_page_that_loads_nothing_from_elsewhere(self, bare):
        answer = await bare.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})

        assert answer.headers["content-type"].startswith("text/html")
        assert "connect-src 'self'" in answer.headers["content-security-policy"]
        assert "//" not in answer.text.split("<style>")[1]

    async def test_the_schema_may_be_asked_for(self, bare):
        answer = await ask(bare, {"query": "{ __schema { queryType { name } } }"})

        assert answer.json()["data"] == {"__schema": {"queryType": {"name": "Query"}}}


class TestProduction:
    @pytest.fixture
    def bare_settings(self, bare_settings):
        return replace(
            bare_settings,
            mode="production",
            verifier="none",
            clock="system",
            public_url="https://banshi.example",
        )

    async def test_the_schema_is_not_told(self, bare):
        answer = await ask(bare, {"query": "{ __schema { queryType { name } } }"})

        assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_INVALID"

    @pytest.mark.parametrize(
        "query", ["{ requestI }", '{ __type(name: "Quer") { name } }', "{ requestId(first: 1) }"]
    )
    async def test_names_are_not_suggested(self, bare, query):
        answer = await ask(bare, {"query": query})

        assert answer.json()["errors"]
        assert "Did you mean" not in answer.text

    async def test_a_browser_gets_no_page(self, bare):
        answer = await bare.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})

        assert code_of(answer) == "BAD_REQUEST"

    async def test_browsers_are_told_to_stay_on_https(self, bare):
        answer = await bare.get("/healthz")

        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
