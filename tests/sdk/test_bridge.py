"""@banshi/bridge as it is committed: small, built of its sources, and in step with the platform."""

import gzip
import re
import subprocess
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from banshi import calls, errors, manifest, stores
from banshi.errors import DomainError
from banshi.typescript import declarations

ROOT = Path(__file__).parents[2]
JS = ROOT / "sdk" / "js"
DIST = JS / "dist"
TSC = JS / "node_modules" / "typescript" / "bin" / "tsc"
COPIES = re.findall(r'\["(\w+\.js)", "([^"]+)"\]', (JS / "build.mjs").read_text())
LARGEST = 12_000  # bytes, by gzip
EXAMPLES = ("newborn", "housing-fund", "rent-withdrawal")
PAGE = """import {{ connect }} from "@banshi/bridge";
import type {{ Apis }} from "@banshi/bridge";
const host = await connect();
{body}
export type {{ Apis }};
"""


def refusals(*modules: object) -> set[type[DomainError]]:
    found = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    return {each for each in found if issubclass(each, DomainError) and hasattr(each, "code")}


def test_the_bridge_is_small():
    for name in ("bridge.js", "host.js", "zwjsbridge.js", "zwlog.js"):
        size = len(gzip.compress((DIST / name).read_bytes(), 9))
        assert size <= LARGEST, f"{name} has {size} bytes"


def test_copies_are_what_was_built():
    assert len(COPIES) == 9
    for name, place in COPIES:
        assert (JS / place).resolve().read_bytes() == (DIST / name).read_bytes(), place


def test_it_knows_which_refusals_of_a_call_may_pass():
    text = (JS / "src" / "errors.ts").read_text()
    named = set(re.findall(r'"(\w+)"', re.search(r"AGAIN = new Set\(\[(.*?)\]", text, re.DOTALL)[1]))
    by_status = set(map(int, re.search(r"AGAIN_STATUS = new Set\(\[(.*?)\]", text)[1].split(",")))

    for each in refusals(calls, errors, stores):
        assert (each.code in named or each.status in by_status) == each.retryable, each.code


def test_its_own_codes_are_explained_and_nobody_elses():
    sources = "".join(path.read_text() for path in (JS / "src").rglob("*.ts"))
    used = set(re.findall(r'"(BRIDGE_\w+)"', sources))
    explained = set(
        re.findall(r"^\| `(BRIDGE_\w+)`", (ROOT / "docs" / "bridge.md").read_text(), re.MULTILINE)
    )

    assert used == explained
    assert not any(f"`{code}`" in (ROOT / "docs" / "errors.md").read_text() for code in used)


def test_it_asks_what_the_schema_has():
    schema = build_schema((ROOT / "api" / "graphql" / "schema.graphql").read_text())
    asked = re.findall(r'["`]((?:query|mutation) [^"`]+)["`]', (JS / "src" / "platform.ts").read_text())

    assert len(asked) == 4
    assert [error.message for text in asked for error in validate(schema, parse(text))] == []


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=JS, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def typed(folder: Path, declared: str, body: str) -> str:
    """Return what the compiler says, strictly, of a page that calls by these declarations; "": nothing."""
    (folder / "miniapp.d.ts").write_text(declared)
    (folder / "page.ts").write_text(PAGE.format(body=body))
    package = folder / "node_modules" / "@banshi" / "bridge"
    if not package.exists():
        package.parent.mkdir(parents=True)
        package.symlink_to(JS, target_is_directory=True)
    done = subprocess.run(
        ["node", str(TSC), "--strict", "--noEmit", "--target", "es2022", "--module", "esnext",
         "--moduleResolution", "bundler", "--lib", "es2022,dom", "page.ts", "miniapp.d.ts"],
        cwd=folder, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    return done.stdout


@pytest.mark.slow
def test_it_is_built_of_its_sources(tmp_path):
    run("node", "build.mjs", str(tmp_path))

    built = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert built == {path.relative_to(DIST): path.read_bytes() for path in DIST.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_its_parts_keep_their_promises():
    run("node", "--test", "test/")


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_types_of_a_manifest_hold_calls_to_it(tmp_path):
    made = manifest.read((ROOT / "sdk/examples/newborn/miniapp.yaml").read_text())
    declared = declarations(made)
    papers = '{ family: { follow: "随母", marital: "已婚", collective: false } }'
    good = f"""const papers = await host.call("papers", {papers});
      const titles: string[] = papers.map(paper => paper.title);
      const child = {{ child_name: "小满", child_sex: "女" as const, born_on: "2026-11-02", nation: "汉族" }};
      const whole = {{ ...child, household_address: "x", phone: "1" }};
      const family = {{ follow: "随父", marital: "离异", collective: true }} as const;
      const done = await host.call("apply", {{ key: "k", family, child: whole }}, {{ idempotencyKey: "k" }});
      const serial: string = done.serial; await host.call("steps", {{}}); export {{ titles, serial }};"""
    bad = {
        'await host.call("paper", {});': "not assignable",
        f'await host.call("papers", {papers.replace("随母", "随他")});': "随他",
        'await host.call("papers", {});': "family",
        'const n: number = (await host.call("apply", {} as never)).serial;': "to type 'number'",
        'await host.call("steps", { more: 1 });': "never",
    }

    assert typed(tmp_path, declared, good) == ""
    anything = 'const any = await host.call("whatever", 1); export { any };'
    assert typed(tmp_path, "export {};", anything) == ""
    told = typed(tmp_path, declared, "\n".join(f"{{ {line} }}" for line in bad))
    for line, word in enumerate(bad.values(), 4):
        assert re.search(rf"page\.ts\({line},.*(\n .*)*{word}", told), (line, word, told)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_has_types(name):
    made = manifest.read((ROOT / "sdk" / "examples" / name / "miniapp.yaml").read_text())

    text = declarations(made)
    assert text.count("input:") == len(made.apis)
    assert "unknown" not in text
