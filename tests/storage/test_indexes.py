"""Whatever belongs to a party is found by its party; what crosses parties is declared."""

import re
from pathlib import Path

from storage.db import fetch

DECLARED = Path(__file__).parent.parent.parent / "docs/adr/002-look-ups-that-cross-parties.md"

CROSSING = """
SELECT i.relname AS name, EXISTS (
    SELECT 1 FROM pg_attribute WHERE attrelid = t.oid AND attname = 'party_id' AND NOT attisdropped
) AS owned
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid
LEFT JOIN pg_attribute first ON first.attrelid = t.oid AND first.attnum = x.indkey[0]
WHERE t.relnamespace = 'public'::regnamespace AND NOT x.indisprimary
  AND first.attname IS DISTINCT FROM 'party_id' AND t.relname <> 'migration'
"""


def declared(heading: str) -> set[str]:
    """The names in the first column of the table under `heading`."""
    table = DECLARED.read_text(encoding="utf-8").split(heading)[1].split("\n\n")[1]
    return {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}


async def test_an_index_that_does_not_begin_with_the_party_is_declared(db):
    rows = await fetch(CROSSING)

    found = {row["name"] for row in rows if row["owned"]}
    assert found == declared("Indexes of rows that belong to a party:")


async def test_an_index_of_rows_without_a_party_is_declared_too(db):
    rows = await fetch(CROSSING)

    found = {row["name"] for row in rows if not row["owned"]}
    assert found == declared("Indexes of rows that belong to nobody")
