"""The committed schema and table of errors are those of the code."""

from collections import Counter

import pytest
from click.testing import CliRunner
from graphql import GraphQLObjectType

from api import refusals
from api.cli import graphql as cli
from api.graphql.schema import build


def test_the_committed_schema_is_the_one_of_the_code():
    assert cli.SCHEMA.read_text() == build().as_str() + "\n"


def test_the_committed_table_of_errors_is_the_one_of_the_code():
    assert cli.ERRORS.read_text() == refusals.table()


def test_no_two_refusals_share_a_code():
    codes = Counter(kind.code for kind in refusals.all_refusals())

    assert [code for code, times in codes.items() if times > 1] == []


@pytest.mark.parametrize("kind", refusals.all_refusals(), ids=lambda kind: kind.code)
def test_every_refusal_is_spelled_and_explained(kind):
    assert kind.code == kind.code.upper().replace("-", "_")
    assert 400 <= kind.status < 600
    assert kind.__doc__


def test_types_bear_the_word_alone_and_ids_are_plain(schema):
    objects = [kind for kind in schema.core.type_map.values() if isinstance(kind, GraphQLObjectType)]

    for kind in objects:
        assert not kind.name.endswith("Node"), kind.name
        if "id" in kind.fields:
            assert str(kind.fields["id"].type) == "UUID!", kind.name


def test_check_says_which_command_mends_it(tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "SCHEMA", tmp_path / "schema.graphql")
    monkeypatch.setattr(cli, "ERRORS", tmp_path / "errors.md")

    behind = CliRunner().invoke(cli.graphql, ["check"])
    CliRunner().invoke(cli.graphql, ["export"], catch_exceptions=False)
    CliRunner().invoke(cli.graphql, ["errors"], catch_exceptions=False)
    mended = CliRunner().invoke(cli.graphql, ["check"])

    assert behind.exit_code == 1
    assert "banshi graphql export" in behind.output
    assert "banshi graphql errors" in behind.output
    assert mended.exit_code == 0
