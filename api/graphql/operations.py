"""From text to a document that may run: parsed, measured, validated and priced once per text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import NoSchemaIntrospectionCustomRule
from graphql.validation.specified_rules import recommended_rules

from api.graphql import cost, limits
from api.graphql.errors import OperationInvalid, SyntaxRefused, refusal

REMEMBERED = 256  # texts; at most 1,000 tokens each
ERRORS = 5  # reported per document

RULES = (*specified_rules, *recommended_rules)
CLOSED_RULES = (*RULES, NoSchemaIntrospectionCustomRule)

NUL = re.compile(r"\x00|\\u(?:0000|\{0+\})")  # no row can hold the character, written out or escaped


@dataclass(frozen=True)
class Operation:
    """One operation of a document, ready to run."""

    text: str
    document: DocumentNode
    name: str | None
    is_mutation: bool
    label: str  # its kind and root field, from a set as small as the schema: for figures and logs
    cost: cost.Cost
    sha256: str | None = None  # of the text, of a trusted document alone (api.graphql.trusted)


class Refused(Exception):
    """The text cannot run; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("refused")
        self.errors = errors


def choose(schema: GraphQLSchema, text: str, name: str | None, *, is_open: bool) -> Operation:
    """Return the operation `name` of `text`, or its only one.

    `is_open` allows introspection and lets errors suggest names: for development.

    Raises:
        Refused: the text is malformed, too large or invalid, or does not say which operation to run.
    """
    found = _remembered(schema, text, is_open)
    if isinstance(found, list):
        raise Refused(found)
    if name is None and len(found) == 1:
        return next(iter(found.values()))
    if name not in found:
        names = ", ".join(str(each) for each in found)
        raise Refused([invalid(f"Say which operation to run in `operationName`: {names}.")])
    return found[name]


Prepared = Mapping[str | None, Operation] | list[GraphQLError]


@lru_cache(maxsize=REMEMBERED)
def _remembered(schema: GraphQLSchema, text: str, is_open: bool) -> Prepared:
    return prepare(schema, text, is_open=is_open)


def forget() -> None:
    """Drop the texts that are remembered, as a restart would."""
    _remembered.cache_clear()


def prepare(schema: GraphQLSchema, text: str, *, is_open: bool) -> Prepared:
    """Return the operations of `text` by name, or why it cannot run; nothing is remembered."""
    if len(text) > limits.CHARACTERS:
        return [limits.too_large("characters", len(text), limits.CHARACTERS)]
    if NUL.search(text):
        return [invalid("Leave out the character NUL.")]
    try:
        document = parse(text, max_tokens=limits.TOKENS)
    except GraphQLError as error:
        return [_unread(error)]
    errors = limits.check(document)[:ERRORS] or _validate(schema, document, is_open=is_open)
    return errors or {
        node.name.value if node.name else None: _operation(schema, text, document, node)
        for node in _operations(document)
    }


def _unread(error: GraphQLError) -> GraphQLError:
    """Return the refusal of a text that the parser gave up."""
    if f"more than {limits.TOKENS} tokens" in error.message:
        return limits.too_large("tokens", f"over {limits.TOKENS}", limits.TOKENS)
    return GraphQLError(
        error.message, source=error.source, positions=error.positions, extensions=SyntaxRefused().extensions
    )


def invalid(message: str) -> GraphQLError:
    """Return the refusal of an operation in words of our own."""
    return GraphQLError(message, extensions=OperationInvalid().extensions)


def _validate(schema: GraphQLSchema, document: DocumentNode, *, is_open: bool) -> list[GraphQLError]:
    rules = RULES if is_open else CLOSED_RULES
    errors = validate(schema, document, rules, max_errors=ERRORS, hide_suggestions=not is_open)
    if not errors and not _operations(document):
        return [refusal(OperationInvalid())]
    return errors


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def _operation(
    schema: GraphQLSchema, text: str, document: DocumentNode, node: OperationDefinitionNode
) -> Operation:
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    return Operation(
        text=text,
        document=document,
        name=node.name.value if node.name else None,
        is_mutation=node.operation is OperationType.MUTATION,
        label=_label(node),
        cost=cost.compile_cost(schema, node, fragments),
    )


def _label(node: OperationDefinitionNode) -> str:
    """Return e.g. `query cases`; `query several` when there is more than one root field."""
    fields = {each.name.value for each in node.selection_set.selections if isinstance(each, FieldNode)}
    return f"{node.operation.value} {next(iter(fields)) if len(fields) == 1 else 'several'}"
