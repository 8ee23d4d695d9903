"""Logs hold what an engineer needs and nothing about a person."""

import ast
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from api import lean, logs
from identity.sandbox import BY_KEY
from storage.ids import new_id

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "bind"}


@pytest.fixture
def lines(capsys):
    """What the configured logger has written so far, parsed."""
    saved = structlog.get_config()
    handlers, level = logging.root.handlers[:], logging.root.level
    logs.configure()
    structlog.configure(cache_logger_on_first_use=False)
    yield lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    structlog.configure(**saved)
    logging.root.handlers[:], logging.root.level = handlers, level


@pytest.mark.parametrize(
    "personal",
    [
        "330106199003070001", "33010619900307123x", "330106900307001", "810000199408230021", "13800138000",
        "+86 138-0013-8000", "86 13800138000", "6222021234567890123", "E12345678", "H1234567890"[:10],
        "fang.wang@example.cn", "王芳", "杭州市西湖区文三路 1 号", "欧阳嘉欣",
        "mFdQ8x-Zk2L0pVtR7yWnB3cJ5hS9aGqE1uXi4oTz6_k", "s" + "0a" * 32, "a" + "0f" * 32, "0b" * 32,
    ],
)  # fmt: skip
def test_what_looks_personal_is_masked_inside_any_text(personal):
    text = f"row ({personal}) failed"

    masked = logs.mask(text)

    assert personal not in masked
    assert masked.startswith("row (***")
    assert masked.endswith("failed")


@pytest.mark.parametrize(
    "harmless", ["query cases", "case.decided", "/graphql", "CASE_MOVE_REFUSED", "2026-11-20", "8000"]
)
def test_what_an_engineer_needs_is_kept(harmless):
    assert logs.mask(harmless) == harmless


def test_a_key_that_is_not_listed_is_withheld():
    line = logs.keep_safe(None, "info", {"event": "x", "id_number": "1", "case_id": new_id(), "attempt": 2})

    assert line["id_number"] == logs.WITHHELD
    assert line["attempt"] == 2
    assert line["case_id"] != logs.WITHHELD


def test_masking_reaches_into_lists_and_dicts_and_numbers():
    line = logs.keep_safe(
        None, "info", {"event": "x", "path": ["a", {"王": 13800138000}], "count": 13800138000}
    )

    assert "王" not in str(line["path"])
    assert "13800138000" not in str(line)
    assert line["count"] == logs.MASK


def test_every_line_is_json_with_time_and_level(lines):
    structlog.get_logger().info("request", status=200, route="/graphql")

    (line,) = lines()
    assert line["event"] == "request"
    assert line["level"] == "info"
    assert line["status"] == 200
    assert line["at"].endswith("Z")


def test_an_exception_keeps_its_frames_and_loses_its_values(lines):
    secret = "330106199003070001"
    try:
        raise ValueError(f"duplicate key (number)=({secret}) of 王芳")
    except ValueError as error:
        structlog.get_logger().error("graphql.bug", exc_info=error)

    (line,) = lines()
    assert secret not in json.dumps(line, ensure_ascii=False)
    assert "王芳" not in json.dumps(line, ensure_ascii=False)
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert (
        line["exception"][0]["frames"][-1]["name"]
        == "test_an_exception_keeps_its_frames_and_loses_its_values"
    )
    assert "locals" not in line["exception"][0]["frames"][-1]


def test_logs_of_libraries_pass_the_same_locks(lines):
    logs.configure()  # again: pytest takes the root logger over between set-up and call

    logging.getLogger("some.library").warning("cannot reach 13800138000")  # noqa: TID251
    logging.getLogger("uvicorn.access").warning("GET /graphql?query=330106199003070001")  # noqa: TID251

    (line,) = lines()
    assert line["event"] == "cannot reach ***"


def keys_in_code():
    for part in ("api", "miniapps", "identity", "storage"):
        for file in sorted((ROOT / part).rglob("*.py")):
            for call in ast.walk(ast.parse(file.read_text())):
                if _is_log(call):
                    for keyword in call.keywords:
                        yield f"{file.relative_to(ROOT)}: {keyword.arg}"


def _is_log(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"log", "logger"}
    )


def test_every_key_that_the_code_logs_is_listed():
    known = logs.ALLOWED | {"exc_info", "None"}

    assert [key for key in keys_in_code() if key.split(": ")[1] not in known] == []


async def test_a_whole_visit_leaves_nothing_personal_in_the_logs(client, sign_in, lines, capsys):
    who = BY_KEY["wang_fang"]
    token = await sign_in("wang_fang")
    headers = {"authorization": f"Bearer {token}", "user-agent": f"phone {who.phone}"}
    for query, variables in (
        ("{ viewer { id name } }", {}),
        (f"query Q{who.number} {{ requestId }}", {}),
        ("query($n: Int!) { requestId @include(if: $n) }", {"n": who.number}),
        (f'{{ nothing(number: "{who.number}", name: "{who.name}") }}', {}),
    ):
        await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    await client.get(f"/people/{who.number}/{who.name}", headers=headers)
    await client.get(
        "/graphql", params={"query": "{ requestId }", "variables": json.dumps({"name": who.name})}
    )

    written = capsys.readouterr().out
    assert written.count('"event":"request"') == 6
    assert who.phone
    for canary in (who.number, who.name, who.phone, token, token[:12]):
        assert canary not in written


def test_the_server_needs_none_of_the_heavy_parts():
    heavy = (
        "pikepdf", "PIL", "rjieba", "pypinyin", "cel_expr_python", "playwright", "banshi.cli",
        "banshi.serving", "banshi.simulator", "storage.worker", "api.worker", "api.cli",
        "pytest", "faker", *lean.UNUSED,
    )  # fmt: skip
    code = (
        "import sys, api.serve; from api.app import create_app; from api.settings import Settings;"
        "from api.supervisor.servers import stand_ins; create_app(Settings.read(stand_ins({})));"
        f"print([name for name in {heavy!r} if sys.modules.get(name)])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert out.stdout.strip() == "[]"
