"""A manifest is refused with the place, what was expected, and how to mend it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi import manifest
from banshi.events import EVENTS
from banshi.scopes import GRANTABLE

GOOD = """\
format: 1
id: rent-withdrawal
name: 租房提取
version: 1.0.0
department: 杭州住房公积金管理中心
operator: 杭州某某科技有限公司
purpose: 租房的职工在手机上提取住房公积金
entry: https://rent-withdrawal.example
items: ["331619996000"]
scopes:
  cases:write: 替您提交提取申请
regions: ["330100"]
retention_days: 30
hotline: 0571-12345678
"""


def test_good_manifest_is_read():
    app = manifest.read(GOOD)

    assert app.id == "rent-withdrawal"
    assert app.scopes == {"cases:write": "替您提交提取申请"}
    assert app.min_host_version == "1.0"


@pytest.mark.parametrize(
    ("change", "line", "path", "expected"),
    [
        (("name: 租房提取\n", ""), 1, "(manifest)", "the field 'name'"),
        (("version: 1.0.0", "version: one"), 4, "version", "text like"),
        (("  cases:write: 替您", "  desk:write: 替您"), 11, "scopes", "one of"),
        (("retention_days: 30", "retention_days: -1"), 13, "retention_days", "less than the minimum"),
        (
            ("hotline: 0571-12345678", "hotline: 0571-12345678\ncolour: red"),
            1,
            "(manifest)",
            "only known fields",
        ),
        (("name: 租房提取", "name: 租房提取\nname: 又名"), 4, "name", "each field once"),
        (("name: 租房提取", "name: [unclosed"), 4, "(text)", "YAML or JSON"),
        (("name: 租房提取", "name: &a 租房提取\npurpose: *a"), 4, "(text)", "no aliases"),
        (("name: 租房提取", "name: " + "[" * 40), 3, "(text)", "at most 32 levels"),
        (("name: 租房提取", "name: " + "- " * 9000), 3, "(text)", "YAML or JSON"),
        (("entry: ", "entry: http://localhost.example/"), 8, "entry", "text like"),
        (("entry: ", "entry: http://127.0.0.1@rent."), 8, "entry", "text like"),
        (("entry: https://rent-withdrawal.example", "entry: /../index.html"), 8, "entry", "text like"),
        (("entry: https://rent-withdrawal.example", "entry: //elsewhere.example/"), 8, "entry", "text like"),
        (("id: rent-withdrawal", "id: rent--sandbox"), 2, "id", "text like"),
        (("id: rent-withdrawal", "id: rent-"), 2, "id", "text like"),
        (("operator: ", "operator: " + "长" * 100), 6, "operator", "too long"),
        (('["330100"]', "[]"), 12, "regions", "non-empty"),
        (("id: rent-withdrawal", 'id: "rent-withdrawal\\n"'), 2, "id", "text like"),
        (("version: 1.0.0", 'version: "1.0.0\\n"'), 4, "version", "text like"),
        (("version: 1.0.0", "version: 1.0.1234567"), 4, "version", "text like"),
        (("name: 租房提取", 'name: "租房\\0提取"'), 3, "name", "as JSON has them"),
        (("name: 租房提取", 'name: "租房\\u202e提取"'), 3, "name", "as JSON has them"),
    ],
)
def test_fault_names_its_place(change, line, path, expected):
    faults = manifest.check(GOOD.replace(*change))

    assert any(
        fault.line == line and fault.path == path and expected in fault.expected and fault.fix
        for fault in faults
    ), [fault.show("m") for fault in faults]


@pytest.mark.parametrize(
    "schema", ["{maximum: .nan}", "{maximum: 99999999999999999999}", "{maximum: 2020-01-01}", "{null: 1}",
               "{maximum: !!set {a, b}}", "{maximum: !!binary aGVsbG8=}", '{title: "a\\0"}', '{"a\\0": 1}'],
)  # fmt: skip
def test_schema_holds_nothing_that_json_cannot_say(schema):
    text = f"{GOOD}apis:\n  - {{name: rent.check, scope: cases:write, input: {schema}}}\n"

    [fault] = manifest.check(text)

    assert (fault.line, fault.path.startswith("apis.0.input")) == (16, True)


@pytest.mark.parametrize(
    ("apis", "line", "path"),
    [
        ("- {name: rent.a, scope: profile:read}", 16, "apis.0.scope"),
        ("- {name: rent.a, scope: cases:write}\n- {name: rent.a, scope: cases:write}", 17, "apis.1.name"),
        ("- {name: rent.a, scope: cases:write, input: {type: text}}", 16, "apis.0.input.type"),
        ("- {name: rent.a, scope: cases:write, output: {$ref: '#/$defs/a'}}", 16, "apis.0.output.$ref"),
        ("- {name: rent.a, scope: cases:write, input: {title: a, $ref: '#/title/a'}}", 16,
         "apis.0.input.$ref"),
        ("- {name: rent.a, scope: cases:write, input: {items: {$ref: 'https://a.example/'}}}", 16,
         "apis.0.input.items.$ref"),
    ],
)  # fmt: skip
def test_an_api_that_nobody_could_call_is_told_by_its_line(apis, line, path):
    text = f"{GOOD}apis:\n{apis}\n"

    [fault] = manifest.check(text)

    assert (fault.line, fault.path) == (line, path)
    assert fault.fix
    assert {fault.path for fault in manifest.check(text.replace("1.0.0", "one"))} == {"version", path}


@pytest.mark.parametrize(
    "schema",
    [
        "{$ref: '#/$defs/rent', $defs: {rent: {type: integer}}}",
        "{properties: {$ref: {type: string}}, items: {$ref: '#'}}",
        r"{type: string, pattern: '^\p{L}+\/$'}",
        "{pattern: '" + "(" * 5000 + "'}",
        "{items: " * 28 + "{}" + "}" * 28,
    ],
)
def test_what_is_json_schema_is_taken(schema):
    assert manifest.check(f"{GOOD}apis:\n- {{name: rent.a, scope: cases:write, input: {schema}}}\n") == []


def test_all_faults_come_at_once():
    text = (
        GOOD.replace("1.0.0", "one")
        .replace("0571-12345678", "call us")
        .replace("retention_days: 30", "retention_days: x")
    )

    with pytest.raises(manifest.ManifestRefused) as refused:
        manifest.read(text)

    assert [fault.path for fault in refused.value.faults] == ["version", "retention_days", "hotline"]
    assert refused.value.extensions["faults"][0]["line"] == 4


def test_too_long_a_text_is_refused_unread():
    faults = manifest.check("x" * (manifest.LARGEST + 1))

    assert [fault.path for fault in faults] == ["(text)"]


def test_long_lists_of_several_kinds_are_looked_through_once():
    began = time.process_time()

    faults = manifest.check(f"{GOOD}pages: [{', '.join(map(str, range(9000)))}, a, a]\n")

    assert time.process_time() - began < 2
    assert [fault.expected for fault in faults if fault.path == "pages"][-1] == "expected each entry once"
    assert all(len(fault.expected) <= manifest.LONGEST_TOLD for fault in faults)


def test_a_list_is_no_manifest():
    assert manifest.check("- 1")[0].expected == "expected a mapping of fields"


@given(st.text(max_size=300))
def test_no_text_breaks_the_checker(text):
    for fault in manifest.check(text):
        assert fault.line >= 1 and fault.column >= 1


def test_scopes_of_the_schema_are_the_grantable_ones():
    names = manifest.schema()["properties"]["scopes"]["propertyNames"]["enum"]

    assert set(names) == {str(scope) for scope in GRANTABLE}


def test_a_manifest_names_the_events_there_are_and_no_others():
    known = manifest.read(GOOD + f"events: [{', '.join(EVENTS)}]\n").events
    (fault,) = manifest.check(GOOD + "events: [case.decided, case.lost]\n")

    assert known == list(EVENTS)
    assert (fault.path, fault.line) == ("events.1", 15)
    assert manifest.schema()["properties"]["events"]["items"]["enum"] == list(EVENTS)


@pytest.mark.parametrize("theirs", manifest.THEIRS)
def test_a_name_of_w3c_is_refused_with_ours(theirs):
    (fault,) = manifest.check(f"{GOOD}{theirs}: x\n")

    assert manifest.THEIRS[theirs] in manifest.schema()["properties"]
    assert fault.fix == f"write {manifest.THEIRS[theirs]} for {theirs}"


def test_nothing_unknown_is_taken_but_in_schemas_of_calls():
    def open_(schema, path=""):
        if schema.get("type") == "object" and schema.get("additionalProperties", True) is True:
            yield path
        for name, each in schema.get("properties", {}).items():
            yield from open_(each, f"{path}.{name}")
        yield from open_(schema.get("items", {}), f"{path}[]") if "items" in schema else ()

    assert list(open_(manifest.schema())) == [".apis[].input", ".apis[].output"]
