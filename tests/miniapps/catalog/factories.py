"""Manifests and mini-apps with sensible facts; name only what the test is about."""

from uuid import UUID

from identity import departments
from identity.actor import Actor
from identity.departments import Department
from identity.roles import SCOPES as SCOPES_OF
from identity.roles import Role
from miniapps.catalog import queries, service
from miniapps.catalog.rules import Side
from miniapps.catalog.service import agreements
from miniapps.catalog.tables import MiniAppVersion
from miniapps.release import service as release
from storage.ids import new_id

DEPARTMENT = "杭州住房公积金管理中心"

MANIFEST = """\
format: 1
id: {id}
name: 租房提取
version: {version}
department: 杭州住房公积金管理中心
operator: 示例科技有限公司
purpose: {purpose}
entry: https://rent.example
scopes:
  cases:read: 向您显示申请办到哪一步
  cases:write: 替您提交申请
{more}regions: {regions}
min_host_version: "{host}"
retention_days: 0
hotline: "12329"
"""

SCOPES = ("cases:read", "cases:write")
WRITES = "  notices:send: 办理有进展时告诉您\npages: [/index.html]\n"
"""What a manifest has `more` that writes to citizens."""


def a_manifest(
    *,
    id: str = "rent-app",
    version: str = "1.0.0",
    purpose: str = "租房的职工提取住房公积金",
    more: str = "",
    regions: str = '["330000"]',
    host: str = "1.0",
) -> str:
    facts = {"id": id, "version": version, "purpose": purpose, "more": more, "regions": regions, "host": host}
    return MANIFEST.format(**facts)


async def the_department(name: str = DEPARTMENT) -> UUID:
    """The department that manifests name, made when it is not there."""
    held = await departments.named(name)
    if held is None:
        office = Department(code=new_id().hex[-18:], agency=new_id().hex, name=name, region="330100")
        await office.save()
        held = UUID(str(office.id))
    return held


async def signed(developer: Actor, app_id: str = "rent-app", *, now) -> None:
    """Both sides of the agreement on a mini-app that was handed in, signed."""
    app = await queries.own_app(developer, app_id)
    assert app.department_id is not None, "hand it in after `the_department`"
    clerk = Actor(
        person_id=new_id(), acting_for=app.department_id, roles=frozenset({Role.CLERK}),
        scopes=SCOPES_OF[Role.CLERK], level=3,
    )  # fmt: skip
    for actor, side in ((clerk, Side.DEPARTMENT), (developer, Side.VENDOR)):
        await agreements.sign(actor, app_id, agreements.text(side).sha256, now=now)


async def handed_in(developer: Actor, now, **facts: str) -> MiniAppVersion:
    """A version that is queued, and both sides of the agreement signed."""
    await the_department()
    version = await service.submit(developer, a_manifest(**facts), now=now)
    await signed(developer, facts.get("id", "rent-app"), now=now)
    return version


async def make_released(developer: Actor, operator: Actor, now, **facts: str) -> MiniAppVersion:
    """A version that everybody has."""
    version = await make_approved(developer, operator, now, **facts)
    await release.release(operator, version.id, now=now)
    return version


async def make_approved(developer: Actor, operator: Actor, now, **facts: str) -> MiniAppVersion:
    """A version that may be released."""
    version = await handed_in(developer, now, **facts)
    return await service.approve(operator, version.id, now=now)
