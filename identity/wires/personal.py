"""The personal wire (政务服务网个人): simpleauth, in its own words, codes and numbers.

Every field is always there and always a string, "" when we do not know it; `result` is "0" when all is well.
"""

from collections.abc import Mapping
from datetime import datetime

from identity.errors import PartyErased
from identity.numbers import NumberKind, Sex
from identity.wires import callers, passes
from identity.wires.clients import Client
from identity.wires.errors import Refused, Why
from identity.wires.facts import Natural
from identity.wires.passes import PERSONAL, Holder

Answer = dict[str, str]

VALIDATION, USER_INFO = "ticketValidation", "getUserInfo"
GOOD = "0"
TICKET_CODES = {
    Why.EXPIRED: "6001", Why.UNKNOWN: "6002", Why.FOREIGN: "6003", Why.MALFORMED: "6004",
    Why.GONE: "6001", Why.OTHER: "6099",
}  # fmt: skip
TOKEN_CODES = {
    Why.EXPIRED: "6501", Why.UNKNOWN: "6502", Why.FOREIGN: "6503", Why.MALFORMED: "6504",
    Why.GONE: "6505", Why.OTHER: "6599",
}  # fmt: skip
MESSAGES = {
    "6001": "票据已过期或已使用", "6002": "不是有效的票据", "6003": "票据不属于该服务",
    "6004": "票据格式错误", "6099": "请求无法通过校验",
    "6501": "令牌已过期", "6502": "不是有效的令牌", "6503": "令牌不属于该服务",
    "6504": "令牌格式错误", "6505": "用户信息不可用", "6599": "请求无法通过校验",
}  # fmt: skip
VALIDATION_FIELDS = ("token", "userid", "loginname", "username", "orgcoding")
USER_FIELDS = (
    "userid", "authlevel", "idtype", "username", "idnum", "passport", "permitlicense", "taiwanlicense",
    "officerlicense", "greencard", "sex", "nation", "loginname", "email", "mobile", "postcode", "cakey",
    "birthday", "country", "province", "city", "officeaddress", "officephone", "officefax", "homephone",
    "homeaddress", "useable", "orderby", "headpicture",
)  # fmt: skip
ID_TYPES = {
    NumberKind.CITIZEN: "1",
    NumberKind.RESIDENCE_PERMIT: "1",  # an 18-digit number of the same scheme; 4 and 5 are other documents
    NumberKind.FOREIGN_RESIDENT: "6",
    NumberKind.FOREIGN_RESIDENT_OLD: "6",
}
SEXES = {Sex.MALE: "1", Sex.FEMALE: "2"}
ACTIVE = "1"


async def simpleauth(
    form: Mapping[str, str], *, gateway: Client | None = None, address: str, now: datetime
) -> Answer:
    """Answer a call of a client's server; refusals are answers, too."""
    if form.get("method") == USER_INFO:
        return await _user_info(form, gateway=gateway, address=address, now=now)
    try:
        if form.get("method") != VALIDATION:
            raise Refused(Why.OTHER)
        return await _validate(form, gateway=gateway, address=address, now=now)
    except Refused as refusal:
        return _refusal(TICKET_CODES[refusal.why], VALIDATION_FIELDS)


async def _validate(
    form: Mapping[str, str], *, gateway: Client | None, address: str, now: datetime
) -> Answer:
    ticket = form.get("st", "")
    client = await callers.signed_by_md5(form, ticket, gateway=gateway, address=address, now=now)
    async with callers.noting(ticket, client.wire, now=now):
        token, shown = await passes.redeem(ticket, _holder(client), now=now)
    try:
        subject = await passes.release(shown, "userid, username", now=now)
    except PartyErased:
        raise Refused(Why.EXPIRED) from None
    known = {"token": token, "userid": subject.person.user_id, "username": subject.person.name}
    return _answer(GOOD, "", VALIDATION_FIELDS, known)


async def _user_info(
    form: Mapping[str, str], *, gateway: Client | None, address: str, now: datetime
) -> Answer:
    token = form.get("token", "")
    try:
        client = await callers.signed_by_md5(form, token, gateway=gateway, address=address, now=now)
        async with callers.noting(token, client.wire, now=now):
            shown = await passes.look(token, _holder(client), now=now)
        subject = await passes.release(shown, "whole profile", now=now)
    except Refused as refusal:
        return _refusal(TOKEN_CODES[refusal.why], USER_FIELDS)
    except PartyErased:
        return _refusal(TOKEN_CODES[Why.GONE], USER_FIELDS)
    return _answer(GOOD, "", USER_FIELDS, user_fields(subject.person))


def user_fields(person: Natural) -> Answer:
    """Return what is known of a person in the words of the wire; the rest is ""."""
    named = bool(person.number)
    return {
        "userid": person.user_id,
        "authlevel": str(person.level),
        "idtype": ID_TYPES[person.kind] if named else "",
        "username": person.name,
        "idnum": person.number,
        "greencard": person.number if named and ID_TYPES[person.kind] == "6" else "",
        "sex": SEXES[person.sex] if person.sex else "",
        "mobile": person.phone,
        "birthday": person.birthday.isoformat() if person.birthday else "",
        "useable": ACTIVE,
    }


def _holder(client: Client) -> Holder:
    return Holder(wires=PERSONAL, client_id=client.client_id, code=client.code)


def _refusal(code: str, fields: tuple[str, ...]) -> Answer:
    return _answer(code, MESSAGES[code], fields, {})


def _answer(result: str, errmsg: str, fields: tuple[str, ...], known: Mapping[str, str]) -> Answer:
    return {"result": result, "errmsg": errmsg, **{field: known.get(field, "") for field in fields}}
