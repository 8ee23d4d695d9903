"""Root fields as SQL: one statement for many askers, each a row of arrays handed in.

    SELECT textsend('"cases":['||(…)||']')
    FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS v(p1, p2, place) ORDER BY v.place

Every value that is not written in the document is a column of `v`, so the statement's plan is the
same for all askers, and whose rows are read is decided row by row inside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLNonNull

from api.graphql.plan.leaves import Text, concatenated, literal, raw
from api.graphql.plan.relay import connection
from api.graphql.plan.roots import Count, Root
from api.graphql.plan.select import Chosen, NotCovered
from api.graphql.plan.sources import Rows, Step
from api.graphql.plan.sql import OR_BROKEN, Compiler, Object

VIEWER = ""  # a parameter of this root key is what is known of who asks

Parameter = tuple[str, str]  # (key of the root field or VIEWER, name)


@dataclass
class Columns:
    """The columns of `v`: which value each row hands in, and of what SQL type."""

    types: Mapping[str, str]  # of what may be known of who asks
    order: list[Parameter] = field(default_factory=list)
    sql_types: list[str] = field(default_factory=list)

    def of(self, parameter: Parameter, type_: str) -> str:
        """Return the SQL name of a parameter, adding its column at first use."""
        if parameter not in self.order:
            self.order.append(parameter)
            self.sql_types.append(type_)
        return f"v.p{self.order.index(parameter) + 1}"

    def viewer(self, name: str) -> str:
        """Return the SQL name of what is known of who asks."""
        return self.of((VIEWER, name), self.types[name])

    def table(self) -> str:
        """Return the FROM item with one row per asker."""
        types = self.sql_types or ["int"]
        arrays = ", ".join(f"${place}::{type_}[]" for place, type_ in enumerate(types, 1))
        names = "".join(f"p{place}, " for place in range(1, len(types) + 1))
        return f"unnest({arrays}) WITH ORDINALITY AS v({names}place)"


@dataclass(frozen=True)
class Asked:
    """A root field with its arguments: `constants` are values already, `variables` come with the request."""

    chosen: Chosen
    root: Root
    constants: Mapping[str, Any]
    variables: frozenset[str]


def statement(runs: list[list[Asked]], types: Mapping[str, str]) -> tuple[str, list[Parameter], list[Step]]:
    """Return SQL with one bytea per run of root fields, what its rows hand in, and who fills its places.

    Raises:
        NotCovered
    """
    columns = Columns(types)
    compiler = Compiler(columns.viewer)
    texts = [_run(run, compiler, columns) for run in runs]
    selected = ", ".join(f"textsend({text})" for text in texts)
    return f"SELECT {selected} FROM {columns.table()} ORDER BY v.place", columns.order, compiler.holes


def _run(run: list[Asked], compiler: Compiler, columns: Columns) -> str:
    parts: Text = []
    for position, asked in enumerate(run):
        parts.append(raw(("," if position else "") + f'"{asked.chosen.key}":'))
        parts.extend(RootSql(asked, compiler, columns).text())
    return concatenated(parts)


class RootSql:
    """One root field on its way to SQL."""

    def __init__(self, asked: Asked, compiler: Compiler, columns: Columns) -> None:
        self.asked = asked
        self.root = asked.root
        self.compiler = compiler
        self.columns = columns

    def text(self) -> Text:
        """Return SQL of the field's JSON text."""
        text = self._text()
        if self.root.within is None:
            return text
        return [f"(CASE WHEN {self.within(self.root.within)} THEN {concatenated(text)} ELSE E'\\x03' END)"]

    def _text(self) -> Text:
        inner = self.asked.chosen.inner
        if self.root.count is not None:
            return [self._count(self.root.count)]
        if inner is None:
            raise NotCovered(f"{self.asked.chosen.name} is a single value")
        if self.root.page is not None:
            return connection(self, inner, self.root.page)
        made = self.compiler.object_of(self.asked.chosen)
        text = OR_BROKEN.format(made.text(inner))
        if self.root.order is None:
            source = f"{made.table()}{made.joined()} WHERE {self.condition(made)}"
            return [f"coalesce((SELECT {text} FROM {source} LIMIT 1),{self.missing()})"]
        order = made.fill(self.root.order)
        found = self.rows(made, order, self.size())
        listed = f"(SELECT string_agg({text},',' ORDER BY {order}) FROM {found}{made.joined()})"
        return [raw("["), f"coalesce({listed},'')", raw("]")]

    def missing(self) -> str:
        """Return SQL of what stands for a row that is not there: null where it cannot be a foreign one."""
        required = isinstance(self.asked.chosen.field.type, GraphQLNonNull)
        return "E'\\x03'" if required or self.root.within is None else "'null'"

    def within(self, template: str) -> str:
        """Return the condition under which there is an answer."""
        named = {name: each for name, each in self.root.arguments.items() if f"{{{name}}}" in template}
        values = {name: self.value(name, each.type) for name, each in named.items()}
        return template.format(v=self.compiler.viewer, **values)

    def _count(self, count: Count) -> str:
        made = Object(self.compiler, Rows(count.table), self.compiler.alias())
        found = f"SELECT FROM {made.table()} WHERE {self.condition(made)} LIMIT {count.most}"
        return f"(SELECT count(*)::text FROM ({found}) counted)"

    def rows(self, made: Object, order: str, limit: str | None, more: str = "") -> str:
        """Return the FROM item of the rows asked for, once all else is said: the columns used, and `more`."""
        if self.root.key is not None and self.root.order is not None:
            return self._rows_by_key(made, self.root.key, self.root.order, limit)
        columns = ", ".join(f"{made.alias}.{name}" for name in made.columns)
        source = f"{made.table()} WHERE {self.condition(made)} ORDER BY {order}"
        limited = f"{source} LIMIT {limit}" if limit else source
        return f"(SELECT {columns}{more} FROM {limited}) {made.alias}"

    def _rows_by_key(self, made: Object, key: str, order: str, limit: str | None) -> str:
        chosen = Object(self.compiler, made.rows, self.compiler.alias())
        source = f"{chosen.table()} WHERE {self.condition(chosen)} ORDER BY {chosen.fill(order)}"
        limited = f"{source} LIMIT {limit}" if limit else source
        keys = f"(SELECT {chosen.alias}.{key} FROM {limited}) {chosen.alias}"
        return f"{keys} JOIN {made.table()} ON {made.alias}.{key} = {chosen.alias}.{key}"

    def size(self) -> str | None:
        """Return SQL of how many are asked for; None: all."""
        return self.value(self.root.size.name, "int") if self.root.size else None

    def condition(self, made: Object) -> str:
        """Return whose rows, and which of them: without `visible` there is no statement."""
        if self.root.visible is None:
            raise NotCovered(f"{self.asked.chosen.name} does not say whose rows it shows")
        conditions = [made.fill(self.root.visible), made.fill(self.root.where)]
        conditions += [
            self._argument(made, name, argument.where, argument.type)
            for name, argument in self.root.arguments.items()
            if argument.where and self._may_be_given(name)
        ]
        return " AND ".join(f"({each})" for each in conditions if each != "true")

    def _argument(self, made: Object, name: str, where: str, type_: str) -> str:
        value = self.value(name, type_)
        condition = made.fill(where, a=value)
        required = isinstance(self.asked.chosen.field.args[name].type, GraphQLNonNull)
        may_be_null = name in self.asked.variables and not required
        return f"{value} IS NULL OR {condition}" if may_be_null else condition

    def _may_be_given(self, name: str) -> bool:
        return name in self.asked.variables or self.asked.constants.get(name) is not None

    def value(self, name: str, type_: str) -> str:
        """Return an argument in SQL: a constant of the document, or a column of `v`."""
        if name in self.asked.variables:
            return self.columns.of((self.asked.chosen.key, name), type_)
        return literal(self.asked.constants[name], type_)
