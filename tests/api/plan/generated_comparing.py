"""Both executors, asked the same: their answers as bytes, their errors by path."""

from collections.abc import Callable
from typing import Any

import msgspec
import strawberry
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, execute, parse, validate
from strawberry.execution import optimized_is_awaitable

from api.graphql.plan.generated import Generated
from tests.api.plan.generated_world import World, schema

Outcome = tuple[bytes, list[tuple[Any, ...]]]


def seen(data: Any, errors: list[GraphQLError] | None) -> Outcome:
    """Return what can be compared: the answer's bytes, and its errors by path."""
    told = [
        (error.path, error.message, error.locations, error.extensions, repr(error.original_error))
        for error in errors or []
    ]
    return msgspec.json.encode(data), sorted(told, key=repr)


def compiled(document: str, *, of: strawberry.Schema = schema) -> Generated:
    parsed = parse(document)
    assert not validate(of._schema, parsed)
    return ready(parsed, of=of)


def ready(parsed: DocumentNode, *, of: strawberry.Schema = schema) -> Generated:
    operation = next(each for each in parsed.definitions if isinstance(each, OperationDefinitionNode))
    return Generated.compile(of, parsed, operation)


async def by_core(document: str, variables: dict[str, Any], context: Any, *, of: Any = schema) -> Outcome:
    found = execute(
        of._schema,
        parse(document),
        context_value=context,
        variable_values=variables,
        is_awaitable=optimized_is_awaitable,
        executor_class=of.execution_context_class,
    )
    result = await found if optimized_is_awaitable(found) else found
    return seen(result.data, result.errors)


async def by_generated(
    document: str, variables: dict[str, Any], context: Any, *, of: Any = schema
) -> Outcome:
    return seen(*await compiled(document, of=of).run(variables, context))


async def both(
    document: str, make: Callable[[], World] = World, variables: dict[str, Any] | None = None
) -> Outcome:
    """Return the answer of both executors, which is the same."""
    return await alike(compiled(document), document, make, variables)


async def alike(
    executor: Generated, document: str, make: Callable[[], World], variables: dict[str, Any] | None = None
) -> Outcome:
    """Return the answer of `executor`, which is that of graphql-core."""
    expected = await by_core(document, variables or {}, make())
    found = seen(*await executor.run(variables or {}, make()))
    assert found == expected
    return found
