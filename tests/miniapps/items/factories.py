"""Item texts with sensible facts; name only what the test is about."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from identity.actor import Actor
from identity.roles import SCOPES, Role
from miniapps.items import service
from miniapps.items.rules import CompiledItem, compile_text
from miniapps.items.tables import ItemVersion
from storage.ids import new_id

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday, 12:00 in Shanghai

TEXT = """\
格式: 1
样本: 是
编码: {code}
名称: {name}
类型: 公共服务
部门: 民政
服务对象: 自然人
受理条件: 住在浙江
设定依据: [《某某条例》第一条]
承诺时限: {{数量: 5, 依据: 服务承诺}}
到场次数: 0
流程: [{{名称: 受理, 时限: 1}}]
结果: {{名称: 某某证, 类型: 出证办结, 证照种类: some_certificate}}
咨询电话: 0571-12345001
投诉电话: 0571-12345901
{more}"""


def a_text(*, code: str = "332000900000", name: str = "某某证申领", more: str = "") -> str:
    """An item text without faults; `more` are further lines."""
    return TEXT.format(code=code, name=name, more=more)


def an_item(more: str = "", **rest: str) -> CompiledItem:
    """What such a text compiles to."""
    compilation = compile_text(a_text(more=more, **rest))
    assert compilation.item is not None, compilation.findings
    return compilation.item


def a_person(*roles: Role, person_id: UUID | None = None) -> Actor:
    """Somebody with these posts."""
    person = person_id or new_id()
    scopes = frozenset().union(*(SCOPES[role] for role in roles))
    return Actor(person_id=person, acting_for=person, roles=frozenset(roles), scopes=scopes, level=3)


async def make_item(text: str | None = None, **rest: Any) -> ItemVersion:
    """Publish a text as the shipped ones are."""
    return await service.bring(text or a_text(**rest), now=NOON)
