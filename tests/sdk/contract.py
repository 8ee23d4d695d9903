"""What a call comes to, whoever passes it on: tried against the simulator and the platform's gateway."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from banshi import Citizen, MiniApp
from banshi.errors import DomainError, RateLimited
from banshi.serving import this_call

TEXT = """
format: 1
id: contract-app
name: 约定
version: 1.0.0
department: 杭州住房公积金管理中心
operator: 示例科技有限公司
purpose: 租房的职工提取住房公积金
entry: https://rent.example
scopes: {"cases:read": 向您显示申请办到哪一步, "profile:read": 显示您的姓名和所在地区}
regions: ["330000"]
retention_days: 0
hotline: "12329"
apis:
  - name: rent.check
    scope: "cases:read"
    input:
      type: object
      properties: {rent: {type: integer, minimum: 0}, note: {type: string, maxLength: 5}}
      required: [rent]
      additionalProperties: false
  - {name: rent.profile, scope: "profile:read"}
  - {name: rent.missing, scope: "cases:read"}
"""
SCOPES = ("cases:read",)  # what the citizen agreed to; the manifest asks for more


class TooDear(DomainError):
    """Said by the mini-app."""

    code = "RENT_TOO_DEAR"
    status = 409
    text = "{rent} is too much."


def mini_app(folder: Path) -> MiniApp:
    file = folder / "miniapp.yaml"
    file.write_text(TEXT)
    app = MiniApp.from_manifest(file)

    @app.api("rent.check", scope="cases:read")
    async def check(citizen: Citizen, ask: dict[str, Any]) -> dict[str, Any]:
        if ask["rent"] == 13:
            raise RuntimeError("a bug")
        if ask["rent"] == 429:
            raise RateLimited(retry_after_s=7)
        if ask["rent"] == 3:
            citizen.require("cases:read", level=9)
        if ask["rent"] > 9000:
            raise TooDear(rent=ask["rent"])
        return {
            "most": ask["rent"] * 12,
            "key": this_call().idempotency_key,
            "scopes": sorted(citizen.scopes),
        }

    @app.api("rent.profile", scope="profile:read")
    async def profile(citizen: Citizen, ask: dict[str, Any]) -> str:
        return citizen.region

    return app


class Case(NamedTuple):
    """One call, and what it comes to: `code` "" is an answer, `source` whose refusal it is."""

    name: str
    api: str
    body: bytes
    status: int
    code: str = ""
    source: str | None = None


CASES = [
    Case("an answer", "rent.check", b'{"rent": 100}', 200),
    Case("unknown API", "rent.nothing", b"{}", 404, "API_UNKNOWN"),
    Case("no consent", "rent.profile", b"{}", 403, "APP_CONSENT_NEEDED"),
    Case("no consent comes before the input", "rent.profile", b"not json", 403, "APP_CONSENT_NEEDED"),
    Case("not JSON", "rent.check", b'{"rent": ', 422, "INVALID_INPUT"),
    Case("a field is missing", "rent.check", b"{}", 422, "INVALID_INPUT"),
    Case("a field is of another type", "rent.check", b'{"rent": "1"}', 422, "INVALID_INPUT"),
    Case("a field is unknown", "rent.check", b'{"rent": 1, "more": 1}', 422, "INVALID_INPUT"),
    Case("too long", "rent.check", '{"rent": 1, "note": "长长长长长长"}'.encode(), 422, "INVALID_INPUT"),
    Case("a refusal of its own", "rent.check", b'{"rent": 9001}', 409, "RENT_TOO_DEAR", "app"),
    Case("its own limit", "rent.check", b'{"rent": 429}', 429, "RATE_LIMITED", "app"),
    Case("its own wish for more", "rent.check", b'{"rent": 3}', 401, "LEVEL_NEEDED", "app"),
    Case("its own fault", "rent.check", b'{"rent": 13}', 500, "BUG", "app"),
    Case("in the manifest, not in the program", "rent.missing", b"{}", 404, "NOT_FOUND", "app"),
]


def check(case: Case, status: int, body: Any, *, key: str) -> None:
    """Check an answer to a case; the call was made with the idempotency key `key`."""
    assert status == case.status, body
    if not case.code:
        assert body == {"most": 1200, "key": key, "scopes": list(SCOPES)}
        return
    (error,) = body["errors"]
    told = error["extensions"]
    assert (told["code"], told.get("source")) == (case.code, case.source)
    assert told["requestId"]
    assert isinstance(told["data"], dict)
    assert "a bug" not in error["message"]


async def check_quota(call: Callable[[], Awaitable[tuple[int, Any]]]) -> None:
    """Check what becomes of calls of one API where its mini-app has two a second, and so each API one."""
    answers = await asyncio.gather(*(call() for _ in range(6)))

    refused = [body["errors"][0]["extensions"] for status, body in answers if status == 429]
    assert {status for status, _ in answers} == {200, 429}
    assert len(refused) in (3, 4)
    for told in refused:
        assert (told["code"], told.get("source")) == ("APP_CROWDED", None)
        assert (told["data"]["app_id"], int(told["data"]["retry_after_s"])) == ("contract-app", 1)
