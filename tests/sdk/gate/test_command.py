"""`miniapp check --browser`: the whole gate on a developer's machine, and what it says without a browser."""

import pytest
from click.testing import CliRunner

from banshi import gate
from banshi.cli import main
from banshi.gate.browser import BrowserFailed, BrowserMissing, Limits, inspect
from tests.sdk.gate.seen import SCRIPT, SHOTS, STYLE, made, write


def run(*words: object):
    return CliRunner().invoke(main, ["check", *(str(word) for word in words), "--browser"])


@pytest.fixture
def without(monkeypatch):
    monkeypatch.setenv("MINIAPP_CHROMIUM", "/nowhere/chromium")


def test_without_a_browser_nothing_passes_and_it_is_said_why(without, tmp_path):
    told = run(write(tmp_path))

    assert told.exit_code == 1
    assert told.output.startswith("Error: No browser: /nowhere/chromium is not there: install it")


async def test_a_browser_that_does_not_start_is_no_verdict(monkeypatch):
    monkeypatch.setenv("MINIAPP_CHROMIUM", "/bin/false")

    with pytest.raises(BrowserMissing):
        await gate.judge(made())


async def test_a_temporary_folder_too_deep_for_its_socket_is_named(tmp_path, monkeypatch):
    deep = tmp_path / ("a" * 60)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))

    with pytest.raises(BrowserMissing, match="too long for it: set TMPDIR to a shorter one"):
        await inspect(made())
    assert list(deep.iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_good_one_passes_every_rule(tmp_path):
    told = run(write(tmp_path))

    assert told.output == f"✓ rent-withdrawal 1.0.0 passes {len(gate.RULES)} rules of the gate\n"


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_is_found_is_told_by_element_and_pictured(tmp_path):
    file = write(tmp_path, {"style.css": STYLE + "#more { color: #bbb }", "app.js": SCRIPT + "eval('1')\n"})

    told = run(file, "--shots", tmp_path / "shots")

    lines = told.output.splitlines()
    page = tmp_path / "web" / "index.html"
    assert told.exit_code == 1
    assert any(line.startswith(f"✗ {page}: page.contrast: ") and "(#more)" in line for line in lines), lines
    evil = f"{tmp_path / 'web' / 'app.js'}:{SCRIPT.count(chr(10)) + 1}"
    assert any(line.startswith(f"✗ {evil}: script.eval: ") for line in lines), lines
    assert sorted(shot.name for shot in (tmp_path / "shots").iterdir()) == sorted(SHOTS)


@pytest.mark.slow
async def test_what_is_left_of_a_look_that_was_broken_off_is_nothing(short_folder, monkeypatch):
    folder = short_folder
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    report = await inspect(made({"app.js": SCRIPT + "for (;;);"}), limits=Limits(whole_s=12))

    assert [each.rule for each in report.findings] == ["browser.time"]
    assert list(folder.iterdir()) == []
    assert BrowserFailed.retryable


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_miniapp_init_makes_passes_every_rule(tmp_path):
    assert CliRunner().invoke(main, ["init", str(tmp_path / "rent-help")]).exit_code == 0

    told = run(tmp_path / "rent-help" / "miniapp.yaml")

    assert told.output == f"✓ rent-help 0.1.0 passes {len(gate.RULES)} rules of the gate\n"
