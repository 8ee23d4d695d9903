"""The calendar over GraphQL and on the command line."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli.calendar import calendar
from miniapps.calendar import service
from miniapps.calendar.rules import parse
from storage.settings import DatabaseSettings
from tests.api.conftest import NOON, as_citizen, as_operator, some_settings
from tests.miniapps.calendar.factories import NOTICE_2027

YEAR = """query ($year: Int!) { calendar(year: $year) {
  year provisional workdays source days { on works name } } }"""
LOAD = "mutation ($notice: String!) { loadCalendar(text: $notice) }"


async def test_anybody_may_ask_for_a_year(db, ask):
    await service.seed(now=NOON)

    answer = await ask(YEAR, year=2026)

    year = answer["data"]["calendar"]
    assert (year["workdays"], year["provisional"]) == (248, False)
    assert {"on": "2026-10-10", "works": True, "name": "国庆节"} in year["days"]


async def test_a_year_without_a_notice_is_provisional(db, ask):
    answer = await ask(YEAR, year=2027)

    assert answer["data"]["calendar"]["provisional"] is True
    assert answer["data"]["calendar"]["source"] is None


async def test_a_year_out_of_reach_is_refused(db, ask):
    answer = await ask(YEAR, year=1)

    assert answer["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


async def test_an_operator_loads_a_notice_and_may_retry(db, ask):
    first = await ask(LOAD, actor=as_operator(), notice=NOTICE_2027)
    again = await ask(LOAD, actor=as_operator(), notice=NOTICE_2027)

    assert first["data"] == {"loadCalendar": [2027]}
    assert again["data"] == {"loadCalendar": []}


async def test_a_faulty_notice_is_refused_with_every_line(db, ask):
    answer = await ask(LOAD, actor=as_operator(), notice="nonsense\nmore nonsense")

    extensions = answer["errors"][0]["extensions"]
    assert extensions["code"] == "CALENDAR_FILE_INVALID"
    assert len(extensions["data"]["problems"].splitlines()) == 2


async def test_a_citizen_cannot_load_a_notice(db, ask):
    answer = await ask(LOAD, actor=as_citizen(), notice=NOTICE_2027)

    assert answer["errors"][0]["extensions"]["code"] == "SCOPE_MISSING"


@pytest.fixture
def notice(tmp_path) -> Path:
    file = tmp_path / "holidays.txt"
    file.write_text(NOTICE_2027, encoding="utf-8")
    return file


def test_checking_a_file_needs_no_server(notice):
    result = CliRunner().invoke(calendar, ["load", str(notice), "--check"])

    assert (result.exit_code, result.output) == (0, "2027: 23 days off, 2 weekend days worked\n")


def test_mistakes_are_told_as_file_and_line(notice):
    notice.write_text(NOTICE_2027 + "off 2027-13-01 元旦\nwork 2027-03-01 元旦\n", encoding="utf-8")

    result = CliRunner().invoke(calendar, ["load", str(notice)])

    lines = len(NOTICE_2027.splitlines())
    assert result.exit_code == 1
    assert f"{notice}:{lines + 1}: 2027-13-01 is no day" in result.output
    assert f"{notice}:{lines + 2}: 2027-03-01 is no Saturday" in result.output


def test_a_file_in_another_encoding_is_told_apart(notice):
    notice.write_bytes("notice 2027 测试".encode("gb18030"))

    result = CliRunner().invoke(calendar, ["load", str(notice), "--check"])

    assert result.exit_code == 1
    assert "is not UTF-8" in result.output


@pytest.fixture
def running(postgres, database, tmp_path, monkeypatch):
    """The environment of a system whose database is up."""
    settings = some_settings(database=DatabaseSettings(url=postgres.url("app", database)))
    for name, text in settings.as_env().items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("BANSHI_DATA", str(tmp_path))


async def test_an_operator_loads_a_file_and_sees_it_in_the_form_it_was_read(running, notice):
    async def run(*words: str) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, calendar, list(words))
        assert result.exit_code == 0, result.output
        return result.output

    before = await run("show", "2027")
    first = await run("load", str(notice))
    again = await run("load", str(notice))
    shown = await run("show", "2027")

    assert before == "# 2027 has no notice yet: counted provisionally\n"
    assert (first, again) == ("loaded 2027\n", "these notices are in force already\n")
    assert parse(shown) == parse(NOTICE_2027)
