"""Checking the log: everything is computed anew, and compared with the heads that were signed."""

import time
from collections.abc import Callable, Sequence

from identity.chain import links
from identity.chain.evidence import Evidence, gather
from identity.chain.faults import Fault, Kind, Report
from identity.chain.places import Place
from identity.chain.walk import STREAM, Walk
from storage.db import copy_out, fetch

PIECE = 50_000  # links in one statement: the rows of so many lie together, and are joined in memory

UNLINKED = """
SELECT a.id, a.xid::text::bigint AS xid,
       a.xid < (SELECT coalesce(max(xid), 0) FROM audit_boundary)::text::xid8 AS had_its_turn
FROM audit_row a WHERE NOT EXISTS (SELECT FROM audit_link l WHERE l.row_id = a.id) ORDER BY a.xid, a.id
"""
NEIGHBOUR = """
SELECT l.seq FROM audit_link l JOIN audit_row a ON a.id = l.row_id
WHERE a.xid >= $1::text::xid8 ORDER BY l.seq LIMIT 1
"""

Progress = Callable[[int, int], None]  # links done, of how many


async def check(
    places: Sequence[Place], *, start: int = 1, every_head: bool = False, progress: Progress | None = None
) -> Report:
    """Walk the chain from link `start` on, and compare it with the heads in `places`.

    With `every_head` each copy of each head is read from every place; otherwise those of the last hours,
    which answer for the others.
    Raises: Unavailable, OSError when a place cannot be read: then nothing is proven either way.
    """
    began = time.perf_counter()
    evidence = await gather(places, every_head=every_head)
    walk = await _walk(start, evidence, progress)
    faults = [*evidence.faults, *walk.faults, *_against_heads(walk, evidence)]
    unsealed, inserted = await _unlinked()
    faults += inserted
    signed = max((head.seq for head in evidence.heads.values()), default=0)
    return Report(
        clean=not faults,
        rows=walk.rows,
        heads=len(evidence.heads),
        signed_rows=min(signed, walk.end),
        unsealed=unsealed,
        seconds=round(time.perf_counter() - began, 2),
        faults=sorted(faults, key=lambda fault: fault.seq),
    )


async def _walk(start: int, evidence: Evidence, progress: Progress | None) -> Walk:
    [range_] = await fetch("SELECT coalesce(max(seq), 0) AS last FROM audit_link")
    last: int = range_["last"]
    wanted = {head.seq for head in evidence.heads.values()}
    told = (lambda seq: progress(seq, last)) if progress else None
    walk = Walk(start=start, previous=await _value_before(start), wanted=wanted, progress=told)
    for first in range(start, last + 1, PIECE):
        walk.begin()
        await copy_out(STREAM, first - 1, min(first + PIECE - 1, last), into=walk.feed)
    walk.finish()
    return walk


async def _value_before(start: int) -> bytes:
    """Return what link `start` must follow, by the link before it as it is stored."""
    rows = await fetch(
        "SELECT seq, row_id, digest, previous, sealed_at FROM audit_link WHERE seq = $1", start - 1
    )
    return links.Link(**rows[0]).value if rows else links.GENESIS


def _against_heads(walk: Walk, evidence: Evidence) -> list[Fault]:
    """Compare the chain with what was signed; only the first difference tells anything."""
    good = walk.start - 1
    for number, head in sorted(evidence.heads.items()):
        if head.seq < walk.start:
            continue
        if head.seq > walk.end:
            detail = f"{head.seq} links were signed, {walk.end} are there"
            return [Fault(kind=Kind.TRUNCATION, seq=walk.end + 1, head=number, detail=detail)]
        value = walk.values.get(head.seq)
        if value is not None and value.hex() != head.value:
            if any(fault.seq <= head.seq for fault in walk.faults):
                return []  # that is why
            detail = f"links {good + 1} to {head.seq} are not those that were signed"
            return [Fault(kind=Kind.REWRITE, seq=good + 1, head=number, detail=detail)]
        good = head.seq
    return []


async def _unlinked() -> tuple[int, list[Fault]]:
    """Return how many rows wait for the sealer, and those that came in behind its back."""
    rows = await fetch(UNLINKED)
    late = [row for row in rows if row["had_its_turn"]]
    faults = []
    for row in late[:100]:
        near = await fetch(NEIGHBOUR, str(row["xid"]))
        faults.append(
            Fault(
                kind=Kind.INSERTION,
                seq=near[0]["seq"] if near else 1,
                row=str(row["id"]),
                detail="this row has no link, though those after it have theirs",
            )
        )
    return len(rows) - len(late), faults
