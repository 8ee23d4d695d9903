"""The wire of legal persons (法人): an ssotoken for the firm and who acts for it.

The ssotoken is ticket and token in one: the first call must come within 60 s, a repeated one within minutes
from the same caller.
"""

from datetime import datetime
from typing import Any

import msgspec

from identity.errors import PartyErased
from identity.wires import callers, clients, passes
from identity.wires.clients import Client
from identity.wires.errors import Refused, Why
from identity.wires.facts import Firm, Natural, Subject
from identity.wires.passes import Holder, Pass
from identity.wires.tables import Wire
from identity.wires.unified import OUTER_ID_TYPES

Answer = dict[str, Any]

REFUSED = 1  # errCode of every refusal: the norm names none but 0
LOGIN_TYPE = "Password"  # of Cert, Password and Elicense: no certificate of the firm was shown
UNKNOWN = (
    "CompanyRegNumber", "CompanyAddress", "telephoneNumber", "CompanyScope", "CompanyRegOrg",
    "CompanySerialNumber", "certName", "certNbxh", "certRegNo", "certHxbh", "certSn", "certDecSn",
    "certBase64", "status", "attnLandLinePhone",
)  # fmt: skip
ORGANISATION = slice(8, 17)  # characters of a credit code: GB 32100-2015, 5.1


async def query(token: str, *, gateway: Client | None, address: str, now: datetime) -> Answer:
    """Answer `atg.biz.userquery`: `info` is a string that holds JSON."""
    answer = await login_info(token, gateway=gateway, address=address, now=now)
    return {**answer, "info": msgspec.json.encode(answer["info"]).decode() if answer["success"] else ""}


async def login_info(token: str, *, gateway: Client | None, address: str, now: datetime) -> Answer:
    """Answer the older `getLoginInfo`: `info` is an object."""
    try:
        async with callers.noting(token, Wire.LEGAL, stranger=None if gateway else address, now=now):
            shown = await _shown(token, gateway=gateway, address=address, now=now)
        subject = await passes.release(shown, "firm and who acts for it", now=now)
    except (Refused, PartyErased):
        return _refusal()
    if subject.firm is None:
        return _refusal()
    return {"success": True, "errCode": 0, "msg": "", "info": info(subject.firm, subject)}


async def _shown(token: str, *, gateway: Client | None, address: str, now: datetime) -> Pass:
    holder = Holder(wires=[Wire.LEGAL], client_id=gateway.client_id if gateway else None)
    if gateway is None:
        known = await clients.by_id(await passes.wire_client_of(token), now=now)
        if known is None or await callers.must_sign(known.client_id, now=now):
            raise Refused(Why.OTHER)
        await callers.check_caller(known, f"bare {token}", token, address=address, now=now)
    try:
        _, shown = await passes.redeem(token, holder, token=token, now=now)
    except Refused as refusal:
        if refusal.why is not Why.EXPIRED:
            raise
        shown = await passes.look(token, holder, now=now)
    return shown


def info(firm: Firm, subject: Subject) -> dict[str, str]:
    """Return the firm and who acts for it in the words of the wire."""
    person: Natural = subject.person
    named = bool(person.number)
    return dict.fromkeys(UNKNOWN, "") | {
        "OrganizationNumber": firm.credit_code[ORGANISATION],
        "CompanyName": firm.name,
        "OrgType": firm.kind,
        "CompanyType": firm.kind,
        "userId": firm.user_id,
        "username": firm.name,
        "loginType": LOGIN_TYPE,
        "realLevel": str(person.level),
        "xzqh": firm.region,
        "uniscid": firm.credit_code,
        "CompanyLegRep": person.name if firm.is_represented else "",
        "attnPhone": person.phone,
        "attnName": person.name,
        "attnIDType": OUTER_ID_TYPES[person.kind] if named else "",
        "attnIDNo": person.number,
    }


def _refusal() -> Answer:
    return {"success": False, "errCode": REFUSED, "msg": "ssotoken无效或已过期", "info": {}}
