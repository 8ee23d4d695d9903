"""Claims: what of a person a client may be told, by which scope, and from which real-name level on.

    scope              what is told                                      as
    openid             a subject, another one for each client            sub
    profile.name       the name, partly hidden                           name
    profile.name.full  the name, whole                                   name
    phone              the phone number                                  phone_number, phone_number_verified
    idcard.verify      answers about the person, never the number        over_18, …, resident_of, same_person
    idcard.number      the identity number; only with a recorded basis   id_number
    corp               the firm acted for, null for none                 corp
    offline_access     nothing: access goes on when the browser is closed

What a citizen agrees to are keys: a scope, or a predicate as `idcard.verify.over_18` or
`idcard.verify.resident_of:330106`.  Rights to our own API (`banshi.scopes.GRANTABLE`) are keys, too.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from banshi.scopes import GRANTABLE, Scope
from identity import regions
from identity.actor import Actor

OPENID, OFFLINE, NUMBER, VERIFY = "openid", "offline_access", "idcard.number", "idcard.verify"
NAME, FULL_NAME, PHONE, CORP = "profile.name", "profile.name.full", "phone", "corp"
AGES = (14, 16, 18, 60, 65)  # fixed: whoever could ask for any age would learn the birthday
RESIDENT_OF, SAME_PERSON = "resident_of", "same_person"
PREDICATES = (*(f"over_{age}" for age in AGES), RESIDENT_OF, SAME_PERSON)
DEFAULT_PREDICATE = "over_18"  # of the scope alone, without a word on what is to be verified


@dataclass(frozen=True)
class Kind:
    """One scope: what the citizen reads, the level it needs, and the claims it brings."""

    title: str
    level: int
    claims: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    OPENID: Kind("识别您是同一位用户的编号（每个应用各不相同）", 1, ("sub",)),
    NAME: Kind("姓名（隐去部分）", 1, ("name",)),
    FULL_NAME: Kind("姓名（全名）", 2, ("name",)),
    PHONE: Kind("手机号码", 1, ("phone_number", "phone_number_verified")),
    VERIFY: Kind("核验证件信息（只回答是或否，不提供证件号码）", 2, PREDICATES),
    NUMBER: Kind("公民身份号码（完整号码）", 3, ("id_number",)),
    CORP: Kind("您代表办事的企业", 2, ("corp",)),
    OFFLINE: Kind("在您离开后继续使用以上授权", 2),
}
"""The scopes of signing in, in the order in which they are shown."""

RIGHTS = {
    "profile:read": "查看您在办事平台的基本资料",
    "items:read": "查看办事指南",
    "materials:read": "查看您的证照与材料目录",
    "cases:read": "查看您的办件",
    "cases:write": "替您提交和修改办件",
    "trips:read": "查看您的跑动记录",
    "notices:read": "查看您的消息",
    "notices:send": "给您发送与您办的事有关的消息（您可以随时不再接收）",
    "storage:keep": "在办事平台为您保存设置和草稿（您可以随时删除）",
}
"""The scopes of our API that a citizen may grant."""

assert set(RIGHTS) == set(GRANTABLE)

PLAINTEXT = frozenset({NAME, FULL_NAME, PHONE, VERIFY, NUMBER})
"""The scopes whose claims are facts from a card: nobody knows them of who signed in by a 网证 alone."""

FACTS = frozenset({*PLAINTEXT, CORP})
"""The scopes that tell of a person, or of his firm: what `profile:read` stands for, whatever asks."""

SCOPES = (*KINDS, *RIGHTS)
OFFERED = tuple(scope for scope in SCOPES if scope != Scope.NOTICES_SEND)
"""What a client outside our catalogue may ask: only a reviewed mini-app writes to citizens."""

BY_CLAIM = {
    claim: scope for scope in (FULL_NAME, NAME, PHONE, VERIFY, NUMBER, CORP) for claim in KINDS[scope].claims
}
RIGHT_LEVEL = 2


def scope_of(key: str) -> str:
    """Return the scope that a key belongs to."""
    return VERIFY if key.startswith(f"{VERIFY}.") else key


def predicate_key(name: str, value: str | None) -> str:
    """Return the key of a predicate; the region asked for is part of it, so another one is agreed to anew."""
    return f"{VERIFY}.{name}:{value}" if name == RESIDENT_OF else f"{VERIFY}.{name}"


def predicate_of(key: str) -> tuple[str, str]:
    """Return name and value of a predicate's key; the value is empty when it has none."""
    name, _, value = key.removeprefix(f"{VERIFY}.").partition(":")
    return name, value


def title(key: str) -> str:
    """Return what the citizen reads of a key."""
    if key in RIGHTS:
        return RIGHTS[key]
    if key in KINDS:
        return KINDS[key].title
    name, value = predicate_of(key)
    if name == RESIDENT_OF:
        return f"是否居住在{regions.full_name(value)}（只回答是或否）"
    if name == SAME_PERSON:
        return "是否为应用已知的同一人（只回答是或否）"
    return f"是否已满{name.removeprefix('over_')}周岁（只回答是或否）"


def level(key: str) -> int:
    """Return the real-name level that a key needs."""
    return RIGHT_LEVEL if key in RIGHTS else KINDS[scope_of(key)].level


def is_open(key: str, actor: Actor) -> bool:
    """Say whether there is anything to agree to: the sign-in is strong enough, and the fact is known."""
    return level(key) <= actor.level and not is_withheld(key, actor)


def is_withheld(key: str, actor: Actor) -> bool:
    """Say whether a key needs name and number in plaintext of somebody who never told them."""
    return actor.is_pseudonym and scope_of(key) in PLAINTEXT


def is_off(key: str, halted: Collection[str]) -> bool:
    """Say whether what a key gives is switched off; `halted` are scopes."""
    scope = scope_of(key)
    return scope in halted or (scope in FACTS and Scope.PROFILE_READ in halted)


def in_order(keys: Iterable[str]) -> list[str]:
    """Return the keys as they are shown: by scope, then by themselves."""
    return sorted(set(keys), key=lambda key: (SCOPES.index(scope_of(key)), key))
