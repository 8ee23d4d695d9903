"""No list costs more queries because it is longer, whatever of it is asked for.

The document asks for everything that a node of the list offers, three objects deep; so a new field
that reads by row fails here without a test of its own.
"""

from collections.abc import AsyncIterator

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type

from api.graphql.paths import Path, Paths
from api.graphql.schema import Schema, build
from identity import audit
from identity.roles import Role
from miniapps.items import service
from miniapps.review import service as reviews
from storage import objects
from storage.db import execute
from storage.ids import new_id
from storage.settings import ObjectsSettings
from tests.api.conftest import NOON, an_actor, as_citizen, as_clerk, as_operator
from tests.conftest import Queries
from tests.identity.factories import make_session
from tests.miniapps.cases.factories import a_citizen, a_clerk, a_submitted_case, a_town
from tests.miniapps.items.factories import make_item
from tests.miniapps.materials.factories import a_department, given, issued, used
from tests.miniapps.review.factories import queued

DEPTH = 3
LOOKS = {"filledIn"}
"""Fields that open one case's sealed content and record the look: meant for a single case, not for lists."""


LARGE = {"item"}
"""Objects of which all parts, for several rows, would cost more than an operation may: their values only."""


def everything(kind: GraphQLObjectType, depth: int = DEPTH) -> str:
    """Select all that needs no argument; connections inside are lists of their own and left out."""
    parts = []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name in LOOKS or any(
            isinstance(each.type, GraphQLNonNull) and not each.default for each in field.args.values()
        ):
            continue
        if not isinstance(inner, GraphQLObjectType):
            parts.append(name)
        elif depth and not inner.name.endswith("Connection"):
            left = 0 if name in LARGE else depth - 1
            parts.append(f"{name} {{ {everything(inner, left)} }}")
    return " ".join(parts)


def document(name: str, arguments: str = "", depth: int = DEPTH) -> str:
    kind = get_named_type(build().core.query_type.fields[name].type)
    asked = f"{name}(first: 3{arguments})"
    if "edges" not in kind.fields:
        return f"{{ {asked} {{ {everything(kind, depth)} }} }}"
    node = get_named_type(get_named_type(kind.fields["edges"].type).fields["node"].type)
    return f"{{ {asked} {{ edges {{ node {{ {everything(node, depth)} }} }} }} }}"


def length(answered: object) -> int:
    return len(answered["edges"] if isinstance(answered, dict) else answered)


@pytest.fixture(params=["generated", "ordinary"])
def paths(schema: Schema, request: pytest.FixtureRequest) -> Paths:
    """The ways that ask resolvers; a plan is one statement whatever it is asked for."""
    way: Path = request.param
    return Paths(schema, open_=(way,), eager=True)


@pytest.fixture
async def store(seaweed: ObjectsSettings) -> AsyncIterator[None]:
    objects.configure(seaweed)
    await objects.ensure_bucket()
    yield
    objects.close()


async def counted(ask, db: Queries, name: str, actor, add, **asked) -> None:
    """Add a row, count, add two, count again: the figures must agree."""
    costs = []
    for rows in (1, 2):
        for _ in range(rows):
            await add()
        text = document(name, **asked)
        await ask(text, actor=actor)  # connections look types up once, keys are unwrapped once
        db.clear()
        answer = await ask(text, actor=actor)
        assert "errors" not in answer, answer["errors"]
        costs.append((length(answer["data"][name]), len(db)))

    (one, few), (three, many) = costs
    assert (one, three) == (1, 3)
    assert few == many, f"{name}: {costs}"


async def test_materials(ask, db, store):
    citizen = as_citizen()

    await counted(ask, db, "materials", citizen, lambda: given(citizen, title=f"租房合同 {new_id().hex}"))


async def test_certificates(ask, db, store):
    citizen, office = as_citizen(), await a_department()

    await counted(ask, db, "certificates", citizen, lambda: issued(citizen.acting_for, office))


async def test_uses_of_materials(ask, db, store):
    citizen = as_citizen()
    version = await given(citizen)

    await counted(ask, db, "materialUses", citizen, lambda: used(citizen, version))


async def test_accesses(ask, db):
    citizen, office = as_citizen(), await a_department()
    clerk = as_clerk(office.id)

    async def look() -> None:
        await audit.record(clerk, "case.read", "case 1", basis="受理", party_id=citizen.acting_for, now=NOON)

    await counted(ask, db, "accesses", citizen, look)


async def test_the_desk_s_cases(ask, db):
    await a_town()
    clerk = await a_clerk()

    await counted(ask, db, "deskCases", clerk, lambda: a_submitted_case(a_citizen()))


async def test_cases(ask, db):
    await a_town()
    citizen = a_citizen()

    await counted(ask, db, "cases", citizen, lambda: a_submitted_case(citizen))


async def test_recent_cases(ask, db):
    await a_town()
    citizen = a_citizen()

    await counted(ask, db, "recentCases", citizen, lambda: a_submitted_case(citizen))


async def test_the_catalogue(ask, db):
    codes = iter(range(332000900001, 332000900009))
    await service.seed(now=NOON)
    await execute("UPDATE item SET regions = '{330300}'")

    async def add() -> None:
        await make_item(code=str(next(codes)), more="人生大事: [养老]\n")

    arguments = ', region: "330106", target: PERSON'
    await counted(ask, db, "catalog", as_citizen(), add, arguments=arguments, depth=1)


async def test_sessions(ask, db):
    _, actor = await make_session()
    await execute("DELETE FROM session")

    await counted(ask, db, "sessions", actor, make_session)


async def test_the_queue_of_reviews(ask, db):
    developer, operator = an_actor(Role.DEVELOPER), as_operator()

    async def add() -> None:
        row = await queued(developer, id=f"app-{new_id().hex[-12:]}")
        await reviews.note(developer, row.version_id, "测试账号", now=NOON)

    await counted(ask, db, "reviewQueue", operator, add)
