"""`banshi graphql explain` and `paths`: the way of an operation, its SQL, and PostgreSQL's plan of it."""

import re

import pytest
from click.testing import CliRunner

from api.cli import environment, explaining
from api.cli.graphql import graphql
from api.cli.sql_lines import lines
from api.graphql import documents
from api.graphql.paths import Paths, Ways
from api.graphql.plan.segments import Cached, Read
from api.graphql.trusted import Trusted
from tests.databases import TEMPLATE


def banshi(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(graphql, words, prog_name="banshi graphql")
    assert done.exit_code == code, done.output
    return done.output


def document(name: str) -> str:
    return str(documents.FOLDER / f"{name}.graphql")


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(environment, "needed", lambda given: ["postgres"])


def test_every_trusted_document_goes_a_fast_way():
    told = banshi("paths")

    assert len(told.splitlines()) == len(documents.listed()) + 1
    assert "ordinary 0 (0%)" in told.splitlines()[-1]


def test_one_that_goes_the_slow_way_fails(monkeypatch):
    monkeypatch.setattr(Paths, "ways", lambda self, operation: Ways(reasons=("plan: a pity",)))

    told = banshi("paths", code=1)

    assert re.search(r"^home +ordinary +plan: a pity$", told, re.MULTILINE)


def test_home_is_shown_with_what_is_shared_and_what_is_private():
    told = banshi("explain", document("home"))

    assert "goes the way: plan" in told
    assert re.search(r"viewer +session", told)
    assert re.search(r"catalog +shared: bytes made by SQL, .*change of item, item_topic", told)
    assert re.search(r"recentCases +private", told)
    assert "statement of catalog; each asker hands in: catalog.region, catalog.target, catalog.elder" in told
    assert explaining.NOTHING_RUNS in told


def test_with_a_database_the_generic_plan_of_each_statement_is_shown(postgres):
    told = banshi("explain", document("home"), "--database", postgres.url("plan", TEMPLATE))

    private, shared = told.split("\nstatement of ")[1:]
    assert "Index Cond: (party_id = " in private
    assert "(cost=" in shared
    assert explaining.NOTHING_RUNS not in told


def test_a_database_that_does_not_answer_is_one_clear_line():
    told = banshi("explain", document("home"), "--database", "postgresql://plan@127.0.0.1:9/x", code=1)

    assert "the database does not answer" in told.splitlines()[-1]


def test_what_only_python_can_do_is_said():
    told = banshi("explain", document("start_case"))

    assert "goes the way: generated" in told
    assert "not plan: a mutation is made by Python" in told
    assert re.search(r"startCase +Python", told)


def test_operations_of_a_file_are_told_apart_and_each_setting_of_directives_is_shown(tmp_path):
    file = tmp_path / "two.graphql"
    file.write_text(
        "query A($with: Boolean!) { cases(first: 1) { edges { node { id number @include(if: $with) } } } }"
        " query B { requestId }"
    )

    nameless = banshi("explain", str(file), code=1)
    told = banshi("explain", str(file), "--name", "A")

    assert "operationName" in nameless
    assert "root fields, with {'with': False}:" in told
    assert "root fields, with {'with': True}:" in told


def test_a_faulty_file_is_refused_with_what_is_wrong(tmp_path):
    file = tmp_path / "faulty.graphql"
    file.write_text("{ gone }")

    assert "Cannot query field 'gone'" in banshi("explain", str(file), code=1)


def statements(schema) -> list[str]:
    found = []
    for operation in Trusted.load(schema.core).operations.values():
        for plan in Paths(schema).trust(operation).plans.values():
            reads = [each.maker for each in plan.segments if isinstance(each, Cached)] + [plan.read]
            found += [read.statement.text for read in reads if isinstance(read, Read)]
    return found


def test_lines_of_sql_say_what_the_sql_says(schema):
    for sql in statements(schema):
        shown = lines(sql)

        assert "".join("".join(shown).split()) == "".join(sql.split())
        assert len(shown) > 5


def test_a_line_begins_with_each_clause_and_each_member():
    assert lines(
        """SELECT '{"id":'||t.id||',"from":"'||(SELECT 'FROM' FROM x)||'"' FROM t LEFT JOIN u"""
    ) == [
        "SELECT",
        """'{"id":'||t.id||""",
        """',"from":"'||(""",
        "  SELECT 'FROM'",
        """  FROM x)||'"'""",
        "FROM t",
        "LEFT JOIN u",
    ]
