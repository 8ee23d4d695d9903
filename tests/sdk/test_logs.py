"""What `miniapp logs` and `status` write, and doing things again."""

import asyncio

from click.testing import CliRunner

from banshi.cli import main
from banshi.cli._logs import line
from banshi.cli._status import figures
from banshi.serving import Delivery, SqliteInbox

COUNTS = {
    "opens": 3, "calls": 2, "callErrors": 1, "pageErrors": 0, "complaints": 0, "p50Ms": 10.0, "p95Ms": 40.4,
}  # fmt: skip
PROBLEM = {
    "id": "p", "version": "1.0.0", "key": "call_errors", "found": 5, "outOf": 20, "threshold": 100,
    "lastSeenAt": "2026-11-20T04:02:30Z",
}  # fmt: skip
CALL = {
    "at": "2026-11-20T04:02:30.123456+00:00", "version": "1.0.0", "api": None, "code": "API_UNKNOWN", "ms": 3,
    "requestId": "01a2",
}  # fmt: skip


def test_versions_are_told_by_figures_and_problems():
    told = {"miniAppUsage": [{"version": "1.0.0", "counts": COUNTS}]}

    used, problem = figures({**told, "miniAppProblems": {"edges": [{"node": PROBLEM}]}})

    assert used.split(maxsplit=1) == [
        "1.0.0",
        "3 opens, 2 calls, 1 failed, 0 page errors, 0 complaints, p95 40 ms",
    ]
    assert "PROBLEM call_errors: 5 of 20, limit 100, last at 2026-11-20 04:02:30" in problem


def test_a_call_is_a_line_of_columns():
    assert line(CALL).split("  ")[:2] == ["2026-11-20 04:02:30", "(no such API)"]
    assert line(CALL).split()[-5:] == ["API_UNKNOWN", "3", "ms", "1.0.0", "01a2"]


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
