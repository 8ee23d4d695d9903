"""The committed schema and table of errors are those of the code."""

from collections import Counter

import pytest
from click.testing import CliRunner
from graphql import GraphQLEnumType, GraphQLObjectType

from api import refusal_page, refusals
from api.cli import graphql as cli
from api.graphql.schema import build
from banshi.refusals import OF_CODE
from identity.actor import WORKER
from storage.ids import new_id


def test_the_committed_schema_is_the_one_of_the_code():
    assert cli.SCHEMA.read_text() == build().as_str() + "\n"


def test_the_committed_table_of_errors_is_the_one_of_the_code():
    assert cli.ERRORS.read_text() == refusals.table()


async def test_a_platform_explains_every_refusal(bare):
    page = await bare.get("/docs/errors")

    assert page.text == refusal_page.page()
    assert all(f'id="{code.lower()}"' in page.text for code in OF_CODE)


def test_no_two_refusals_share_a_code():
    codes = Counter(kind.code for kind in refusals.all_refusals())

    assert [code for code, times in codes.items() if times > 1] == []


@pytest.mark.parametrize("kind", refusals.all_refusals(), ids=lambda kind: kind.code)
def test_every_refusal_is_spelled_and_explained(kind):
    assert kind.code == kind.code.upper().replace("-", "_")
    assert 400 <= kind.status < 600
    assert kind.__doc__


def test_types_bear_the_word_alone_and_rows_have_plain_ids(schema):
    objects = {
        name: kind for name, kind in schema.core.type_map.items() if isinstance(kind, GraphQLObjectType)
    }

    assert [name for name in objects if name.endswith("Node")] == []
    for edge in (kind for name, kind in objects.items() if name.endswith("Edge")):
        assert str(edge.fields["node"].type.of_type.fields["id"].type) == "UUID!", edge.name


def test_no_two_enums_of_the_wire_say_the_same(schema):
    enums = {
        name: frozenset(kind.values)
        for name, kind in schema.core.type_map.items()
        if isinstance(kind, GraphQLEnumType) and not name.startswith("__")
    }

    assert len(set(enums.values())) == len(enums)


GLIMPSES = {"catalog": 100, "recentCases": 20}
"""The first rows of a list, as a plain list of at most so many: nobody pages through them."""


def lists():
    fields = build().core.query_type.fields
    return [
        pytest.param(name, field, id=name)
        for name, field in fields.items()
        if "first" in field.args and name not in GLIMPSES
    ]


@pytest.mark.parametrize(("name", "field"), lists())
@pytest.mark.parametrize("given", ["first: 101", "first: 0", 'after: "forged"'])
async def test_every_list_refuses_odd_pages_and_foreign_cursors(ask, name, field, given):
    required = {
        key: str(new_id())
        for key, argument in field.args.items()
        if str(argument.type) in ("UUID!", "String!")
    }
    arguments = ", ".join([given, *(f'{key}: "{value}"' for key, value in required.items())])

    answer = await ask(f"{{ {name}({arguments}) {{ pageInfo {{ endCursor }} }} }}", actor=WORKER)

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INVALID_INPUT"
    assert error["extensions"]["data"]["field"] == given.split(":")[0]


@pytest.mark.parametrize(("name", "most"), GLIMPSES.items())
async def test_a_glimpse_refuses_odd_sizes(ask, name, most):
    more = ', region: "330106", target: PERSON' if name == "catalog" else ""

    for first in (0, most + 1):
        answer = await ask(f"{{ {name}(first: {first}{more}) {{ id }} }}", actor=WORKER)

        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "INVALID_INPUT"
        assert error["extensions"]["data"] == {"field": "first", "problem": f"ask for 1 to {most}"}


@pytest.mark.parametrize(("name", "field"), lists())
def test_every_list_is_a_connection_with_signed_cursors(name, field):
    kind = field.type.of_type

    assert kind.name.endswith("Connection"), name
    assert {"edges", "pageInfo"} <= set(kind.fields), name


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
