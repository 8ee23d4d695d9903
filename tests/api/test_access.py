"""The coarse lock: every root field names its scope, and visitors see the catalogue only."""

import re

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from api.graphql import schema as schemas
from api.graphql.access import Needs, needs
from api.graphql.plan.roots import ROOT, Root
from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import Scope
from identity.actor import ANONYMOUS
from tests.api.conftest import as_citizen, as_clerk, as_operator

OPEN_TO_ALL = {"requestId"}
"""Root fields without a lock; a name here needs a reason.  requestId tells what the header tells."""


NAMES = StrawberryConfig().name_converter


def root_fields():
    every = [*schemas.QUERIES, *schemas.MUTATIONS]
    return [
        (kind.__name__, field)
        for kind in every
        for field in kind.__strawberry_definition__.fields
        if NAMES.get_graphql_name(field) not in OPEN_TO_ALL
    ]


@pytest.mark.parametrize(
    "field", [pytest.param(field, id=f"{kind}.{field.python_name}") for kind, field in root_fields()]
)
def test_every_root_field_names_its_scope_first(field):
    locks = [each for each in field.extensions if isinstance(each, Needs)]

    assert len(locks) == 1
    assert field.extensions[0] is locks[0]


PLANNED = {
    field.python_name: found
    for _, field in root_fields()
    if isinstance(found := field.metadata.get(ROOT), Root)
}
OWN = re.compile(r"\{v\.(person_id|acting_for)\}")


EVERYBODYS = {"catalog", "mini_app", "mini_apps"}
"""Planned fields that tell all who may ask the same; a name here needs a reason: what is on offer."""


@pytest.mark.parametrize("name", PLANNED)
def test_every_plan_shows_rows_of_who_asks_or_what_is_everybodys(name):
    found = PLANNED[name]

    assert found.visible not in (None, "", "true")
    assert bool(OWN.search(found.visible)) == (name not in EVERYBODYS)
    assert not found.shared or "{v." not in found.visible, "what is kept for all knows nobody"


def test_no_more_than_what_is_named_is_everybodys():
    assert len(PLANNED) >= 16
    assert set(PLANNED) >= EVERYBODYS >= {name for name, found in PLANNED.items() if found.shared}


def test_the_schema_tells_the_scope_of_each_locked_field_once(schema):
    for root in (schema.core.query_type, schema.core.mutation_type):
        for name, field in root.fields.items() if root else ():
            assert (field.description or "").count("Needs scope") == (name not in OPEN_TO_ALL), name


@strawberry.type
class Query:
    @strawberry.field(extensions=[needs(Scope.CASES_READ)])
    def plain(self) -> str:
        return "seen"

    @strawberry.field(extensions=[needs(Scope.CASES_READ)])
    async def slow(self) -> str:
        return "seen"

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)])
    def catalogue(self) -> str:
        return "seen"


@pytest.fixture
def schema_of_three():
    return schemas.Schema(query=merge_types("Query", (Query,)), extensions=[schemas.HideBugs, schemas.Ready])


@pytest.mark.parametrize("name", ["plain", "slow"])
@pytest.mark.parametrize(
    ("actor", "code"),
    [
        (ANONYMOUS, NotSignedIn.code),
        (as_operator(), ScopeMissing.code),
        (as_citizen(), None),
        (as_clerk(), None),
    ],
    ids=["visitor", "operator", "citizen", "clerk"],
)
async def test_a_field_is_refused_without_its_scope(schema_of_three, ask_in, actor, code, name):
    answer = await ask_in(schema_of_three, f"{{ {name} }}", actor=actor)

    if code is None:
        assert answer == {"data": {name: "seen"}}
    else:
        assert [error["extensions"]["code"] for error in answer["errors"]] == [code]


async def test_the_refusal_names_the_scope(schema_of_three, ask_in):
    (error,) = (await ask_in(schema_of_three, "{ plain }", actor=as_operator()))["errors"]

    assert error["message"] == "This needs the scope cases:read."
    assert error["extensions"]["data"] == {"scope": "cases:read"}
    assert error["path"] == ["plain"]


async def test_a_visitor_sees_the_catalogue(schema_of_three, ask_in):
    assert await ask_in(schema_of_three, "{ catalogue }") == {"data": {"catalogue": "seen"}}
