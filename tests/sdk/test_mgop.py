"""The APIs of a manifest as the old gateway names and tells of them."""

import json
import subprocess
from pathlib import Path

import pytest

from banshi import manifest, mgop

NPM = Path(__file__).parents[1] / "mgop" / "node_modules"
EXAMPLES = Path(__file__).parents[2] / "sdk" / "examples"

TEXT = """
format: 1
id: rent-app
name: 租房提取
version: 1.0.0
department: 杭州住房公积金管理中心
operator: 示例科技有限公司
purpose: 租房的职工提取住房公积金
entry: /index.html
scopes: {"cases:read": 向您显示申请办到哪一步}
regions: ["330000"]
retention_days: 0
hotline: "12329"
apis:
  - name: rent.check
    scope: "cases:read"
    input:
      type: object
      required: [rent]
      properties:
        rent: {type: integer, description: 每月租金}
        home: {$ref: "#/$defs/Home"}
      $defs: {Home: {type: object, properties: {city: {type: string}}}}
    output:
      type: object
      properties: {parts: {type: array, items: {type: object, properties: {fen: {type: number}}}}}
  - {name: rent.old, scope: "cases:read", mgop: mgop.sxz.app.oldRent}
"""


def with_apis(apis: str) -> str:
    """Return a manifest with other APIs."""
    return f"{TEXT.partition('apis:')[0]}apis: {apis}\n"


def test_names_lead_to_apis():
    made = manifest.read(TEXT)

    assert mgop.api_named(made, "mgop.sxz.app.oldRent") == "rent.old"
    assert mgop.api_named(made, "mgop.any.app.rent.check") == "rent.check"
    assert mgop.api_named(made, "rent.check") == ""
    assert [mgop.name_of(made, api) for api in made.apis] == [
        "mgop.rent-app.app.rent.check", "mgop.sxz.app.oldRent",
    ]  # fmt: skip


def test_a_name_is_one_of_the_old_gateway():
    faults = manifest.check(TEXT.replace("mgop.sxz.app.oldRent", "oldRent"))

    assert [fault.path for fault in faults] == ["apis.1.mgop"]


def test_the_catalogue_tells_every_field_with_its_place():
    told = mgop.catalogue(manifest.read(TEXT), "https://rent-app.apps.example")

    [system] = told["systems"]
    check = system["apiList"][0]
    assert (told["host"], system["sysName"]) == ("https://rent-app.apps.example", "rentAppService")
    rows = [
        (row["name"], row["type"], row["parentId"], row["required"]) for row in check["requestProperties"]
    ]
    assert rows == [("rent", "2", -1, True), ("home", "7", -1, False), ("city", "1", 2, False)]
    answers = [(row["id"], row["name"], row["type"], row["parentId"]) for row in check["responseProperties"]]
    assert answers == [(1, "parts", "8", -1), (2, "fen", "3", 1)]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"enum": ["a", "b"]}, "1"), ({"const": True}, "6"), ({"enum": [1, 2.5]}, "7"), ({"enum": []}, "7"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "1"), ({"type": ["null", "integer"]}, "2"),
        ({"oneOf": [{"type": "null"}, {"$ref": "#/$defs/List"}]}, "8"), ({}, "7"), ({"enum": [None]}, "7"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "7"), ({"$ref": "#/$defs/Round"}, "7"),
    ],
)  # fmt: skip
def test_a_field_has_the_type_of_what_may_be_in_it(schema, kind):
    defs = {"List": {"type": "array"}, "Round": {"$ref": "#/$defs/Round"}}
    asks = {"type": "object", "properties": {"it": {**schema, "description": "说明"}}, "$defs": defs}
    text = with_apis(f"[{{name: it, scope: 'cases:read', input: {json.dumps(asks)}}}]")

    [system] = mgop.catalogue(manifest.read(text), "https://rent-app.apps.example")["systems"]

    [row] = system["apiList"][0]["requestProperties"]
    assert (row["type"], row["description"]) == (kind, "说明")


def test_a_field_of_which_nothing_is_said_is_told():
    text = with_apis("[{name: it, scope: 'cases:read', input: {properties: {a: true}}}]")

    [system] = mgop.catalogue(manifest.read(text), "https://rent-app.apps.example")["systems"]

    [row] = system["apiList"][0]["requestProperties"]
    assert (row["name"], row["type"], row["description"]) == ("a", "7", "")


def test_schemas_without_an_end_are_told_up_to_a_point():
    fields = {name: {"$ref": "#/$defs/X"} for name in "abcdefgh"}
    endless = {**fields["a"], "$defs": {"X": {"type": "object", "properties": fields}}}
    apis = [
        {"name": f"r.a{each}", "scope": "cases:read", "input": endless, "output": endless}
        for each in range(97)
    ]
    text = with_apis(json.dumps(apis, separators=(",", ":")))
    assert not manifest.check(text)

    [system] = mgop.catalogue(manifest.read(text), "https://rent-app.apps.example")["systems"]

    told = [api["requestProperties"] + api["responseProperties"] for api in system["apiList"]]
    assert sum(map(len, told)) == mgop.MOST_FIELDS
    assert len(told) == 97, "each API is there, with fields or none"


def generated(folder: Path, text: str) -> Path:
    """Let the generator from npm make a client of a manifest's APIs; return where that is."""
    told = mgop.catalogue(manifest.read(text), "https://rent-app.apps.example")
    (folder / "mgopSchema.json").write_text(json.dumps(told))
    (folder / "node_modules").symlink_to(NPM)
    service = folder / "src" / "mgopService"
    service.mkdir(parents=True)
    (service / "index.ts").touch()  # else it asks which language
    made = ["node", NPM / "@aligov" / "jssdk-mgop" / "lib" / "code-generator" / "command.js"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True, timeout=100)
    return service


def compiled(folder: Path, use: str) -> str:
    """Return what tsc has against a file beside the client."""
    (folder / "use.ts").write_text(use)
    tsc = [NPM / ".bin" / "tsc", "--noEmit", "--skipLibCheck", "--esModuleInterop", "--target", "es2019",
           "--strict", "--typeRoots", "none", "--moduleResolution", "node", folder / "use.ts"]  # fmt: skip
    return subprocess.run(tsc, cwd=folder, capture_output=True, text=True, timeout=100).stdout


@pytest.mark.slow
def test_the_generator_from_npm_makes_a_client_that_compiles(tmp_path):
    service = generated(tmp_path, TEXT)
    use = (
        'import { IModels } from "./src/mgopService/systems/rentAppService/model";\n'
        'import "./src/mgopService";\n'
        'const ask: IModels["mgop.rent-app.app.rent.check"]["Req"] = { rent: 3000, home: {} };\n'
        "export { ask };\n"
    )

    assert compiled(tmp_path, use) == ""
    assert "'string' is not assignable to type 'number'" in compiled(tmp_path, use.replace("3000", "'much'"))
    assert "rent: number" in (service / "systems" / "rentAppService" / "model.ts").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bus-pass", "housing-fund", "newborn"])
def test_it_makes_one_of_each_example(tmp_path, name):
    made = manifest.read((EXAMPLES / name / "miniapp.yaml").read_text())
    service = generated(tmp_path, (EXAMPLES / name / "miniapp.yaml").read_text())

    assert compiled(tmp_path, 'import "./src/mgopService";\n') == ""
    [model] = [file.read_text() for file in service.glob("systems/*/model.ts")]
    assert made.apis and all(f"'{mgop.name_of(made, api)}': {{" in model for api in made.apis)
