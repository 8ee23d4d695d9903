"""How long it takes to verify the audit log: `scripts/bench audit`, a million rows; SMOKE=1: a few.

A cluster of its own, filled by statements of many rows, sealed and signed as in service.  The last line
printed is one JSON object.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench._lab import kernel
from identity.chain import heads, links
from identity.chain.check import check
from identity.chain.places import Folder
from storage import db, seal
from storage.embedded.postgres import Postgres
from storage.migrations import migrate
from storage.settings import DatabaseSettings, SealSettings

ROWS, FEW, AT_ONCE = 1_000_000, 20_000, 50_000
TARGET_S = 10.0
FILL = """
INSERT INTO audit_row (id, party_id, at, person_id, acting_for, roles, session_id, act, object)
SELECT (lpad(to_hex(1763000000000 + g), 12, '0') || '7' || substr(md5(g::text), 1, 3) || '8'
        || substr(md5(g::text), 4, 15))::uuid,
  who, now(), who, who, '{citizen}', who, 'case.list.read', 'case/' || md5(g::text)
FROM generate_series($1::bigint, $2::bigint) g, LATERAL (SELECT md5('p' || g % 9973)::uuid) AS p (who)
"""


async def measure(server: Postgres, folder: Path, rows: int, runs: int) -> list[float]:
    """Fill and seal a log of so many rows, and return the seconds of each verification."""
    seal.configure(SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32))
    await db.connect(DatabaseSettings(url=server.url("owner"), pool_min=2, pool_max=4))
    try:
        await migrate()
        now = datetime.now(UTC)
        places = (Folder(folder / "heads"),)
        heads.keep_in(*places)
        for first in range(0, rows, AT_ONCE):
            await db.execute(FILL, first, min(first + AT_ONCE, rows) - 1)
            print(f"{min(first + AT_ONCE, rows):,} rows", flush=True)
        await links.seal(now=now)
        await heads.sign_head(now=now)
        reports = [await check(places) for _ in range(runs)]
        if not all(report.clean and report.signed_rows == rows for report in reports):
            sys.exit(f"the log is not as it was written: {reports}")
        return [report.seconds for report in reports]
    finally:
        await db.disconnect()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=FEW if os.environ.get("SMOKE") else ROWS)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="banshi-bench-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Postgres(folder / "postgres")
        server.start()
        try:
            seconds = asyncio.run(measure(server, folder, given.rows, given.runs))
        finally:
            server.stop()
    middle = statistics.median(seconds)
    print(f"{kernel.machine()}\n{given.rows:,} rows verified in {[round(each, 2) for each in seconds]} s")
    figures = {"bench": "audit", "rows": given.rows, "median_s": round(middle, 2), "target_s": TARGET_S}
    print(json.dumps(figures))
    sys.exit(0 if middle <= TARGET_S else 1)


if __name__ == "__main__":
    main()
