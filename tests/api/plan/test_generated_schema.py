"""The generated executor covers all that this server offers, and refuses as graphql-core does."""

from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_named_type,
    is_required_argument,
    parse,
    validate,
)

from api.context import Context
from api.graphql.plan.generated import Generated
from api.graphql.schema import build
from identity.actor import ANONYMOUS
from tests.api.plan.generated_comparing import by_core, by_generated
from tests.test_shape import ROOT

DEPTH = 4
SCHEMA = build()
DOCUMENTS = sorted((ROOT / "api" / "graphql" / "documents").glob("*.graphql"))
ROOTS = [
    (operation, name)
    for operation, kind in (("query", SCHEMA.core.query_type), ("mutation", SCHEMA.core.mutation_type))
    for name in (kind.fields if kind else ())
]


class Asking:
    """Asks for everything under one root field, down to a depth; required arguments become variables."""

    def __init__(self) -> None:
        self.variables: list[str] = []

    def field(self, name: str, field: GraphQLField, depth: int) -> str:
        required = {each: found for each, found in field.args.items() if is_required_argument(found)}
        given = [self._given(each, found) for each, found in required.items()]
        kind = get_named_type(field.type)
        text = f"{name}({', '.join(given)})" if given else name
        return f"{text} {{ {self._inner(kind, depth - 1)} }}" if isinstance(kind, GraphQLObjectType) else text

    def _inner(self, kind: GraphQLObjectType, depth: int) -> str:
        found = [
            self.field(name, field, depth)
            for name, field in kind.fields.items()
            if depth or not isinstance(get_named_type(field.type), GraphQLObjectType)
        ]
        return " ".join(["__typename", *found])

    def _given(self, name: str, argument: GraphQLArgument) -> str:
        variable = f"v{len(self.variables)}"
        self.variables.append(f"${variable}: {argument.type}")
        return f"{name}: ${variable}"


def document_of(operation: str, name: str) -> str:
    root: Any = SCHEMA.core.mutation_type if operation == "mutation" else SCHEMA.core.query_type
    asking = Asking()
    body = asking.field(name, root.fields[name], DEPTH)
    variables = f"({', '.join(asking.variables)})" if asking.variables else ""
    return f"{operation} {variables} {{ {body} }}"


@pytest.mark.parametrize(("operation", "name"), ROOTS)
async def test_every_field_is_covered_and_refuses_strangers_alike(operation, name):
    text = document_of(operation, name)
    document = parse(text)
    assert not validate(SCHEMA.core, document)
    root: Any = SCHEMA.core.mutation_type if operation == "mutation" else SCHEMA.core.query_type
    node = document.definitions[0]
    assert isinstance(node, OperationDefinitionNode)

    Generated.compile(SCHEMA, document, node)

    locked = bool(root.fields[name].extensions["strawberry-definition"].extensions)
    if locked and "$" not in text:
        expected = await by_core(text, {}, stranger(), of=SCHEMA)
        assert await by_generated(text, {}, stranger(), of=SCHEMA) == expected


def stranger() -> Context:
    return Context(actor=ANONYMOUS, now=datetime(2026, 11, 20, tzinfo=UTC), request_id="r", address="::1")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_trusted_document_is_covered(path):
    document = parse(path.read_text())

    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            Generated.compile(SCHEMA, document, node)
