"""Sessions that the command keeps: at one place, for its owner alone."""

from datetime import UTC, datetime, timedelta

import click
import pytest
from click.testing import CliRunner

from banshi.cli import _account, main
from banshi.cli._account import Session, keep, token_for

HERE, THERE = "http://127.0.0.1:9", "https://platform.example"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_a_session_is_kept_for_its_owner_alone_and_by_platform():
    keep(HERE, Session(token="one", name="卢奇"))
    keep(f"{THERE}/", Session(token="two", name="卢奇"))

    assert (token_for(f"{HERE}/", None), token_for(THERE, None)) == ("one", "two")
    assert _account.file().stat().st_mode & 0o777 == 0o600
    assert token_for(HERE, "shown") == "shown"


def test_without_a_session_one_is_told_what_to_type():
    with pytest.raises(click.ClickException, match="miniapp login --platform"):
        token_for(HERE, None)


def test_a_session_that_has_ended_is_not_shown():
    keep(HERE, Session(token="old", name="卢奇", expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    with pytest.raises(click.ClickException, match="has ended"):
        token_for(HERE, None)


def test_a_broken_file_is_no_session():
    _account.file().parent.mkdir()
    _account.file().write_text("{")

    assert _account.sessions() == {}


def test_logging_out_forgets_even_when_nobody_hears(monkeypatch):
    monkeypatch.setattr("banshi.client.PAUSE_S", 0.0)
    keep(HERE, Session(token="one", name="卢奇"))

    done = CliRunner().invoke(main, ["logout", "--platform", HERE])

    assert "forgotten here" in done.output
    assert _account.sessions() == {}


def test_login_says_what_it_takes():
    done = CliRunner().invoke(main, ["login"])

    assert done.exit_code == 1
    assert "--as developer" in done.output
