"""What is kept for everybody names the tables it is made from, and these tables tell of changes."""

import re
from collections.abc import Iterator

import asyncpg
import pytest

from api.graphql.paths import Paths
from api.graphql.plan.roots import ROOT
from api.graphql.plan.segments import Cached, Read
from api.graphql.schema import Schema
from api.graphql.trusted import Trusted

TELLING = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgfoid = 'notify_changed'::regproc AND t.tgenabled = 'O' AND t.tgtype = $1
"""
AFTER_EACH_STATEMENT = (
    4 + 8 + 16 + 32
)  # of INSERT, DELETE, UPDATE, TRUNCATE; the bits of row and before are unset


def topics(schema: Schema) -> dict[str, frozenset[str]]:
    """Return the topics of every root field that is kept for everybody."""
    found = {}
    for name, field in schema.core.query_type.fields.items():
        definition = field.extensions.get("strawberry-definition")
        kept = definition.metadata.get(ROOT) if definition else None
        if kept is not None and kept.topics:
            found[name] = kept.topics
    return found


def shared(schema: Schema) -> Iterator[Cached]:
    """Yield what trusted documents keep for everybody by SQL."""
    for operation in Trusted.load(schema.core).operations.values():
        for plan in Paths(schema).trust(operation).plans.values():
            for each in plan.segments:
                if isinstance(each, Cached) and each.by == "shared" and isinstance(each.maker, Read):
                    yield each


@pytest.fixture
async def owner(postgres, database):
    connection = await asyncpg.connect(postgres.url("owner", database))
    yield connection
    await connection.close()


async def test_every_topic_is_a_table_that_tells(schema, owner):
    telling = {row["relname"] for row in await owner.fetch(TELLING, AFTER_EACH_STATEMENT)}

    assert topics(schema)
    for name, named in topics(schema).items():
        assert named <= telling, name


async def test_what_is_kept_reads_no_table_it_does_not_name(schema, owner):
    found = list(shared(schema))

    assert found
    for each in found:
        assert isinstance(each.maker, Read)
        statement = each.maker.statement
        [row] = await owner.fetch(f"EXPLAIN (FORMAT JSON) {statement.text}", *[None] * statement.columns)
        read = set(re.findall(r'"Relation Name": "(\w+)"', row[0]))
        assert read
        assert read <= each.topics, f"{each.key} would show changes of {read - each.topics} late"
