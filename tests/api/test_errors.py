"""One error shape: refusals are answered, bugs are hidden and logged, both with the request's id."""

import pytest
import strawberry
import structlog
from graphql import GraphQLError
from litestar import get
from litestar.exceptions import HTTPException, NotAuthorizedException

from api.graphql import schema as schemas
from api.graphql.loaders import Loader
from api.http.errors import HANDLERS, Bug, on_bug, on_http
from banshi.errors import NotFound, RateLimited, Unavailable
from storage.ids import new_id
from tests.api import conftest


@strawberry.type
class Query:
    @strawberry.field
    def works(self) -> str:
        return "yes"

    @strawberry.field
    def refused(self) -> str | None:
        raise NotFound(what="case", id="7")

    @strawberry.field
    def broken(self) -> str | None:
        raise ZeroDivisionError("secret of 330106199003070001")


@pytest.fixture
def small():
    return schemas.Schema(query=Query, extensions=[schemas.HideBugs, schemas.Ready])


async def test_a_refusal_is_answered_with_code_and_data_and_not_logged(small, ask_in):
    with structlog.testing.capture_logs() as lines:
        answer = await ask_in(small, "{ works refused }")

    (error,) = answer["errors"]
    assert answer["data"] == {"works": "yes", "refused": None}
    assert error["message"] == "There is no case 7 that you may see."
    assert error["path"] == ["refused"]
    assert error["extensions"]["code"] == "NOT_FOUND"
    assert error["extensions"]["data"] == {"what": "case", "id": "7"}
    assert lines == []


async def test_a_bug_is_hidden_from_the_client_and_logged_once(small, ask_in):
    with structlog.testing.capture_logs() as lines:
        answer = await ask_in(small, "{ works broken }")

    (error,) = answer["errors"]
    assert error["message"] == "Something went wrong on our side."
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["requestId"]
    assert "secret" not in str(answer)
    assert [(line["event"], line["path"]) for line in lines] == [("graphql.bug", ["broken"])]


async def test_many_bugs_at_once_are_told_without_their_tracebacks(small, monkeypatch):
    monkeypatch.setattr(schemas.time, "monotonic", lambda: 7.0)
    bug = GraphQLError("", original_error=ZeroDivisionError("secret"))

    with structlog.testing.capture_logs() as lines:
        small.process_errors([bug] * 12)

    assert ["exc_info" in line for line in lines] == [True] * 10 + [False] * 2
    assert lines[-1]["error"] == "ZeroDivisionError"


async def test_a_path_that_is_not_served_is_refused_in_the_same_shape(bare):
    answer = await bare.get("/no/such/path")

    (error,) = answer.json()["errors"]
    assert answer.status_code == 404
    assert error["extensions"] == {
        "code": "PATH_UNKNOWN", "data": {}, "requestId": answer.headers["x-request-id"]
    }  # fmt: skip


@get("/boom")
async def boom() -> None:
    raise ZeroDivisionError("secret")


@get("/slow")
async def slow() -> None:
    raise RateLimited(retry_after_s=7)


@get("/lost")
async def lost() -> None:
    raise Unavailable(system="object store")


@get("/strange")
async def strange() -> None:
    raise HTTPException(status_code=599)


@get("/closed")
async def closed() -> None:
    raise NotAuthorizedException()


@pytest.fixture
def routes(monkeypatch):
    """Some routes that fail, in the server under test."""
    monkeypatch.setattr("api.app.ROUTES", [boom, slow, lost, strange, closed])
    conftest._routed.cache_clear()
    yield
    conftest._routed.cache_clear()


@pytest.mark.parametrize(
    ("path", "status", "code", "header"),
    [
        ("/boom", 500, "INTERNAL", None),
        ("/strange", 500, "INTERNAL", None),
        ("/slow", 429, "RATE_LIMITED", ("retry-after", "7")),
        ("/lost", 503, "UNAVAILABLE", None),
        ("/closed", 401, "NOT_SIGNED_IN", ("www-authenticate", 'Bearer realm="banshi"')),
    ],
)
async def test_routes_refuse_and_fail_in_the_same_shape(routes, bare, path, status, code, header):
    answer = await bare.get(path)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, code)
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text
    if header:
        assert answer.headers[header[0]] == header[1]


async def test_a_token_that_has_ended_is_401_before_anything_runs(client):
    headers = {"authorization": "Bearer nonsense"}

    answer = await client.post("/graphql", json={"query": "{ requestId }"}, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_SIGNED_IN"
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_another_kind_of_authorization_is_no_token(bare):
    answer = await bare.post(
        "/graphql", json={"query": "{ requestId }"}, headers={"authorization": "Basic eA=="}
    )

    assert answer.status_code == 401


def test_each_kind_of_error_has_its_handler():
    assert HANDLERS[HTTPException] is on_http
    assert HANDLERS[Exception] is on_bug
    assert Bug.status == 500


class TestLoaders:
    @pytest.fixture
    def asked(self):
        return []

    @pytest.fixture
    def tree(self, asked):
        ids = [new_id() for _ in range(3)]

        async def by_ids(actor, keys):
            asked.append(sorted(keys))
            return {key: f"row {key}" for key in keys if key != ids[2]}

        loader = Loader(by_ids)

        @strawberry.type
        class Root:
            @strawberry.field
            async def row(self, info: strawberry.Info, number: int) -> str:
                return await loader.must(info, ids[number])

        return schemas.Schema(query=Root, extensions=[schemas.HideBugs, schemas.Ready]), ids

    async def test_links_of_one_answer_are_fetched_by_one_read(self, tree, asked, ask_in):
        schema, ids = tree

        answer = await ask_in(schema, "{ a: row(number: 0) b: row(number: 1) c: row(number: 0) }")

        assert answer["data"]["a"] == f"row {ids[0]}"
        assert asked == [sorted(ids[:2])]

    async def test_what_was_loaded_does_not_outlive_its_operation(self, tree, asked, ask_in):
        schema, _ = tree

        await ask_in(schema, "{ row(number: 0) }")
        await ask_in(schema, "{ row(number: 0) }")

        assert len(asked) == 2

    async def test_a_link_to_what_one_may_not_see_is_not_found(self, tree, ask_in):
        schema, _ = tree

        answer = await ask_in(schema, "{ row(number: 2) }")

        assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
