"""The generated executor leaves nothing behind: what it started ends before it does."""

import asyncio

import pytest
import strawberry

from tests.api.plan.generated_comparing import compiled


def schema_of(query: type) -> strawberry.Schema:
    return strawberry.Schema(query=query)


class Hanging:
    """Resolvers that wait for ever, and note how they ended."""

    def __init__(self) -> None:
        self.began = 0
        self.ended = 0

    async def wait(self) -> str:
        self.began += 1
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.001)  # as one that gives its connection back
            self.ended += 1
        return "never"


@strawberry.type
class Slow:
    @strawberry.field
    async def hang(self, info: strawberry.Info) -> str:
        return await info.context.wait()


@strawberry.type
class SlowQuery:
    @strawberry.field
    async def rows(self) -> list[Slow]:
        return [Slow(), Slow(), Slow()]

    @strawberry.field
    async def hang(self, info: strawberry.Info) -> str | None:
        return await info.context.wait()

    @strawberry.field
    async def fail(self) -> str:
        await asyncio.sleep(0.01)
        raise ValueError("gone")


@pytest.mark.parametrize(
    ("document", "began"),
    [("{ rows { hang } }", 3), ("{ hang }", 1), ("{ rows { hang } a: hang b: hang }", 5)],
)
async def test_a_cancelled_request_leaves_nothing_behind(document, began):
    hanging = Hanging()
    before = asyncio.all_tasks()
    running = asyncio.ensure_future(compiled(document, of=schema_of(SlowQuery)).run({}, hanging))
    await asyncio.sleep(0.02)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert (hanging.began, hanging.ended) == (began, began)
    assert asyncio.all_tasks() == before


async def test_what_cannot_be_answered_any_more_is_not_waited_for():
    hanging = Hanging()
    before = asyncio.all_tasks()

    data, errors = await compiled("{ a: hang rows { hang } fail }", of=schema_of(SlowQuery)).run({}, hanging)

    assert data is None
    assert [error.path for error in errors] == [["fail"]]
    assert (hanging.began, hanging.ended) == (4, 4)
    assert asyncio.all_tasks() == before


async def test_what_fails_at_once_stops_the_others_before_they_begin():
    @strawberry.type
    class Query:
        @strawberry.field
        async def slow(self, info: strawberry.Info) -> str:
            return await info.context.wait()

        @strawberry.field
        def fail(self) -> str:
            raise ValueError("gone")

    hanging = Hanging()

    data, errors = await compiled("{ a: slow b: slow fail }", of=schema_of(Query)).run({}, hanging)

    assert (data, hanging.began) == (None, 0)
    assert len(errors) == 1


async def test_a_resolver_that_is_cancelled_ends_the_request():
    @strawberry.type
    class Query:
        @strawberry.field
        async def one(self) -> str:
            raise asyncio.CancelledError

        @strawberry.field
        async def two(self) -> str:
            return "two"

    for document in ("{ one }", "{ one two }"):
        with pytest.raises(asyncio.CancelledError):
            await compiled(document, of=schema_of(Query)).run({}, None)
