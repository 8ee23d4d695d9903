"""The search for leaks finds them."""

import pytest

from api.cli.demo.people import Person
from api.cli.demo.privacy import leaks

TOLD = {"name": "王小芳", "number": "330199199004121026", "phone": "19999123456"}


@pytest.fixture
async def person():
    made = Person("http://127.0.0.1:9", TOLD)
    made.platform.token = "s" + "0f" * 32
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (TOLD["number"], "ID number"),
        (TOLD["phone"], "phone"),
        (TOLD["name"], "name"),
        ("s" + "0f" * 32, "token"),
    ],
)
async def test_a_trace_in_a_log_or_in_the_queue_is_named(tmp_path, person, text, kind):
    (tmp_path / "valkey").mkdir()
    (tmp_path / "worker.log").write_text(f"something about {text} happened\n")
    (tmp_path / "valkey" / "appendonly.aof").write_text(f"SET x {text}")

    assert leaks(tmp_path, [person]) == [f"worker.log holds a {kind}", f"appendonly.aof holds a {kind}"]


async def test_clean_files_hold_nothing(tmp_path, person):
    (tmp_path / "api-1.log").write_text('{"event": "request", "code": 200}\n')

    assert leaks(tmp_path, [person]) == []
