"""Documents of the schema: drawn by hypothesis-graphql, then given arguments of the world and fine clothes.

`drawn` gives plain texts.  `Author` writes them again: with values that rows have, and, `adorned`, with
fragments, aliases, twins, directives, variables and defaults.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_required_argument,
    parse,
)
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from tests.api.parity.arguments import Arguments, literal

SCALARS = {"UUID": "01a200db-4db5-7f67-a7b8-52a56874f4d2", "Date": "2026-11-20", "JSON": "1"}
SCALARS["DateTime"] = "2026-11-20T12:00:00+08:00"
FLAGS = ("b1", "b2", "b3")


def drawn(schema: GraphQLSchema, *, each: int, seed_: int) -> list[str]:
    """Return different valid queries, at most `each` for every root field, the same for the same seed."""
    assert schema.query_type is not None
    found: dict[str, None] = {}
    for root in schema.query_type.fields:
        found |= dict.fromkeys(_drawn(schema, root, each, seed_))
    return list(found)


def _drawn(schema: GraphQLSchema, root: str, each: int, seed_: int) -> list[str]:
    texts: list[str] = []
    scalars = {name: st.just(value).map(nodes.String) for name, value in SCALARS.items()}

    @seed(seed_)
    @settings(
        max_examples=each, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(queries(schema, fields=[root], custom_scalars=scalars, allow_x00=False))
    def collect(text: Any) -> None:
        texts.append(text)

    collect()
    return texts


@dataclass
class Variable:
    """One variable of a document: which argument it is for, and whether it may be left out."""

    kind: Any  # of the argument
    declared: str
    field: str
    argument: str
    default: str | None


@dataclass
class Document:
    """A text, its variables, and whose rows it names."""

    text: str
    variables: dict[str, Variable]
    owners: list[UUID] = field(default_factory=list)

    def draw(self, arguments: Arguments) -> dict[str, Any]:
        """Return variables for one request: most fit, some are missing, null or of another type."""
        dice, found = arguments.dice, {}
        for name, each in self.variables.items():
            luck = dice.random()
            if luck < 0.02:
                found[name] = arguments.wrong()
            elif luck < (0.5 if each.default else 0.98):
                found[name] = arguments.draw(each.field, each.argument, each.kind)
        return found


class Author:
    """Writes documents over a world."""

    def __init__(self, schema: GraphQLSchema, arguments: Arguments) -> None:
        self.schema = schema
        self.arguments = arguments
        self.dice = arguments.dice

    def write(self, texts: list[str], *, adorned: bool) -> Document:
        """Return one document of the root fields of all `texts`."""
        self.arguments.owners.clear()
        return _Writing(self.schema, self.arguments, adorned=adorned).of(texts)


class _Writing:
    def __init__(self, schema: GraphQLSchema, arguments: Arguments, *, adorned: bool) -> None:
        self.arguments = arguments
        self.dice: Random = arguments.dice
        self.root = schema.query_type
        self.adorned = adorned
        self.variables: dict[str, Variable] = {}
        self.fragments: list[str] = []
        self.flags: dict[str, None] = {}
        self.roots = 0

    def of(self, texts: list[str]) -> Document:
        assert self.root is not None
        fields: list[FieldNode] = []
        for text in texts:
            [node] = parse(text).definitions
            assert isinstance(node, OperationDefinitionNode)
            fields += [each for each in node.selection_set.selections if isinstance(each, FieldNode)]
        body = self._dressed(self.root, [self._field(self.root, each) for each in fields])
        declared = [
            f"${name}: {each.declared}" + (f" = {each.default}" if each.default else "")
            for name, each in self.variables.items()
        ]
        declared += [f"${name}: Boolean!" + (" = true" if name == "b2" else "") for name in self.flags]
        for name in self.flags:
            kind = self.root.fields["notices"].args["unreadOnly"].type
            self.variables[name] = Variable(kind, "", "", name, "true" if name == "b2" else None)
        head = f"query Q({', '.join(declared)}) " if declared else ""
        text = "\n".join([head + body, *self.fragments])
        return Document(text, self.variables, list(self.arguments.owners))

    def _field(self, parent: GraphQLObjectType, node: FieldNode) -> str:
        name = node.name.value
        if name == "__typename":
            return name
        definition = parent.fields[name]
        kind = get_named_type(definition.type)
        text = name + self._arguments(name, definition.args)
        if parent is self.root:
            self.roots += 1
            text = f"r{self.roots}: {text}" if self.roots > 1 or self.dice.random() < 0.2 else text
        elif node.alias or (self.adorned and self.dice.random() < 0.05):
            text = f"z_{name}: {text}"  # one alias per field: twins with the same key stay alike
        text += self._directive(0.04)
        if node.selection_set is None:
            return text
        assert isinstance(kind, GraphQLObjectType)
        inner = [
            self._field(kind, each) for each in node.selection_set.selections if isinstance(each, FieldNode)
        ]
        return f"{text} {self._dressed(kind, inner)}"

    def _dressed(self, kind: GraphQLObjectType, fields: list[str]) -> str:
        """Return a selection set of `fields`, some of them moved into fragments and some said twice."""
        dice, entries = self.dice, list(fields)
        if self.adorned:
            if dice.random() < 0.3:
                entries.insert(dice.randrange(len(entries) + 1), dice.choice(("__typename", "t: __typename")))
            if dice.random() < 0.2:
                entries.insert(dice.randrange(len(entries) + 1), dice.choice(fields))
            if dice.random() < 0.35:
                entries = self._wrapped(kind, entries)
        return "{ " + " ".join(entries) + " }"

    def _wrapped(self, kind: GraphQLObjectType, entries: list[str]) -> list[str]:
        dice = self.dice
        start = dice.randrange(len(entries))
        end = dice.randrange(start + 1, len(entries) + 1)
        inside = self._dressed(kind, entries[start:end])
        luck = dice.random()
        if luck < 0.4:
            spread = f"...F{len(self.fragments)}"
            self.fragments.append(f"fragment {spread[3:]} on {kind.name} {inside}")
            again = [spread] if dice.random() < 0.3 else []
            return [*entries[:start], spread + self._directive(0.3), *again, *entries[end:]]
        condition = f" on {kind.name}" if luck < 0.7 else ""
        return [*entries[:start], f"...{condition}{self._directive(0.3)} {inside}", *entries[end:]]

    def _directive(self, chance: float) -> str:
        dice = self.dice
        if not self.adorned or dice.random() > chance:
            return ""
        condition = dice.choice(("true", "false", *(f"${name}" for name in FLAGS)))
        if condition.startswith("$"):
            self.flags[condition[1:]] = None
        return f" @{dice.choice(('include', 'skip'))}(if: {condition})"

    def _arguments(self, field_: str, known: Any) -> str:
        dice, given = self.dice, []
        for name, each in known.items():
            if not is_required_argument(each) and dice.random() < 0.4:
                continue
            if self.adorned and dice.random() < 0.5:
                given.append(f"{name}: ${self._variable(field_, name, each)}")
            else:
                given.append(f"{name}: {literal(self.arguments.draw(field_, name, each.type), each.type)}")
        return f"({', '.join(given)})" if given else ""

    def _variable(self, field_: str, argument: str, each: Any) -> str:
        dice, name = self.dice, f"v{len(self.variables)}"
        default, declared = None, str(each.type)
        if dice.random() < 0.4:
            default = literal(self.arguments.draw(field_, argument, each.type), each.type)
        elif not is_required_argument(each) and dice.random() < 0.4:
            declared = declared.removesuffix("!")  # allowed, for the argument has a default
        self.variables[name] = Variable(each.type, declared, field_, argument, default)
        return name
