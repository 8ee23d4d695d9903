"""TypeScript of a manifest's APIs, so that a page's calls are checked before it runs.

`declarations(made)` is what `miniapp types` writes: it fills in `Apis` of npm's `@banshi/bridge`.
What TypeScript cannot say (`pattern`, `minimum`, `format`) is left to the platform, which looks at each call.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from banshi.manifest import Api, Manifest

HEAD = """// Written by `miniapp types` from {name} {version}; write it anew when the manifest changes.
import "@banshi/bridge";

declare module "@banshi/bridge" {{
  interface Apis {{
{apis}
  }}
}}
"""
PLAIN = {
    "string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null",
}  # fmt: skip
NAME = re.compile(r"[A-Za-z_$][\w$]*")
DEFS = ("$defs", "definitions")
NOTHING = "Record<string, never>"

Schema = Mapping[str, Any]


def declarations(made: Manifest) -> str:
    """Return the declarations of all APIs of a manifest, as the text of a `.d.ts`."""
    named: dict[str, str] = {}
    lines = [_line(api, named) for api in made.apis]
    head = HEAD.format(name=made.id, version=made.version, apis="\n".join(lines))
    return "\n".join([head, *(f"type {name} = {text};" for name, text in named.items())]).rstrip() + "\n"


def _line(api: Api, named: dict[str, str]) -> str:
    sides = _root(api, "Input", named), _root(api, "Output", named)
    return f"    {json.dumps(api.name)}: {{ input: {sides[0]}; output: {sides[1]} }};"


def _root(api: Api, side: str, named: dict[str, str]) -> str:
    """Return the type of one side of an API; what its schema refers to is put into `named`."""
    schema = api.input if side == "Input" else api.output
    return _Side(_camel(api.name) + side, schema, named).type(schema) if schema else "unknown"


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


class _Side:
    """One schema with its definitions; each that is used becomes a type of its own, once."""

    def __init__(self, prefix: str, schema: Schema, named: dict[str, str]) -> None:
        self._prefix, self._named = prefix, named
        self._defs = {f"#/{key}/{name}": each for key in DEFS for name, each in schema.get(key, {}).items()}

    def type(self, schema: Any) -> str:
        """Return the type of a schema; what is not understood is `unknown`."""
        if not isinstance(schema, Mapping):
            return "never" if schema is False else "unknown"
        if "$ref" in schema:
            return self._referred(str(schema["$ref"]))
        if "const" in schema:
            return _literal(schema["const"])
        if "enum" in schema:
            return " | ".join(map(_literal, schema["enum"])) or "never"
        for key, between in (("anyOf", " | "), ("oneOf", " | "), ("allOf", " & ")):
            if key in schema:
                return between.join(f"({self.type(each)})" for each in schema[key]) or "unknown"
        kinds = schema.get("type", "object" if "properties" in schema else None)
        return " | ".join(
            self._one(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds or [""])
        )

    def _one(self, kind: str, schema: Schema) -> str:
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return self._list(schema)
        return PLAIN.get(kind, "unknown")

    def _list(self, schema: Schema) -> str:
        heads = [self.type(each) for each in schema.get("prefixItems", ())]
        rest = schema.get("items", True)
        if not heads:
            return f"Array<{self.type(rest)}>"
        return f"[{', '.join([*heads, *([] if rest is False else [f'...Array<{self.type(rest)}>'])])}]"

    def _object(self, schema: Schema) -> str:
        needed, fields = schema.get("required", ()), schema.get("properties", {})
        more = schema.get("additionalProperties", not fields)
        lines = [
            f"{_key(name)}{'' if name in needed else '?'}: {self.type(each)}" for name, each in fields.items()
        ]
        if not fields:
            if more is False or "properties" in schema:
                return NOTHING
            return f"Record<string, {self.type(more)}>"
        if isinstance(more, Mapping):
            lines.append("[more: string]: unknown")
        return f"{{ {'; '.join(lines)} }}"

    def _referred(self, place: str) -> str:
        if place not in self._defs:
            return "unknown"
        name = self._prefix + _camel(place.rpartition("/")[2])
        if name not in self._named:
            self._named[name] = "unknown"  # it may refer to itself
            self._named[name] = self.type(self._defs[place])
        return name


def _key(name: str) -> str:
    return name if NAME.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _literal(value: Any) -> str:
    is_plain = value is None or isinstance(value, str | int | float | bool)
    return json.dumps(value, ensure_ascii=False) if is_plain else "unknown"
