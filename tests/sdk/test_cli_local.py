"""Checking and packing a mini-app on the developer's own machine."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from banshi import gate, package
from banshi.cli import main
from tests.sdk.gate.good import FILES, MANIFEST_TEXT


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A good mini-app on a disk; returns its manifest."""
    (tmp_path / "web").mkdir()
    for name, text in FILES.items():
        (tmp_path / "web" / name).write_text(text)
    file = tmp_path / "miniapp.yaml"
    file.write_text(MANIFEST_TEXT)
    return file


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "team.pem"
    assert run("keys", "new", file).exit_code == 0
    return file


def run(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_good_one_passes_the_gate_and_is_packed_the_same_each_time(app, key, tmp_path):
    checked = run("check", app)
    packed = run("pack", app, "--key", key, "--out", tmp_path / "a.zip")
    again = run("pack", app, "--key", key, "--out", tmp_path / "b.zip")

    seen = sum(rule.in_browser for rule in gate.RULES.values())
    assert checked.output == (
        f"✓ rent-withdrawal 1.0.0 passes {len(gate.RULES) - seen} rules of the gate\n"
        f"  {seen} more look at the pages where they run: --browser\n"
    )
    assert packed.exit_code == again.exit_code == 0, packed.output
    data = (tmp_path / "a.zip").read_bytes()
    assert (tmp_path / "b.zip").read_bytes() == data
    public = package.public_of(key.read_bytes())
    assert package.read(data).is_signed_by({package.key_id(public): public})
    assert f"8 files, {len(data):,} bytes" in packed.output


def test_findings_are_told_by_place_with_a_way_to_mend_them(app, key, tmp_path):
    script = app.parent / "web" / "app.js"
    script.write_text(script.read_text() + "eval(a)\nnode.innerHTML = a\n")

    checked, packed = run("check", app), run("pack", app, "--key", key, "--out", tmp_path / "a.zip")

    sink = gate.RULES["script.html"]
    told = [
        f"✗ {script}:8: script.eval: text is run as a script; call a function instead",
        f"! {script}:9: script.html: {sink.title}; {sink.fix}",
    ]
    assert (checked.exit_code, checked.output.splitlines()) == (1, told)
    assert (packed.exit_code, packed.output.splitlines()) == (1, told)
    assert not (tmp_path / "a.zip").exists()


def test_warnings_alone_do_not_refuse(app):
    script = app.parent / "web" / "app.js"
    script.write_text(script.read_text() + "node.innerHTML = a\n")

    done = run("check", app)

    assert done.exit_code == 0
    assert [line[0] for line in done.output.splitlines()] == ["!", "✓", " "]


def test_faults_of_the_package_are_told_too(app):
    (app.parent / "web" / "run.sh").write_text("")
    (app.parent / "web" / "a b.js").write_text("")

    done = run("check", app)

    assert done.exit_code == 1
    assert {line.split(": ")[1] for line in done.output.splitlines()} == {"package.kind", "package.name"}


def test_files_elsewhere_are_named(app, key, tmp_path):
    (app.parent / "web").rename(app.parent / "dist")

    without = run("pack", app, "--key", key)
    named = run("pack", app, "--key", key, "--web", app.parent / "dist", "--out", tmp_path / "a.zip")

    assert (without.exit_code, named.exit_code) == (1, 0)
    assert "name the files with --web" in without.output


def test_a_key_is_only_its_owner_s_and_never_written_over(key):
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()

    again = run("keys", "new", key)
    shown = run("keys", "show", key)

    assert again.exit_code == 1
    assert key.read_bytes() == before
    public = package.public_of(before)
    assert shown.output == f"id         {package.key_id(public)}\npublic key {public.hex()}\n"


@pytest.mark.parametrize("words", [("keys", "show"), ("pack",)])
def test_what_is_no_key_is_told_in_one_line(app, words, tmp_path):
    odd = tmp_path / "odd.pem"
    odd.write_text("no key")

    done = run("keys", "show", odd) if words[0] == "keys" else run("pack", app, "--key", odd)

    assert done.exit_code == 1
    assert done.output == f"Error: {odd}: this is no private key: make one with `miniapp keys new FILE`\n"
