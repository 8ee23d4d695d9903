"""The text of the generated functions: one for each object type of an operation, compiled once.

    def object2(o):
        return {
            'id': (str(v) if type((v := o.id)) is UUID else other7(v)),
            'topic': (object1(v) if type((v := o.topic)) in regular else object1(checked(v))),
            'item': None,
        }

Whatever is not as usual raises, and the exact routine does that one object again.
"""

from collections.abc import Iterable
from typing import Any

from graphql import (
    GraphQLLeafType,
    GraphQLOutputType,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from api.graphql.plan.generated.leaves import GIVEN, other, written


class Writer:
    """Writes functions and compiles them in one namespace."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = dict(GIVEN)

    def display(self, entries: Iterable[tuple[str, str]]) -> str:
        """Return the name of a new function that makes a dict of an object `o`."""
        return self._function("object", "o", ["{", *(f"    {key!r}: {text}," for key, text in entries), "}"])

    def column(self, kind: GraphQLOutputType, inner: str | None) -> str:
        """Return the name of a new function that completes a list of values of `kind`."""
        return self._function("column", "vs", [f"[{self.expression(kind, 'x', 'x', inner)} for x in vs]"])

    def expression(self, kind: GraphQLOutputType, first: str, v: str, inner: str | None) -> str:
        """Return the expression that completes a value: `first` reads it, `v` is its name afterwards.

        `inner` is the function for the objects in it.
        """
        required = is_non_null_type(kind)
        bare: Any = kind.of_type if is_non_null_type(kind) else kind
        if is_list_type(bare):
            return self._list(bare.of_type, first, v, inner, required=required)
        if is_leaf_type(bare):
            return self._leaf(bare, first, v, required=required)
        null = "" if required else f" None if {v} is None else"
        return f"({inner}({v}) if type({first}) in regular else{null} {inner}(checked({v})))"

    def _list(self, item: GraphQLOutputType, first: str, v: str, inner: str | None, *, required: bool) -> str:
        x = f"{v}x"
        null = "absent()" if required else "None"
        values = f"({v} if type({v}) is list else items({v}))"
        return f"({null} if {first} is None else [{self.expression(item, x, x, inner)} for {x} in {values}])"

    def _leaf(self, kind: GraphQLLeafType, first: str, v: str, *, required: bool) -> str:
        unusual = f"other{len(self.names)}"
        self.names[unusual] = other(kind)
        found = written(kind, self.names)
        if found is None:
            return f"{unusual}({first})" if required else f"(None if {first} is None else {unusual}({v}))"
        test, value = found.test.format(first=first, v=v), found.value.format(v=v)
        null = "" if required else f" None if {v} is None else"
        return f"({value} if {test} else{null} {unusual}({v}))"

    def _function(self, stem: str, parameter: str, lines: list[str]) -> str:
        name = f"{stem}{len(self.names)}"
        body = "\n        ".join(lines)
        text = f"def {name}({parameter}):\n    return (\n        {body}\n    )"
        exec(compile(text, f"<{name}>", "exec"), self.names)  # noqa: S102 (text of our own making)
        return name
