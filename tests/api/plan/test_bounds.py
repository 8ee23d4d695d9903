"""What is kept is bounded: no long texts of strangers, no executors, nothing that is somebody's."""

import strawberry
from graphql import parse
from pytest import mark, raises

from api.context import Context
from api.graphql import execute
from api.graphql.execute import Ask
from api.graphql.paths import HOUSE, Paths
from api.graphql.plan.arguments import LONGEST
from api.graphql.plan.compile import compile_plan
from api.graphql.plan.roots import Argument, Kept, Root, Size, root
from api.graphql.plan.segments import Cached, Plan
from api.graphql.plan.select import NotCovered
from api.graphql.plan.sources import Mapped, from_sql, rows
from identity.actor import ANONYMOUS
from tests.api.conftest import NOON

FOUND = "query ($event: String) { items(lifeEvent: $event, first: 1) { edges { cursor } } }"


@strawberry.type
@rows("thing")
class Thing(Mapped):
    name: str

    mine: bool = strawberry.field(metadata=from_sql("({t}.party_id = {v.person_id})"))

    @strawberry.field
    def cut(self, to: int) -> str:
        return self.name[:to]


OPEN = Root(visible="true", arguments={"name": Argument("text", "{t}.name = {a}")}, shared=True,
            order="{t}.id", size=Size(20))  # fmt: skip


@strawberry.type
class Query:
    @strawberry.field(metadata=root(OPEN))
    def offered(self, name: str, first: int = 5) -> list[Thing]:
        return []

    @strawberry.field(metadata=root(Kept(by="shared")))
    def made(self, name: str) -> list[Thing]:
        return [Thing(name=name, mine=False)]


SCHEMA = strawberry.Schema(Query)


def compiled(text: str) -> Plan:
    document = parse(text)
    return compile_plan(SCHEMA, document, document.definitions[0], HOUSE, flags={})


def identities(text: str) -> list[object]:
    return [each.identity for each in compiled(text).segments if isinstance(each, Cached)]


def test_long_variables_are_bound_and_forgotten():
    binder = compiled("query ($name: String!) { offered(name: $name) { name } }").binder

    for length, remembered in ((LONGEST, 1), (LONGEST + 1, 1), (50_000, 1)):
        bound = binder.bind({"name": "x" * length})["offered"]
        assert bound.values["name"] == "x" * length
        assert bound.short == (length <= LONGEST)
        assert len(binder.known) == remembered


def test_variables_that_the_document_does_not_declare_are_not_looked_at():
    binder = compiled("query ($name: String!) { offered(name: $name) { name } }").binder

    asked = [binder.bind({"name": "a", f"other{n}": "x" * 50_000}) for n in range(3)]

    assert asked[0] is asked[1] is asked[2]
    assert len(binder.known) == 1


def test_a_long_constant_is_no_key_either():
    bound = compiled('{ offered(name: "%s") { name } }' % ("x" * (LONGEST + 1))).binder.bind({})

    assert not bound["offered"].short


def test_what_is_kept_of_a_plan_holds_neither_its_text_nor_its_executor():
    text = '{ offered(name: "a") { name } made(name: "a") { name } }'
    (read, made), (read_again, made_again) = identities(text), identities(text)

    assert read == read_again
    assert len(read[0]) == 32  # type: ignore[index]
    assert made != made_again
    assert type(made) is object


def test_what_variables_vary_inside_is_not_kept_by_the_arguments_alone():
    with raises(NotCovered, match="variables inside made"):
        compiled('query ($to: Int!) { made(name: "a") { cut(to: $to) } }')

    assert compiled('{ made(name: "a") { cut(to: 3) } }').segments


def test_what_is_shared_asks_nobody_who_he_is():
    with raises(NotCovered, match="offered is shared, and asks who asks"):
        compiled('{ offered(name: "a") { mine } }')


@mark.parametrize(("length", "kept"), [(LONGEST, 3), (LONGEST + 1, 0)])
async def test_answers_to_long_arguments_are_shared_with_nobody(schema, runner, db, length, kept):
    runner.fragments.trust()
    paths = Paths(schema, open_=("plan",), runner=runner, eager=True)
    operation = execute.choose_operation(schema, Ask(FOUND), is_open=True)

    for letter in "abc":
        context = Context(actor=ANONYMOUS, now=NOON, request_id="1", address="")
        variables = {"event": letter * length}
        assert await paths.by_plan(paths.known(operation), variables, context) is not None

    assert len(runner.fragments) == kept
