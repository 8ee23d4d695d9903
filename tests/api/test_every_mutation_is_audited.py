"""Whatever is done over GraphQL leaves a row in the audit, in the act's own transaction, or is declared."""

from collections.abc import Mapping

from api.context import Context
from api.graphql import execute
from api.graphql.paths import Paths
from identity.actor import Actor
from storage.db import fetch, transaction
from tests.api.authz_asking import Undo, document, filled, read
from tests.api.authz_row import COLUMNS, Row
from tests.api.authz_table import MUTATIONS
from tests.api.authz_world import World
from tests.api.conftest import NOON
from tests.api.test_authz_matrix import world  # noqa: F401

SILENT: Mapping[str, str] = {
    "readNotice": "that a notice was read changes nothing for anybody",
    "readAllNotices": "likewise",
    "editCase": "a draft is its owner's alone until it is handed in",
    "startCase": "likewise",
    "discardCase": "likewise",
    "completeUpload": "the row came with requestUpload; this only says that the file was posted",
    "dataExportLink": "the row comes when the link is opened",
    "loadCalendar": "the year is loaded already: tests/miniapps/calendar/test_service.py",
}
"""What leaves no row, and why it need not."""


async def rows_left(paths: Paths, world_: World, row: Row, actor: Actor) -> int | None:
    """How many rows an act leaves, though nothing of it remains; None when it is refused."""
    given = {name: filled(value, world_.things) for name, value in row.given.items()}
    asked = execute.Ask(query=document(paths.schema, row), variables=given)
    context = Context(actor=actor, now=NOON, request_id="r", address="127.0.0.1")
    operation = execute.choose_operation(paths.schema, asked, is_open=True)
    try:
        async with transaction():
            before = await count()
            body = read(await execute.run(paths, operation, asked, context))
            left = None if "errors" in body else await count() - before
            raise Undo
    except Undo:
        return left


async def count() -> int:
    return int((await fetch("SELECT count(*) AS n FROM audit_row"))[0]["n"])


async def test_every_mutation_that_is_allowed_leaves_a_row(paths: Paths, world: World) -> None:  # noqa: F811
    most: dict[str, int] = {}
    for row in MUTATIONS:
        for name, cell in zip(COLUMNS, row.cells, strict=True):
            left = await rows_left(paths, world, row, world.actors[name]) if cell in "+~0" else None
            if left is not None:
                most[row.field] = max(left, most.get(row.field, 0))

    silent = {field for field, left in most.items() if left == 0}
    untried = {row.field for row in MUTATIONS} - most.keys()
    assert untried == set(), "a mutation that nobody may do in the world of the matrix is not tried here"
    assert silent == set(SILENT), "either record the act, or declare why it need not be"
