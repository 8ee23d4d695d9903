"""Whatever staff may ask about persons over GraphQL leaves a row before the answer, or is declared."""

from collections.abc import Iterator, Mapping

from api.context import Context
from api.graphql import execute
from api.graphql.paths import Paths
from identity.actor import Actor
from tests.api.authz_actors import STAFF
from tests.api.authz_asking import document, filled, read
from tests.api.authz_queries import QUERIES
from tests.api.authz_row import COLUMNS, Row
from tests.api.authz_world import World
from tests.api.conftest import NOON
from tests.api.test_authz_matrix import world  # noqa: F401
from tests.api.test_every_mutation_is_audited import count

OWN = "of the one who asks, by himself"
PUBLISHED = "published to everybody; of no person"
SILENT: Mapping[str, str] = {
    **dict.fromkeys(
        ("viewer", "sessions", "accesses", "passkeys", "networkIdentity", "levelChanges", "memberships"), OWN
    ),
    **dict.fromkeys(("calendar", "items", "item", "catalog", "neededMaterials", "itemVersions"), PUBLISHED),
    "requestId": "of the very request",
    "miniApps": "apps, their versions and their reviews; of no person",
    "miniApp": "likewise",
    **dict.fromkeys(("miniAppRelease", "miniAppReleaseSteps", "switches"), "releases; of no person"),
    "miniAppQuota": "of a mini-app; of no person",
    **dict.fromkeys(
        ("miniAppUsage", "miniAppUsagePoints", "miniAppProblems", "miniAppsHealth"), "counts; of no person"
    ),
    "miniAppCalls": "lines that do not say whose call it was",
    "teamKeys": "public keys; of no person",
    "packageStorage": "bytes of a team's packages; of no person",
    **dict.fromkeys(
        ("reviewQueue", "reviewFigures", "reviewRules", "miniAppReviews", "gateLook"), "likewise"
    ),
    **dict.fromkeys(("shelf", "shelfApps", "findApps", "findItems", "appComments"), PUBLISHED),
    **dict.fromkeys(("shelfPreview", "shelfPreviewApps", "shelfDraft", "shelfEditions"), "of mini-apps"),
    "agreements": "between a department and a vendor; of no person",
    "agreementText": PUBLISHED,
    "appCredentials": "of a team's own mini-app; of no person",
    "webhookAddresses": "likewise",
    "webhookDeliveries": "of whom the mini-app knows, by its own name for them; each was told already",
    "dataQuestions": "likewise",
    "appUpstreams": "of a team's own mini-app; of no person",
    "notices": "to the department itself, which it tells of a case by its number",
    "unreadNotices": "how many of those there are",
    "deskDownloadLink": "the row comes when the link is opened: miniapps/materials/service/_files.py",
    "auditProof": "where the chain ends; of no person",
    "mandates": "a village agent's own: both sides agreed to each, and what he does by it is a row",
    "nods": "for the party that is asked to see, which no department is",
}
"""What staff may ask and leaves no row, and why it need not."""

UNTRIED: Mapping[str, str] = {"teamMembers": "a team's own members see each other, and nobody else does"}
"""Staff may ask it, and nobody of the staff in the world of the matrix has anything to see by it."""


async def rows_left(paths: Paths, world_: World, row: Row, actor: Actor) -> int | None:
    """How many rows a question leaves; None when it is refused."""
    given = {name: filled(value, world_.things) for name, value in row.given.items()}
    asked = execute.Ask(query=document(paths.schema, row), variables=given)
    context = Context(actor=actor, now=NOON, request_id="r", address="127.0.0.1")
    operation = execute.choose_operation(paths.schema, asked, is_open=True)
    before = await count()
    body = read(await execute.run(paths, operation, asked, context))
    return None if "errors" in body else await count() - before


def staff_cells() -> Iterator[tuple[Row, str, str]]:
    """Each question with each of the staff who asks it, and what the table expects."""
    for row in QUERIES:
        yield from ((row, name, cell) for name, cell in zip(COLUMNS, row.cells, strict=True) if name in STAFF)


async def test_every_question_of_staff_leaves_a_row_or_is_declared(paths: Paths, world: World) -> None:  # noqa: F811
    left: dict[tuple[str, str], int] = {}
    for row, name, cell in staff_cells():
        found = await rows_left(paths, world, row, world.actors[name]) if cell in "+~0" else None
        if found is not None:
            left[row.field, name] = max(found, left.get((row.field, name), 0))

    looks = {field for (field, _), rows in left.items() if rows}
    assert {field for field, _ in left} - looks == set(SILENT), (
        "record the look by audit.record_read, or declare why it need not be"
    )
    allowed = {row.field for row, _, cell in staff_cells() if cell not in "s"}
    assert allowed - {field for field, _ in left} == set(UNTRIED)


async def test_whoever_of_the_staff_sees_what_is_the_owners_leaves_a_row(paths: Paths, world: World) -> None:  # noqa: F811
    """Not only somebody: each role that is shown it."""
    for row, name, cell in staff_cells():
        if cell == "+" and row.field not in SILENT:
            assert await rows_left(paths, world, row, world.actors[name]), f"{row.field} by {name}"


def test_what_is_declared_exists() -> None:
    assert {row.field for row in QUERIES} >= SILENT.keys() | UNTRIED.keys()
