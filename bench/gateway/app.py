"""The mini-app that is called: registered, released, with the address of its back end."""

from datetime import UTC, datetime

import msgspec

from banshi import manifest as manifests
from miniapps.catalog.rules import AppState, Environment, VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from miniapps.gateway.tables import AppUpstream
from storage import db
from storage.embedded.postgres import Postgres
from storage.ids import new_id
from storage.settings import DatabaseSettings

APP, API, SCOPE = "bench-app", "rent.check", "cases:read"
OLD_NAME = f"mgop.bench.app.{API}"
TEXT = """
format: 1
id: bench-app
name: 租房提取
version: 1.0.0
department: 杭州住房公积金管理中心
operator: 示例科技有限公司
purpose: 租房的职工提取住房公积金
entry: https://rent.example
scopes: {"cases:read": 向您显示申请办到哪一步}
regions: ["330000"]
retention_days: 0
hotline: "12329"
apis:
  - name: rent.check
    scope: "cases:read"
    input:
      type: object
      required: [rent, city]
      additionalProperties: false
      properties:
        rent: {type: integer, minimum: 0, maximum: 1000000}
        city: {type: string, minLength: 1, maxLength: 20}
        since: {type: string, pattern: "^[0-9]{4}-[0-9]{2}$"}
    output:
      type: object
      required: [most, months, account]
      properties:
        most: {type: integer, minimum: 0}
        months: {type: integer, minimum: 1, maximum: 12}
        city: {type: string, maxLength: 20}
        reasons: {type: array, items: {type: string, enum: [RENT, DISTANCE]}}
        account:
          type: object
          required: [open]
          properties: {open: {type: boolean}, balance: {type: integer, minimum: 0}}
"""


async def release(server: Postgres, upstream: int) -> None:
    """Store it, its back end at a port of this machine."""
    now, app_id, version_id, nobody = datetime.now(UTC), new_id(), new_id(), new_id()
    made = manifests.read(TEXT)
    await db.connect(DatabaseSettings(url=server.url("app"), pool_min=1, pool_max=1))
    try:
        await MiniApp(
            id=app_id, app_id=APP, name=made.name, purpose=made.purpose, department=made.department,
            operator=made.operator, team_id=nobody, state=AppState.LISTED, released_id=version_id,
            created_at=now,
        ).save()  # fmt: skip
        await MiniAppVersion(
            id=version_id, app=app_id, team_id=nobody, version=made.version, text=TEXT,
            manifest=msgspec.json.encode(made).decode(), state=VersionState.APPROVED, submitted_by=nobody,
            submitted_at=now,
        ).save()  # fmt: skip
        await AppUpstream(
            app=app_id, environment=Environment.PRODUCTION, url=f"http://127.0.0.1:{upstream}",
            set_by=nobody, set_at=now,
        ).save()  # fmt: skip
    finally:
        await db.disconnect()
