"""JSON Schema as TypeScript: what is understood is said exactly, and all else is `unknown`."""

import msgspec
import pytest
from click.testing import CliRunner

from banshi import manifest
from banshi.cli import main
from banshi.manifest import Api
from banshi.typescript import _Side, declarations
from tests.sdk.gate.good import MANIFEST_TEXT

CASES = [
    ({"type": "string", "pattern": "x"}, "string"),
    ({"type": ["integer", "null"]}, "number | null"),
    ({"enum": ["甲", 1, None, True]}, '"甲" | 1 | null | true'),
    ({"const": "a\nb"}, r'"a\nb"'),
    ({"type": "array", "items": {"type": "boolean"}}, "Array<boolean>"),
    ({"type": "array"}, "Array<unknown>"),
    ({"type": "array", "prefixItems": [{"type": "string"}], "items": False}, "[string]"),
    ({"type": "array", "prefixItems": [{"type": "string"}]}, "[string, ...Array<unknown>]"),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "(string) | (null)"),
    ({"allOf": [{"type": "object"}, {"$ref": "#/$defs/T"}]}, "(Record<string, unknown>) & (PT)"),
    (
        {"properties": {"a-b": {"type": "number"}, "c": True}, "required": ["c"]},
        '{ "a-b"?: number; c: unknown }',
    ),
    ({"type": "object", "properties": {}}, "Record<string, never>"),
    ({"type": "object", "additionalProperties": {"type": "number"}}, "Record<string, number>"),
    (
        {"type": "object", "properties": {"a": {}}, "additionalProperties": {}},
        "{ a?: unknown; [more: string]: unknown }",
    ),
    ({"$ref": "https://elsewhere.example/schema"}, "unknown"),
    ({"$ref": "#/properties/a"}, "unknown"),
    ({"type": "whatever"}, "unknown"),
    ({}, "unknown"),
    (False, "never"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "expected"), CASES)
def test_schema_becomes_a_type(schema, expected):
    assert _Side("P", {"$defs": {"T": {"type": "string"}}}, {}).type(schema) == expected


def test_what_refers_to_itself_is_named_once():
    tree = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}}
    named: dict[str, str] = {}
    side = _Side("P", {"$defs": {"Tree": tree}}, named)

    assert side.type({"$ref": "#/$defs/Tree"}) == "PTree"
    assert named == {"PTree": "{ kids?: Array<PTree> }"}


def test_apis_with_the_same_words_have_types_of_their_own():
    ask = {"$ref": "#/$defs/Ask", "$defs": {"Ask": {"type": "string"}}}
    apis = [
        Api("rent.check", "profile:read", input=ask),
        Api("rent.ask", "profile:read", output=ask),
    ]
    made = msgspec.structs.replace(manifest.read(MANIFEST_TEXT), apis=apis)

    text = declarations(made)
    assert '"rent.check": { input: RentCheckInputAsk; output: unknown };' in text
    assert '"rent.ask": { input: unknown; output: RentAskOutputAsk };' in text
    assert text.endswith("type RentCheckInputAsk = string;\ntype RentAskOutputAsk = string;\n")


def test_the_command_writes_them_beside_the_manifest(tmp_path):
    folder = tmp_path / "hello-app"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0

    told = CliRunner().invoke(main, ["types", str(folder / "miniapp.yaml")])
    assert told.exit_code == 0, told.output
    assert '"hello": { input: ' in (folder / "miniapp.d.ts").read_text()
