"""Whatever is done over GraphQL leaves a row in the audit, in the act's own transaction, or is declared."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from api.context import Context
from api.graphql import execute
from api.graphql.paths import Paths
from identity.actor import Actor
from identity.sandbox import BY_KEY
from storage.db import fetch, transaction
from tests.api.authz_table import COLUMNS, MUTATIONS, Row
from tests.api.authz_world import World, a_world
from tests.api.conftest import NOON
from tests.api.test_authz_matrix import Undo, document, filled, read

SILENT: Mapping[str, str] = {
    "readNotice": "that a notice was read changes nothing for anybody",
    "readAllNotices": "likewise",
    "editCase": "a draft is its owner's alone until it is handed in",
    "startCase": "likewise",
    "discardCase": "likewise",
    "completeUpload": "the row came with requestUpload; this only says that the file was posted",
    "dataExportLink": "the row comes when the link is opened",
    "withdrawConsent": "nothing was granted in the world of the matrix: the tests of consents look",
    "loadCalendar": "the year is loaded already: tests/miniapps/calendar/test_service.py",
}
"""What leaves no row, and why it need not."""


@pytest.fixture
async def world(db: Any) -> AsyncIterator[World]:
    made = await a_world()
    made.things["number of the other"] = BY_KEY["li_wei"].number
    yield made


async def rows_left(paths: Paths, world: World, row: Row, actor: Actor) -> int | None:
    """How many rows an act leaves, though nothing of it remains; None when it is refused."""
    given = {name: filled(value, world.things) for name, value in row.given.items()}
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


async def test_every_mutation_that_is_allowed_leaves_a_row(paths: Paths, world: World) -> None:
    silent, tried = set(), set()
    for row in MUTATIONS:
        for name, cell in zip(COLUMNS, row.cells, strict=True):
            if cell != "+":
                continue
            left = await rows_left(paths, world, row, world.actors[name])
            if left is not None:
                tried.add(row.field)
                if left == 0:
                    silent.add(row.field)

    untried = {row.field for row in MUTATIONS} - tried
    assert silent == set(SILENT), "either record the act, or declare why it need not be"
    assert untried == UNTRIED, "a mutation that nobody may do in the world of the matrix is not tried here"


UNTRIED = {"defineItem"}
"""Refused to everybody in the matrix's world; the tests of their slices look at their rows."""


def test_what_is_declared_exists() -> None:
    assert {row.field for row in MUTATIONS} >= set(SILENT) | UNTRIED
