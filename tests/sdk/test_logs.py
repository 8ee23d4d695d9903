"""What `miniapp logs` writes, and doing things again."""

import asyncio

from click.testing import CliRunner

from banshi.cli import main
from banshi.cli._logs import _lines
from banshi.serving import Delivery, SqliteInbox

COUNTS = {
    "opens": 3,
    "calls": 2,
    "callErrors": 1,
    "pageErrors": 0,
    "complaints": 0,
    "p50Ms": 10.0,
    "p95Ms": 40.4,
}
PROBLEM = {
    "id": "p", "version": "1.0.0", "key": "call_errors", "found": 5, "outOf": 20, "threshold": 100,
    "lastSeenAt": "2026-11-20T04:02:30Z",
}  # fmt: skip


def test_minutes_and_problems_stand_in_the_order_of_time():
    points = [{"beganAt": f"2026-11-20T04:0{minute}:00Z", "counts": COUNTS} for minute in (3, 1)]

    lines = [
        line
        for _, line in _lines(
            {"miniAppUsagePoints": points, "miniAppProblems": {"edges": [{"node": PROBLEM}]}}
        )
    ]

    assert [line[11:16] for line in lines] == ["04:01", "04:02", "04:03"]
    assert "3 opens, 2 calls, 1 failed" in lines[0]
    assert "p95 40 ms" in lines[0]
    assert "PROBLEM call_errors 1.0.0: 5 of 20, limit 100" in lines[1]


def test_a_delivery_that_failed_is_due_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    inbox = SqliteInbox("inbox.sqlite")
    asyncio.run(inbox.put(Delivery("d-1", "case.decided", b"{}")))
    asyncio.run(inbox.failed(Delivery("d-1", "case.decided", b"{}", attempt=9)))
    assert asyncio.run(inbox.due()) is None

    done = CliRunner().invoke(main, ["replay", "d-1"])
    due = asyncio.run(inbox.due())

    assert done.exit_code == 0, done.output
    assert due is not None
    assert due.id == "d-1"
    asyncio.run(inbox.done("d-1"))
    again = CliRunner().invoke(main, ["replay", "d-1"])
    inbox.close()
    assert "no delivery d-1" in again.output


def test_without_anything_to_do_again_one_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert "no simulator runs here" in CliRunner().invoke(main, ["replay", "x"]).output
