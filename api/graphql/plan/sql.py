"""From chosen fields to SQL that builds the JSON text of objects, by concatenation.

    {"id":"…","clocks":[…]}  =  '{"id":"'||t.id||'","clocks":['||(SELECT string_agg(…) FROM …)||']}'

Every query inside replaces a NULL object by `BROKEN`, a control character that JSON text cannot hold;
`HOLE`…`END` enclose what Python is still to make, see `sources.Step`.
"""

import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from graphql import GraphQLNonNull, GraphQLObjectType
from strawberry.types.field import StrawberryField

from api.graphql.plan.leaves import Text, concatenated, leaf, quoted, raw
from api.graphql.plan.select import TYPENAME, Chosen, NotCovered
from api.graphql.plan.sources import Link, Rows, Source, Step, class_of, rows_of, source_of

HOLE, END, BROKEN = "\x01", "\x02", "\x03"
OF_ROW = re.compile(r"\{t\}\.(\w+)")
OR_BROKEN = "coalesce({},E'\\x03')"


def _source(definition: StrawberryField) -> Source | None:
    """Return where a field comes from; one with extensions is Python's, they may do anything."""
    return None if definition.extensions else source_of(definition)


class Viewer:
    """`{v.name}` in templates; notes which names are used."""

    def __init__(self, parameter: Callable[[str], str]) -> None:
        self._parameter = parameter

    def __getattr__(self, name: str) -> str:
        return self._parameter(name)


class Object:
    """SQL of one object of a mapped type, and the joins its fields turned out to need."""

    def __init__(self, compiler: "Compiler", rows: Rows, alias: str) -> None:
        self.compiler = compiler
        self.rows = rows
        self.alias = alias
        self.columns: dict[str, None] = {}  # of the row, as far as they are used
        self.made: dict[str, str] = {}  # join name -> alias
        self.joins: list[str] = []

    def fill(self, template: str, **names: str) -> str:
        """Return `template` with this row's aliases in it."""
        self.columns.update(dict.fromkeys(OF_ROW.findall(template)))
        return template.format_map(_Names(self, names))

    def text(self, chosen: tuple[Chosen, ...]) -> str:
        """Return SQL of the object's JSON text; NULL when a value is missing that may not be."""
        return concatenated(self.parts(chosen))

    def parts(self, chosen: tuple[Chosen, ...]) -> Text:
        """Return the same, to stand between other parts."""
        parts: Text = [raw("{")]
        for position, each in enumerate(chosen):
            parts.append(raw(("," if position else "") + f'"{each.key}":'))
            parts.extend(self._field(each))
        parts.append(raw("}"))
        return parts

    def _field(self, each: Chosen) -> Text:
        if each.name == TYPENAME:
            return [raw(f'"{each.parent.name}"')]
        definition = each.field.extensions.get("strawberry-definition")
        source = _source(definition) if isinstance(definition, StrawberryField) else None
        if source is None or any(node.arguments for node in each.nodes):
            raise NotCovered(f"{each.parent.name}.{each.name} is answered by Python")
        if isinstance(source, Link):
            return self._linked(each, source)
        if each.inner is not None:
            raise NotCovered(f"{each.parent.name}.{each.name} holds objects that no row is named for")
        if isinstance(source, Step):
            return [self.compiler.hole(self.fill(source.sql), source, each)]
        return leaf(self.fill(source.sql), each.field.type)

    def _linked(self, each: Chosen, link: Link) -> Text:
        assert each.inner is not None
        kind = each.field.type
        required = isinstance(kind, GraphQLNonNull)
        inner = self.compiler.object_of(each, link.table)
        text = inner.text(each.inner)
        on = self.fill(link.on, r=inner.alias)
        missing = quoted("null") if not required else "E'\\x03'"
        if link.key is not None:
            joined = f"({inner.table()}{inner.joined()})" if inner.joins else inner.table()
            self.joins.append(f"LEFT JOIN {joined} ON {on}")
            return [f"(CASE WHEN {inner.alias}.{link.key} IS NULL THEN {missing} ELSE {text} END)"]
        text = OR_BROKEN.format(text)
        table = self.fill(link.table, r=inner.alias) if link.table else inner.table()
        source = f"{table}{inner.joined()} WHERE {on}"
        if link.order is None:
            return [f"coalesce((SELECT {text} FROM {source} LIMIT 1),{missing})"]
        order = self.fill(link.order, r=inner.alias)
        found = f"(SELECT string_agg({text},',' ORDER BY {order}) FROM {source})"
        return [raw("["), f"coalesce({found},'')", raw("]")]

    def table(self) -> str:
        """Return the FROM item of this row."""
        return f"{self.rows.table} {self.alias}"

    def joined(self) -> str:
        """Return the joins that were needed, to follow the FROM item; call it last."""
        return "".join(f" {join}" for join in self.joins)

    def join(self, name: str) -> str:
        """Return the alias of the join `name`, making it at its first use."""
        if name not in self.made:
            if name not in self.rows.joins:
                raise NotCovered(f"{self.rows.table} has no join {name}")
            self.made[name] = self.compiler.alias()
            self.joins.append(self.fill(self.rows.joins[name]))
        return self.made[name]


class _Names(dict[str, Any]):
    """What the braces of a template stand for."""

    def __init__(self, owner: Object, names: Mapping[str, str]) -> None:
        super().__init__(names, t=owner.alias, v=owner.compiler.viewer)
        self.owner = owner

    def __missing__(self, name: str) -> str:
        return self.owner.join(name)


class Compiler:
    """What the objects of one statement share: aliases, viewer columns and holes."""

    def __init__(self, parameter: Callable[[str], str]) -> None:
        self.viewer = Viewer(parameter)
        self.holes: list[Step] = []  # who fills the places marked with their position
        self._aliases = count(1)

    def alias(self) -> str:
        """Return a name no other row of the statement has."""
        return f"t{next(self._aliases)}"

    def object_of(self, each: Chosen, table: str | None = None) -> Object:
        """Return the object that `each` chooses.

        Raises:
            NotCovered: its type is not mapped to rows.
        """
        return self.object(_named(each.field.type), table)

    def object(self, kind: GraphQLObjectType, table: str | None = None) -> Object:
        """Return an object of the type `kind`; `table` stands in for one that is part of another's row."""
        cls = class_of(kind)
        rows = rows_of(cls) if cls else None
        if rows is None and table is None:
            raise NotCovered(f"{kind.name} is made by Python")
        return Object(self, rows or Rows(table or ""), self.alias())

    def hole(self, sql: str, step: Step, each: Chosen) -> str:
        """Return SQL of a place that `step` fills; null stands for itself where it may."""
        required = isinstance(each.field.type, GraphQLNonNull)
        return self.place(sql, step, required=required)

    def place(self, sql: str, step: Step, *, required: bool) -> str:
        """Return SQL of a place that `step` fills with what it makes of the text `sql`."""
        if step not in self.holes:
            self.holes.append(step)
        marked = f"E'\\x01{self.holes.index(step)}:'||({sql})||E'\\x02'"
        return marked if required else f"coalesce({marked},'null')"


def _named(kind: Any) -> GraphQLObjectType:
    while not isinstance(kind, GraphQLObjectType):
        kind = kind.of_type
    return kind
