"""A million rows are verified within ten seconds."""

import pytest

from identity.chain import heads, links
from identity.chain.check import check
from identity.chain.places import Folder
from storage.db import execute
from tests.identity.factories import NOON

ROWS, AT_ONCE = 1_000_000, 50_000
FILL = """
INSERT INTO audit_row (id, party_id, at, person_id, acting_for, roles, session_id, act, object)
SELECT (lpad(to_hex(1763000000000 + g), 12, '0') || '7' || substr(md5(g::text), 1, 3) || '8'
        || substr(md5(g::text), 4, 15))::uuid,
  who, now(), who, who, '{citizen}', who, 'case.list.read', 'case/' || md5(g::text)
FROM generate_series($1::bigint, $2::bigint) g, LATERAL (SELECT md5('p' || g % 9973)::uuid) AS p (who)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_a_million_rows_are_verified_within_ten_seconds(db, tmp_path, monkeypatch):
    monkeypatch.setattr(heads, "_places", (Folder(tmp_path),))
    for first in range(0, ROWS, AT_ONCE):
        await execute(FILL, first, first + AT_ONCE - 1)
    await links.seal(now=NOON)
    await heads.sign_head(now=NOON)

    reports = [await check(heads.places()) for _ in range(2)]

    assert all(report.clean and report.signed_rows == ROWS for report in reports)
    print("seconds", [report.seconds for report in reports])
    assert min(report.seconds for report in reports) <= 10
