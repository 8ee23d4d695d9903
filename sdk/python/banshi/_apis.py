"""The APIs of a manifest: whether anybody could call each of them, and whether its schemas are some."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

SHOWN = 200  # characters of what is wrong with a schema
NO_FORMATS = FormatChecker(formats=())  # expressions in schemas are JavaScript's, and never run here

Path = list[str | int]


class Wrong(NamedTuple):
    """What is wrong with an API, at which path of the manifest, and how to mend it."""

    path: Path
    expected: str
    fix: str


def uncallable(apis: list[dict[str, Any]], scopes: dict[str, str]) -> Iterator[Wrong]:
    """Find what keeps citizens from calling the APIs of a manifest, which are well-formed otherwise."""
    named: set[str] = set()
    for at, api in enumerate(apis):
        if api["scope"] not in scopes:
            told = f"expected one of {list(scopes)}"
            yield Wrong(["apis", at, "scope"], told, "add it to scopes, with a reason")
        if api["name"] in named:
            yield Wrong(["apis", at, "name"], "expected each name once", "rename one")
        named.add(api["name"])
        for part in ("input", "output"):
            yield from _no_schema(["apis", at, part], api.get(part, {}))


def _no_schema(path: Path, value: dict[str, Any]) -> Iterator[Wrong]:
    """Find why `value` is no JSON Schema, or else what in it refers to something that is not there."""
    try:
        Draft202012Validator.check_schema(value, format_checker=NO_FORMATS)
    except SchemaError as error:
        told = f"expected JSON Schema: {error.message[:SHOWN]}"
        yield Wrong([*path, *error.absolute_path], told, "mend the schema")
        return
    resolver = Registry[Any]().resolver_with_root(DRAFT202012.create_resource(value))
    for there, reference in _references(value, path):
        if not _leads_somewhere(resolver, reference):
            fix = "write #/$defs/ and its name there; nothing is fetched"
            yield Wrong(there, "expected the path of a part of this schema", fix)


def _references(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in parts:
        if key in ("$ref", "$dynamicRef") and isinstance(each, str):
            yield [*path, key], each
        yield from _references(each, [*path, key])


def _leads_somewhere(resolver: Any, reference: str) -> bool:
    if reference != "#" and not reference.startswith("#/"):
        return False  # a name ($anchor) is looked for in all of the schema, each time anew
    try:
        resolver.lookup(reference)
    except (Unresolvable, ValueError, TypeError):  # the latter two: a path that goes on through a text
        return False
    return True
