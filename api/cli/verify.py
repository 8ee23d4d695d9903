"""`banshi verify-demo`: the figures of a demonstration, computed anew from raw rows and objects.

Nothing here calls the code under test: it reads tables with SQL, lists the bucket, and has its own
reading of what proves a case.  Only connecting to the servers is shared.
"""

import asyncio
import hashlib
import json
from collections import Counter
from typing import Any

import click

from api.cli.environment import connected
from storage import objects
from storage.db import fetch

Row = dict[str, Any]
CLEAR_HEADS = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG")
SAMPLED = 5  # of a hundred closed cases the citizen is asked

CASES = """
SELECT c.id, c.state, c.delivery, c.tracking, c.delivered_at, c.received_by, c.opened_at,
       c.certificate_id, coalesce((v.compiled ->> 'declared_trips')::int, 0) AS declared,
       (SELECT count(*) FROM visit w WHERE w.case_id = c.id AND w.cause <> 'site_inspection') AS trips,
       (SELECT a.agrees FROM trip_answer a WHERE a.case_id = c.id
        ORDER BY a.answered_at DESC LIMIT 1) AS agrees,
       (SELECT t.verdict FROM trip_verdict t WHERE t.case_id = c.id AND t.latest) AS said
FROM case_file c JOIN item_version v ON v.id = c.item_version WHERE c.state <> 'draft' ORDER BY c.id
"""
PAPERS = """
SELECT m.case_id, m.way, m.electronic, m.handed_at, m.kind,
       EXISTS (SELECT FROM material_use u
               WHERE u.holding_id = m.holding_id AND u.case_id = m.case_id) AS receipted,
       coalesce(k.created_at, w.created_at) AS held_since
FROM case_material m LEFT JOIN certificate k ON k.id = m.holding_id
LEFT JOIN material_version w ON w.id = m.holding_id WHERE m.replaced_at IS NULL
"""
STORED = """
SELECT DISTINCT 'vault/' || o.party_id || '/' || encode(o.fingerprint, 'hex') AS key, o.size
FROM vault_object o JOIN material_version v ON v.object = o.id JOIN material_upload u ON u.version = v.id
"""
GRANTED = """
SELECT k.id FROM certificate k JOIN case_file c ON c.id = k.case_id AND c.certificate_id = k.id
WHERE k.state = 'normal' AND c.outcome = 'granted'
"""


@click.command("verify-demo")
@click.option("--expect", required=True, help="The figures to check, as one JSON object.")
def verify_demo(expect: str) -> None:
    """Recompute a demonstration's figures from raw rows and objects; exit 1 when one differs.

    \b
    Example: BANSHI_DATA=/tmp/demo/data banshi verify-demo --expect '{"cases": 5, "zero_trip": 3}'
    """
    try:
        expected = json.loads(expect)
    except ValueError as error:
        raise click.ClickException(f"--expect is no JSON object: {error}") from None
    found, faults = asyncio.run(_recompute())
    differing = [
        f"{name}: claimed {value}, found {found.get(name)}"
        for name, value in expected.items()
        if found.get(name) != value
    ]
    for fault in [*faults, *differing]:
        click.echo(f"✗ {fault}", err=True)
    if faults or differing:
        raise SystemExit(1)
    click.echo(f"✓ 独立核验通过：{json.dumps(found)}")


async def _recompute() -> tuple[dict[str, int], list[str]]:
    """Return the figures as the rows and objects give them, and what is wrong with those."""
    async with connected():
        cases, papers = await fetch(CASES), await fetch(PAPERS)
        stored, granted = await fetch(STORED), await fetch(GRANTED)
        kept, faults = await _objects(stored)
    verdicts = {
        case["id"]: _verdict(case, [p for p in papers if p["case_id"] == case["id"]]) for case in cases
    }
    faults += [
        f"case {case['id']}: the verdict says {case['said']}, its rows say {verdicts[case['id']]}"
        for case in cases
        if case["said"] != verdicts[case["id"]]
    ]
    opened = {case["id"]: case["opened_at"] for case in cases}
    reused = [paper for paper in papers if paper["way"] in ("wallet", "certificate")]
    faults += [
        f"case {paper['case_id']}: {paper['kind']} counts as reused, but is new or lacks its receipt"
        for paper in reused
        if not paper["receipted"] or paper["held_since"] >= opened[paper["case_id"]]
    ]
    tally = Counter(verdicts.values())
    return {
        "cases": len(cases),
        "zero_trip": tally["zero"],
        "one_trip": tally["one"],
        "unproven": tally["unproven"],
        "uploads": kept,
        "materials_reused": len(reused),
        "certificates": len(granted),
    }, faults


def _verdict(case: Row, papers: list[Row]) -> str:
    """Read a case's rows as a sceptic would: nothing counts as zero unless something shows it."""
    if case["trips"]:
        return "one" if case["trips"] == 1 else "many"
    asked = int.from_bytes(hashlib.sha256(case["id"].bytes).digest()[:4]) % 100 < SAMPLED
    fresh = any(paper["way"] == "upload" for paper in papers)
    shown = (
        case["declared"] == 0
        and case["received_by"] is None
        and all(paper["electronic"] and paper["handed_at"] for paper in papers)
        and case["delivered_at"] is not None
        and (case["delivery"] == "electronic" or (case["delivery"] == "post" and bool(case["tracking"])))
        and case["agrees"] is not False
        and (case["agrees"] is True or not (asked or fresh))
    )
    return "zero" if shown else "unproven"


async def _objects(stored: list[Row]) -> tuple[int, list[str]]:
    """Count the uploads that truly lie in the vault, enciphered, with nothing left in quarantine."""
    there = {found.key: found.size for found in await objects.list_("vault/")}
    faults = [f"{row['key']} is not in the bucket" for row in stored if row["key"] not in there]
    faults += [
        f"{key} is in the bucket, but no row knows it"
        for key in there
        if key not in {r["key"] for r in stored}
    ]
    for row in stored:
        if row["key"] in there:
            content = await objects.read(row["key"], max_bytes=there[row["key"]])
            if content.startswith(CLEAR_HEADS) or len(content) <= row["size"]:
                faults.append(f"{row['key']} is not enciphered")
    faults += [f"{found.key} was left in clear" for found in await objects.list_("quarantine/")]
    return sum(row["key"] in there for row in stored), faults
