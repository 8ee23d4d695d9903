"""Manifests and mini-apps with sensible facts; name only what the test is about."""

from identity.actor import Actor
from miniapps.catalog import service
from miniapps.catalog.tables import MiniAppVersion
from miniapps.release import service as release

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
regions: ["330000"]
retention_days: 0
hotline: "12329"
"""

SCOPES = ("cases:read", "cases:write")


def a_manifest(
    *, id: str = "rent-app", version: str = "1.0.0", purpose: str = "租房的职工提取住房公积金"
) -> str:
    return MANIFEST.format(id=id, version=version, purpose=purpose)


async def make_released(developer: Actor, operator: Actor, now, **facts: str) -> MiniAppVersion:
    """A version that everybody has."""
    version = await make_approved(developer, operator, now, **facts)
    await release.release(operator, version.id, now=now)
    return version


async def make_approved(developer: Actor, operator: Actor, now, **facts: str) -> MiniAppVersion:
    """A version that may be released."""
    version = await service.submit(developer, a_manifest(**facts), now=now)
    return await service.approve(operator, version.id, now=now)
