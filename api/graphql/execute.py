"""One operation from text to answer, whoever carries it.

text -> operations.choose -> cost.check -> paths: plan, generated or ordinary -> errors.shape
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog
from graphql import GraphQLError

from api.context import Context
from api.graphql import cost, limits
from api.graphql.errors import OperationInvalid, VariablesInvalid, shape
from api.graphql.operations import Operation, Refused, choose
from api.graphql.paths import Paths
from api.graphql.plan.runtime.compression import plain
from api.graphql.schema import Schema
from banshi.errors import DomainError


@dataclass(frozen=True)
class Ask:
    """What a client asks: the members of a GraphQL-over-HTTP request."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None


@dataclass(frozen=True)
class Answer:
    """What goes back; `began` is false when no field ran, `label` names the operation in figures.

    A plan gives `raw`, the body as it goes on the wire; every other way gives `body`.
    """

    body: dict[str, Any]
    began: bool = False
    label: str = "none"
    raw: bytes | None = None

    @property
    def codes(self) -> list[str]:
        """The codes of the errors, in order."""
        return [error["extensions"]["code"] for error in self.body.get("errors", ())]

    @property
    def wire(self) -> bytes:
        """The body as JSON text."""
        return encode(self.body) if self.raw is None else self.raw


encode = msgspec.json.Encoder().encode


def choose_operation(schema: Schema, ask: Ask, *, is_open: bool) -> Operation:
    """Return the operation to run; `is_open` allows introspection and suggestions, in development.

    Raises:
        Refused: the text cannot run.
    """
    return choose(schema.core, ask.query, ask.operation_name, is_open=is_open)


def refused(errors: Iterable[GraphQLError], *, request_id: str) -> Answer:
    """Return the answer to a text that cannot run."""
    return Answer(body={"errors": _shaped(errors, request_id=request_id, otherwise=OperationInvalid)})


async def run(paths: Paths, operation: Operation, ask: Ask, context: Context) -> Answer:
    """Run `operation` with the variables of `ask` on the fastest way open to it."""
    structlog.contextvars.bind_contextvars(operation=operation.label)
    over = check(operation, ask.variables)
    if over is not None:
        return refused([over], request_id=context.request_id)
    ways = paths.known(operation)
    parts = await paths.by_plan(ways, ask.variables, context)
    if parts is not None:
        return Answer(body={}, began=True, label=operation.label, raw=plain(parts))
    context.operation = operation
    data, found = await paths.by_resolvers(ways, operation, ask.variables, context)
    errors = _shaped(found, request_id=context.request_id, otherwise=VariablesInvalid)
    began = data is not None or any("path" in error for error in errors)
    body: dict[str, Any] = {"data": data} if began else {}
    return Answer(body={**body, "errors": errors} if errors else body, began=began, label=operation.label)


def check(operation: Operation, variables: Mapping[str, Any]) -> GraphQLError | None:
    """Return the refusal of variables that no row can hold, or that make the answer too large."""
    return _check_values(variables) or cost.check(operation.cost, variables)


def _check_values(variables: Mapping[str, Any]) -> GraphQLError | None:
    """Return the refusal of too many values, or of the character NUL in one, which no row can hold."""
    left: list[Any] = list(variables.values())
    seen = 0
    while left:
        value = left.pop()
        seen += 1
        if seen > limits.VALUES:
            return limits.too_large("values", f"over {limits.VALUES}", limits.VALUES)
        kind = type(value)  # as JSON has them: exactly these
        if kind is str:
            if "\0" in value:
                return GraphQLError("Leave out the character NUL.", extensions=VariablesInvalid().extensions)
        elif kind is dict:
            left.extend(value.values())
        elif kind is list:
            left.extend(value)
    return None


def _shaped(
    errors: Iterable[GraphQLError], *, request_id: str, otherwise: type[DomainError]
) -> list[dict[str, Any]]:
    return [shape(error, request_id=request_id, otherwise=otherwise) for error in errors]


__all__ = ["Answer", "Ask", "Refused", "choose_operation", "refused", "run"]
