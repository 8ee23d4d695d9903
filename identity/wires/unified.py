"""The unified wire (统一单点登录, "IRS V2"): ticketId for accessToken, accessToken for the user."""

from datetime import datetime
from typing import Any

from identity.errors import PartyErased
from identity.numbers import NumberKind
from identity.wires import callers, clients, passes
from identity.wires.clients import Client
from identity.wires.errors import Refused, Why
from identity.wires.facts import Firm, Natural, Subject
from identity.wires.passes import Holder
from identity.wires.personal import SEXES
from identity.wires.tables import Wire

Answer = dict[str, Any]

BAD_TICKET = ("C-USER-SSO-TICKET-INVALID", "ticket非法")
BAD_TOKEN = ("C-USER-SSO-TOKEN-INVALID", "token非法")
NO_USER = ("C-USER-SSO-USER-EMPTY", "用户信息为空")
ID_TYPES = {
    NumberKind.CITIZEN: "ID_CARD",
    NumberKind.RESIDENCE_PERMIT: "GANG_AO_TAI_RESIDENCE_CART",  # spelled so on the wire
    NumberKind.FOREIGN_RESIDENT: "FOREIGN_PERMANENT_RESIDENT_ID_CARD",
    NumberKind.FOREIGN_RESIDENT_OLD: "FOREIGN_PERMANENT_RESIDENT_ID_CARD",
}
OUTER_ID_TYPES = {  # GA/T 517
    NumberKind.CITIZEN: "111",
    NumberKind.RESIDENCE_PERMIT: "111",  # as on the personal wire: numbers of the same scheme
    NumberKind.FOREIGN_RESIDENT: "553",
    NumberKind.FOREIGN_RESIDENT_OLD: "553",
}


async def access_token(
    ticket: str, app_id: str, *, gateway: Client | None, address: str, now: datetime
) -> Answer:
    """Exchange a ticketId; a caller that signed need not say its appId, any other must."""
    try:
        holder = await _holder(ticket, app_id, gateway, address, now)
        async with callers.noting(ticket, Wire.UNIFIED, stranger=None if gateway else address, now=now):
            token, _ = await passes.redeem(ticket, holder, now=now)
    except Refused:
        return _refusal(BAD_TICKET)
    return _good({"accessToken": token})


async def _holder(ticket: str, app_id: str, gateway: Client | None, address: str, now: datetime) -> Holder:
    client_id = gateway.client_id if gateway else None
    if gateway is None or app_id:
        known = await clients.find(app_id, [Wire.UNIFIED], now=now)
        if known is None or client_id not in (None, known.client_id):
            await callers.refuse(known, address=address, now=now)
            raise Refused(Why.OTHER)
        client_id = known.client_id
        if gateway is None:
            await _check_unsigned(known, ticket, address=address, now=now)
    return Holder(wires=[Wire.UNIFIED], client_id=client_id, code=app_id or None)


async def user_info(token: str, *, gateway: Client | None, address: str, now: datetime) -> Answer:
    """Return the user of an accessToken, again if asked again."""
    holder = Holder(wires=[Wire.UNIFIED], client_id=gateway.client_id if gateway else None)
    try:
        async with callers.noting(token, Wire.UNIFIED, stranger=None if gateway else address, now=now):
            shown = await passes.look(token, holder, now=now)
        if gateway is None:
            known = await clients.by_id(shown.wire_client, now=now)
            await _check_unsigned(known, token, address=address, now=now)
        return _good(user(await passes.release(shown, "whole profile", now=now)))
    except Refused as refusal:
        return _refusal(NO_USER if refusal.why is Why.GONE else BAD_TOKEN)
    except PartyErased:
        return _refusal(NO_USER)


async def _check_unsigned(client: Client | None, shown: str, *, address: str, now: datetime) -> None:
    """Take an unsigned call only for a client without AK, and each ticket or token from one caller only."""
    if client is None or await callers.must_sign(client.client_id, now=now):
        raise Refused(Why.OTHER)
    await callers.check_caller(client, f"bare {shown}", shown, address=address, now=now)


def user(subject: Subject) -> Answer:
    """Return the subject as `data` of the wire."""
    return {
        "userType": "LEGAL_PERSON" if subject.firm else "PERSON",
        "personInfo": _person(subject.person, acts_for_firm=subject.firm is not None),
        "legalPersonInfo": _legal_person(subject.firm, subject.person) if subject.firm else None,
        "organizationInfoList": [],
    }


def _person(person: Natural, *, acts_for_firm: bool) -> Answer:
    named = bool(person.number)
    return {
        "userId": person.user_id,
        "userName": person.name,
        "idType": ID_TYPES[person.kind] if named else "",
        "outerIdType": OUTER_ID_TYPES[person.kind] if named else "",
        "idNo": person.number,
        "attnUserType": str(person.level) if acts_for_firm else "",
        "phone": person.phone,
        "email": "",
        "nation": "",
        "gender": SEXES[person.sex] if person.sex else "",
        "birthday": person.birthday.isoformat() if person.birthday else "",
        "certKey": "",
        "attributes": {},
    }


def _legal_person(firm: Firm, person: Natural) -> Answer:
    named = bool(person.number)
    principal = person if firm.is_represented and named else None
    return {
        "name": firm.name,
        "unifiedSocialId": firm.credit_code,
        "orgType": firm.kind,
        "attnName": person.name,
        "attnPhone": person.phone,
        "attnIdType": OUTER_ID_TYPES[person.kind] if named else "",
        "attnIdNo": person.number,
        "attnUserType": str(person.level),
        # the legal representative (法定代表人) is known when it is he who acts; numbers, or nothing
        "principal": principal.name if principal else "",
        "gender": int(SEXES[principal.sex]) if principal and principal.sex else None,
        "nation": None,
        "idType": None,
        "outerIdType": OUTER_ID_TYPES[principal.kind] if principal else "",
        "idNo": principal.number if principal else "",
        "principalUserId": principal.user_id if principal else "",
        "corpId": firm.corp_id,
        "attributes": {},
    }


def _good(data: Answer) -> Answer:
    return {"success": True, "errorCode": "", "errorMsg": "", "data": data}


def _refusal(why: tuple[str, str]) -> Answer:
    code, message = why
    return {"success": False, "errorCode": code, "errorMsg": message, "data": None}
