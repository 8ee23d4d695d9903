"""What statements take for granted: keys of joins are unique, moments are written as Python does."""

from datetime import datetime

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLScalarType

from api.graphql.plan.leaves import concatenated, leaf
from api.graphql.plan.sources import Link, class_of, rows_of, source_of

MOMENT = GraphQLNonNull(GraphQLScalarType("DateTime"))
UNIQUE = """
SELECT EXISTS (SELECT FROM pg_index i
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
  WHERE i.indrelid = $1::regclass AND a.attname = $2
    AND i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL AND i.indexprs IS NULL)
"""


def keyed(schema) -> list[tuple[str, str, Link]]:
    """Return the linked table, the key and the link of every field that names one."""
    found = []
    for kind in schema.core.type_map.values():
        if not isinstance(kind, GraphQLObjectType):
            continue
        for each in kind.fields.values():
            source = source_of(each.extensions["strawberry-definition"]) if each.extensions else None
            if isinstance(source, Link) and source.key is not None:
                inner = each.type
                while not isinstance(inner, GraphQLObjectType):
                    inner = inner.of_type
                found.append((rows_of(class_of(inner)).table, source.key, source))
    return found


async def test_the_keys_of_links_are_unique(schema, db, owner):
    links = keyed(schema)

    assert {table for table, _, _ in links} >= {"item", "item_topic"}
    for table, key, link in links:
        assert f"{{r}}.{key} = " in link.on
        assert link.order is None and link.table is None
        assert await owner.fetchval(UNIQUE, table, key), f"{table}.{key} is not unique"


FRACTIONS = ("", ".1", ".12", ".120000", ".123450", ".123456", ".000001", ".000010", ".999999", ".5")


@pytest.mark.parametrize("fraction", FRACTIONS)
async def test_moments_are_written_as_isoformat_does(fraction, db, owner):
    text = f"2026-11-22 08:09:59{fraction}+00"
    made = concatenated(leaf("t", MOMENT))
    await owner.execute("SET timezone = 'UTC'")

    found = await owner.fetchval(f"SELECT {made} FROM (SELECT $1::text::timestamptz AS t) s", text)

    assert found == f'"{datetime.fromisoformat(text).isoformat()}"'
