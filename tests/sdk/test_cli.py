from pathlib import Path

from click.testing import CliRunner

from banshi.cli import main
from tests.sdk.test_manifest import GOOD


def test_good_manifest_passes(tmp_path: Path):
    file = tmp_path / "miniapp.yaml"
    file.write_text(GOOD)

    done = CliRunner().invoke(main, ["check", str(file)])

    assert done.exit_code == 0
    assert "good manifest" in done.output


def test_bad_manifest_names_file_and_line(tmp_path: Path):
    file = tmp_path / "miniapp.yaml"
    file.write_text(GOOD.replace("1.0.0", "one"))

    done = CliRunner().invoke(main, ["check", str(file)])

    assert done.exit_code == 1
    assert f"{file}:4:10: version" in done.output


def test_bad_manifest_is_not_published(tmp_path: Path):
    file = tmp_path / "miniapp.yaml"
    file.write_text(GOOD.replace("1.0.0", "one"))

    done = CliRunner().invoke(
        main, ["publish", str(file), "--token", "t", "--platform", "http://127.0.0.1:9"]
    )

    assert done.exit_code == 1
    assert "version" in done.output


def test_unreachable_platform_is_one_clear_line(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("banshi.client.PAUSE_S", 0.0)
    file = tmp_path / "miniapp.yaml"
    file.write_text(GOOD)

    done = CliRunner().invoke(
        main, ["publish", str(file), "--token", "t", "--platform", "http://127.0.0.1:9"]
    )

    assert done.exit_code == 1
    assert "is http://127.0.0.1:9 the platform?" in done.output


def test_every_command_has_an_example():
    for name, command in main.commands.items():
        assert "Example:" in (command.help or ""), name
