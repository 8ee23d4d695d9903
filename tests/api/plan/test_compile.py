"""What compiles to a plan, what does not, and why."""

import pytest
import strawberry
from graphql import parse

from api.context import Context
from api.graphql.access import needs
from api.graphql.paths import HOUSE
from api.graphql.plan.compile import compile_plan
from api.graphql.plan.roots import Argument, Root, Size, root
from api.graphql.plan.segments import Cached, Private
from api.graphql.plan.select import NotCovered
from api.graphql.plan.sources import Mapped, from_sql, rows
from banshi.scopes import Scope
from identity.actor import ANONYMOUS
from tests.api.conftest import NOON, as_citizen

REQUEST = {"now": NOON, "request_id": "1", "address": ""}
OWN = "{t}.party_id = {v.acting_for}"


@strawberry.type
@rows("thing", joins={"far": "JOIN far {far} ON {far}.id = {t}.far_id"})
class Thing(Mapped):
    name: str
    number: int | None
    far: str = strawberry.field(metadata=from_sql("{far}.name"))
    price: float

    @strawberry.field
    def length(self) -> int:
        return len(self.name)


def listed(**options: object) -> dict[str, object]:
    given = {"visible": OWN, "order": "{t}.id", "size": Size(20)}
    return root(Root(**{**given, **options}))  # type: ignore[arg-type]


ARGUMENTS = {
    "name": Argument("text", "{t}.name = {a}"),
    "near": Argument("text", "{t}.near = {a}", convert=lambda text: {"home": "here"}[text]),
}


@strawberry.type
class Query:
    @strawberry.field(metadata=listed(arguments=ARGUMENTS), extensions=[needs(Scope.CASES_READ)])
    def things(self, first: int = 5, name: str | None = None, near: str = "home") -> list[Thing]:
        return []

    @strawberry.field(metadata=listed(visible=None))
    def anybodys(self, first: int = 5) -> list[Thing]:
        return []

    @strawberry.field(metadata=listed(shared=True, visible="{t}.open"))
    def offered(self, first: int = 5) -> list[Thing]:
        return []

    @strawberry.field
    def plain(self) -> int:
        return 1


SCHEMA = strawberry.Schema(Query)


def compiled(text: str, **options: bool):
    document = parse(text)
    return compile_plan(SCHEMA, document, document.definitions[0], HOUSE, flags={}, **options)


def sql_of(text: str) -> str:
    plan = compiled(text)
    assert plan.read is not None
    return plan.read.statement.text


def test_whose_rows_is_part_of_the_statement():
    plan = compiled("{ things { name } }")

    assert plan.read is not None
    assert "thing t1 WHERE (t1.party_id = v.p1)" in plan.read.statement.text
    assert plan.read.parameters == (("", "acting_for"),)


def test_a_root_field_that_says_not_whose_rows_does_not_compile():
    with pytest.raises(NotCovered, match="anybodys does not say whose rows it shows"):
        compiled("{ anybodys { name } }")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{ plain }", "plain is answered by Python"),
        ("{ things { length } }", "Thing.length is answered by Python"),
        ("{ things { price } }", "Float is not made in SQL"),
        ("{ things(first: 21) { name } }", "the arguments of things are refused"),
        ('{ things(near: "far") { name } }', "the arguments of things are refused"),
        ("{ __schema { types { name } } }", "introspection"),
    ],
)
def test_what_needs_python_says_so(text: str, why: str):
    with pytest.raises(NotCovered, match=why.replace("(", r"\(")):
        compiled(text)


def test_a_join_is_made_only_where_it_is_used():
    assert "JOIN far" not in sql_of("{ things { name } }")
    assert "JOIN far t2 ON t2.id = t1.far_id" in sql_of("{ things { far } }")


def test_constants_of_the_document_are_written_out_and_quoted():
    text = sql_of('{ things(first: 3, name: "it\'s") { name } }')

    assert "t1.name = 'it''s'::text" in text
    assert "LIMIT 3" in text


def test_variables_are_columns_of_the_askers():
    plan = compiled("query ($n: Int!, $name: String) { things(first: $n, name: $name) { name } }")

    assert plan.read is not None
    assert "unnest($1::int[], $2::uuid[], $3::text[]) WITH ORDINALITY" in plan.read.statement.text
    assert "v.p3 IS NULL OR t1.name = v.p3" in plan.read.statement.text
    assert plan.read.parameters == (("things", "first"), ("", "acting_for"), ("things", "name"))


def test_a_null_argument_asks_for_nothing():
    assert "t1.name =" not in sql_of("{ things(name: null) { name } }")


def test_shared_fields_have_a_statement_of_their_own():
    plan = compiled("{ things { name } offered { name } more: things { name } }")

    assert [type(segment) for segment in plan.segments] == [Private, Cached, Private]
    assert plan.read is not None
    assert plan.read.statement.text.count("textsend") == 2


def test_without_fragments_everything_is_one_statement():
    plan = compiled("{ things { name } offered { name } }", fragments=False)

    assert plan.segments == (Private(0),)


def test_neighbouring_literals_are_one():
    assert "||'{\"name\":'||" in sql_of("{ things { name } }").replace("coalesce('{", "||'{")
    assert "'||'" not in sql_of("{ things { __typename name number } }")


def test_keys_stand_in_the_order_of_the_document():
    text = sql_of("{ things { b: number ...F a: name } } fragment F on Thing { a: name c: number }")

    assert text.index('"b":') < text.index('"a":') < text.index('"c":')


def test_the_scope_is_checked_before_anything_is_read():
    allows = compiled("{ things { name } }").allows

    assert allows(Context(actor=as_citizen(), **REQUEST))
    assert not allows(Context(actor=ANONYMOUS, **REQUEST))
