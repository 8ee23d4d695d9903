"""Citizens' pages read trusted documents: every page is opened, and what it asks the database is read."""

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.graphql import documents
from api.graphql.paths import Paths
from api.web import citizen
from tests.api.authz_citizen import GIVEN, OTHERWISE
from tests.api.authz_forms import REQUESTS, Request
from tests.api.authz_sending import given_of, sent
from tests.api.test_authz_forms import settings, world  # noqa: F401 (fixtures)
from tests.conftest import Queries

pytestmark = pytest.mark.slow

FOLDER = Path(citizen.__file__).parent
FRONT = Request("page", ("GET", "/"), "", {})
PAGES = [
    FRONT,
    *(each for each in REQUESTS if each.route in {("GET", path) for how, path, *_ in GIVEN if how == "page"}),
]
MOVED = "/cases/{case_id:uuid}/trips"  # leads to where its questions went
READERS = ("visitor", "owner", "agent")

STRAIGHT = {
    ("wallet", "miniapps.materials"): "a stored file streams, and an answer of a document does not",
    (
        "signing_on",
        "identity.wires",
    ): "a ticket of the old sign-on is for this page alone: no client gets one",
    ("place", "storage.seal"): "the key under which a device keeps what was typed is its page's, too",
    ("acting", "storage.objects"): "where the store is: a page with a form for a file names it in its policy",
    ("papers", "storage.objects"): "the same",
    ("wallet", "storage.objects"): "the same",
}
"""What a page asks without a document, and why."""
HARMLESS = re.compile(
    r"miniapps\.\w+\.errors|identity\.(actor|roles|regions)|identity\.departments\.AGENCIES|storage\.(clock|ids)"
)
"""Names, the clock and tables that ship: nothing of anybody."""

AROUND = {
    "WITH asked AS (SELECT * FROM unnest(": "who is here: the one statement for every way in",
    "SELECT coalesce(sum(by_us), 0)::bigint AS by_us FROM clock_shift": "the time, of a sandbox",
    "SELECT * FROM firm WHERE id = ANY($1)": "the banner of an agent names for whom he acts",
    "SELECT id, name_sealed FROM person WHERE id = ANY($1)": "the same",
    "BEGIN;": "the test's own",
    "ROLLBACK;": "the same",
}
"""Statements that go around the documents of a page, by how they begin, and why."""
STREAMED = "/wallet/papers/{version_id:uuid}"


def imported() -> Iterator[tuple[str, str]]:
    """Yield which of our names a module of the citizens' pages imports from below."""
    for file in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                yield from ((file.stem, f"{node.module}.{each.name}") for each in node.names)


def test_no_page_reads_a_service_but_those_that_say_why() -> None:
    straight = {
        (file, ".".join(name.split(".")[:2]))
        for file, name in imported()
        if name.startswith(("miniapps.", "identity.", "storage.")) and not HARMLESS.match(name)
    }

    assert straight == set(STRAIGHT)


def test_every_page_is_opened() -> None:
    named = {each.route[1] for each in PAGES} | {path for method, path in OTHERWISE if method == "GET"}
    routed = {path for route in citizen.routes.ROUTES if "GET" in route.http_methods for path in route.paths}

    assert routed <= named


class Watch:
    """Which documents were answered, and which statements went between them."""

    def __init__(self, statements: Queries) -> None:
        self.statements = statements
        self.documents: list[str] = []
        self._within: set[int] = set()

    async def during(self, work: Any) -> Any:
        """Wait for an answer to a document."""
        await asyncio.sleep(0)  # asyncpg tells of a statement in the loop's next turn
        before = len(self.statements)
        try:
            return await work
        finally:
            await asyncio.sleep(0)
            self._within |= set(range(before, len(self.statements)))

    def around(self) -> list[str]:
        """Return the statements that were sent outside documents."""
        return [text for at, text in enumerate(self.statements) if at not in self._within]

    def again(self) -> None:
        """Forget."""
        self.statements.clear()
        self.documents.clear()
        self._within.clear()


@pytest.fixture
def watch(db: Queries, monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch(db)
    known, by_plan, by_resolvers = Paths.known, Paths.by_plan, Paths.by_resolvers

    def noted(self: Paths, operation: Any) -> Any:
        made.documents.append(operation.sha256)
        return known(self, operation)

    async def planned(self: Paths, *rest: Any) -> Any:
        return await made.during(by_plan(self, *rest))

    async def resolved(self: Paths, *rest: Any) -> Any:
        return await made.during(by_resolvers(self, *rest))

    monkeypatch.setattr(Paths, "known", noted)
    monkeypatch.setattr(Paths, "by_plan", planned)
    monkeypatch.setattr(Paths, "by_resolvers", resolved)
    return made


async def test_every_operation_under_a_page_is_a_trusted_document(client, world, watch):  # noqa: F811
    trusted = {each.sha256 for each in documents.listed()}
    straight, read = [], {}
    for page in PAGES:
        for reader in READERS:
            watch.again()
            answer = await sent(client, world, page, reader, given_of(world, page))
            assert set(watch.documents) <= trusted, page.route
            if answer.status_code == 200:
                read[page.route[1], reader] = len(watch.documents)
                straight += [
                    (page.route[1], text) for text in watch.around() if not text.startswith(tuple(AROUND))
                ]

    assert {path for path, _ in straight} == {STREAMED}
    assert {path for (path, _), number in read.items() if not number} == {STREAMED}
    assert {path for path, reader in read if reader == "owner"} == {page.route[1] for page in PAGES} - {MOVED}
    assert {path for path, reader in read if reader == "visitor"} == {"/", "/find", "/items/{code:str}"}
