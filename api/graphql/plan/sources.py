"""Where each field of a type comes from: said once, beside the Strawberry type, read by every path.

    @strawberry.type(name="Case")
    @rows("case_file", joins={"d": "LEFT JOIN department {d} ON {d}.id = {t}.department_id"})
    class CaseNode(Mapped):
        id: UUID                                            # the column of that name
        version_id: UUID = column("item_version")           # another column
        office: str | None = strawberry.field(resolver=…, metadata=from_sql("{d}.name"))  # both ways said
        clocks: list[ClockNode] = linked(CLOCKS, by="id", on="{r}.case_id = {t}.id", order="{r}.id")

Templates are SQL: `{t}` is the row, `{r}` the linked row, `{v.name}` what is known of who asks, any
other name a join of the type, which is made only where it is used.  A field with a resolver and no
source is Python's alone, and so is every operation that asks for it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Protocol, Self, TypeVar

import strawberry
from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField

SOURCE = "plan"
BATCH = "batch"
ROWS = "__plan_rows__"

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """A value: an SQL expression over the row."""

    sql: str


@dataclass(frozen=True)
class Step:
    """A value that Python makes of a text that SQL gives: an id, a number, hexadecimal; never free words.

    `fill` gets the texts of a whole answer and returns JSON for each.
    """

    sql: str
    fill: Callable[[Any, Sequence[str]], Awaitable[Sequence[bytes]]]


@dataclass(frozen=True)
class Link:
    """Objects of another row: one (the first found, or null) or, with `order`, a list."""

    on: str  # condition over {t} and {r}
    order: str | None = None
    table: str | None = None  # FROM item with {r}; None: the table of the linked type
    key: str | None = None  # a unique column of the linked row that `on` names: it can be joined


Source = Column | Step | Link


@dataclass(frozen=True)
class Rows:
    """The table behind a type, and joins by name for those of its fields that need one."""

    table: str
    joins: Mapping[str, str] = field(default_factory=dict)


class Loads(Protocol):
    """A batch read, as a resolver and as a whole level of an answer ask it."""

    async def load(self, info: Any, key: Any, /) -> Any: ...

    async def load_many(self, context: Any, keys: list[Any], /) -> list[Any]: ...


def rows(table: str, *, joins: Mapping[str, str] | None = None) -> Callable[[type[T]], type[T]]:
    """Say which table a type's fields are columns of."""

    def mark(cls: type[T]) -> type[T]:
        setattr(cls, ROWS, Rows(table, joins or {}))
        return cls

    return mark


class Mapped:
    """A base of types whose plain fields are all columns: gives them `of(row)`."""

    @classmethod
    def of(cls, row: Any) -> Self:
        """Wrap a row whose attributes are named as its columns."""
        known = _ATTRIBUTES.get(cls)
        if known is None:
            known = _ATTRIBUTES[cls] = {each.name: _attribute(each) for each in fields(cls) if each.init}  # type: ignore[arg-type]
        return cls(**{name: getattr(row, attribute) for name, attribute in known.items()})


_ATTRIBUTES: dict[type, Mapping[str, str]] = {}  # which attribute of a row each argument of a class is


def _attribute(each: Any) -> str:
    source = each.metadata.get(SOURCE)
    if isinstance(source, Column) and source.sql.startswith("{t}."):
        return source.sql.removeprefix("{t}.")
    return str(each.name)


def column(name: str, **options: Any) -> Any:
    """Declare a field that is the column `name` of the row; `options` are Strawberry's."""
    return strawberry.field(metadata=from_sql("{t}." + name), **options)


def private(name: str) -> Any:
    """Declare a private attribute that `of` takes from the column `name`."""
    return field(metadata=from_sql("{t}." + name))


def from_sql(sql: str) -> dict[str, Source]:
    """Return the metadata of a field whose value SQL can give, too."""
    return {SOURCE: Column(sql)}


def in_json(sql: str) -> dict[str, Source]:
    """Return the metadata of a list of objects inside a jsonb column: their type reads `{t}.value`."""
    elements = f"jsonb_array_elements({sql}) WITH ORDINALITY AS {{r}}(value, place)"
    return {SOURCE: Link(on="true", order="{r}.place", table=elements)}


def linked(
    batch: Loads,
    *,
    by: str,
    wrap: Callable[[Any], Any],
    on: str,
    order: str | None = None,
    table: str | None = None,
    key: str | None = None,
    **options: Any,
) -> Any:
    """Declare a field of linked rows: `batch` gives, by the attribute `by`, what `wrap` makes objects of.

    With `order` it is a list, and `wrap` gets each row; else one object or null. `key` is a unique column
    that `on` asks for: the row is then joined, not looked for in a query of its own for each row.
    """

    def wrapped(found: Any) -> Any:
        if order is not None:
            return [wrap(row) for row in found or ()]
        return None if found is None else wrap(found)

    async def resolver(root: Any, info: strawberry.Info) -> Any:
        key = getattr(root, by)
        return wrapped(None if key is None else await batch.load(info, key))

    async def whole_level(sources: list[Any], context: Any) -> list[Any]:
        keys = [getattr(source, by) for source in sources]
        wanted = list(dict.fromkeys(key for key in keys if key is not None))
        found = dict(zip(wanted, await batch.load_many(context, wanted), strict=True)) if wanted else {}
        return [wrapped(found.get(key)) for key in keys]

    metadata: dict[str, Any] = {SOURCE: Link(on, order, table, key), BATCH: whole_level}
    return strawberry.field(resolver=resolver, metadata=metadata, **options)


def rows_of(cls: type) -> Rows | None:
    """Return what was said with `rows`, if anything."""
    return getattr(cls, ROWS, None)


def source_of(each: StrawberryField) -> Source | None:
    """Return where a field comes from; None: from Python alone."""
    found = each.metadata.get(SOURCE)
    if found is None and each.is_basic_field:
        return Column("{t}." + each.python_name)
    return found if isinstance(found, Column | Step | Link) else None


def class_of(kind: Any) -> type | None:
    """Return the Python class of a graphql-core object type made by Strawberry."""
    definition = kind.extensions.get("strawberry-definition")
    return definition.origin if definition is not None and get_object_definition(definition.origin) else None
