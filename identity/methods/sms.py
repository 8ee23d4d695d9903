"""ID card and SMS code: a code goes to the phone that the authority has registered for number and name.

It proves level 2: name and number agree, and the phone is in hand.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from piccolo.columns import Bytea, SmallInt, Timestamptz
from piccolo.table import Table

from banshi.errors import InvalidInput, RateLimited
from identity import numbers, people, verifier
from identity.errors import NotVerified
from identity.methods import tries
from identity.verifier import Proof
from storage.clock import local_date
from storage.db import DB, execute, fetch
from storage.ids import new_id
from storage.limits import subscriber, take
from storage.seal import blind, mac

LIFE = timedelta(minutes=5)
DIGITS = 6
TRIES = 5  # per code
LEVEL = 2
AGAIN_S = 60  # the next code for a number, or to a phone
TEXT = "验证码 {code}，{minutes} 分钟内有效，用于登录政务服务。工作人员不会向您索要验证码，请勿告诉任何人。"

DAY_S = 86_400
PER_NUMBER, PER_PHONE = 5, 8  # codes at once, refilled over a day
PER_ADDRESS, ADDRESS_PER_S = 30, 1 / 20


class SmsCode(Table, db=DB, tablename="sms_code"):
    """The newest code asked for a number and name, whether or not anybody is known by them."""

    who_blind = Bytea(primary_key=True)  # of number and name
    code_mac = Bytea()  # keyed, for six digits are guessed from a plain hash in no time
    tries = SmallInt()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


@dataclass(frozen=True)
class Sent:
    """That a code was sent, if there is anybody to send it to."""

    expires_at: datetime
    again_at: datetime  # when the next may be asked for


async def send(form: Mapping[str, str], *, address: str, now: datetime) -> Sent:
    """Send a code to the phone registered for `id_number` and `name`, if there is one.

    The answer and the work are the same whether or not anybody is known by them.
    Raises:
        NumberRefused, InvalidInput: the form cannot be anybody's.
        RateLimited: too many codes for the number or from the address.
        Unavailable: authority or operator cannot be asked.
    """
    number, name = read(form, now=now)
    blinded = people.number_blind(number)
    await tries.take_address(address)
    await take(f"sms:address:{subscriber(address)}", capacity=PER_ADDRESS, per_s=ADDRESS_PER_S)
    await take(f"sms:pause:{blinded.hex()}", capacity=1, per_s=1 / AGAIN_S)
    await take(f"sms:number:{blinded.hex()}", capacity=PER_NUMBER, per_s=PER_NUMBER / DAY_S)
    facts = await verifier.current().match(number, name, address=address, now=now)
    phone = await _free_phone(facts.phone if facts else None, otherwise=blinded)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    who = _who(number, name)
    await execute(
        "INSERT INTO sms_code (who_blind, code_mac, tries, expires_at) VALUES ($1, $2, 0, $3)"
        " ON CONFLICT (who_blind) DO UPDATE SET code_mac = $2, tries = 0, expires_at = $3, used_at = NULL",
        who, _code_mac(who, code), now + LIFE,
    )  # fmt: skip
    text = TEXT.format(code=code, minutes=int(LIFE.total_seconds() // 60))
    await verifier.sms().send(phone, text, now=now)
    return Sent(expires_at=now + LIFE, again_at=now + timedelta(seconds=AGAIN_S))


async def prove(form: Mapping[str, str], *, address: str, now: datetime) -> Proof:
    """Return the proof of who gives the newest code for `id_number` (in normal form) and `name`.

    A code that was right is spent, also when the rest fails.
    Raises: InvalidInput, NotVerified, Unavailable.
    """
    code = form.get("code", "").strip()
    if not code:
        raise InvalidInput(field="code", problem="请填写短信验证码")
    number, name = form["id_number"], form["name"]
    facts = await verifier.current().match(number, name, address=address, now=now)
    is_right = await _spend(_who(number, name), code, now=now)
    if facts is None or not is_right:
        raise NotVerified
    return Proof(level=LEVEL, method="sms", at=now, evidence_id=f"sms-{new_id().hex}", facts=facts)


def read(form: Mapping[str, str], *, now: datetime) -> tuple[str, str]:
    """Return number (in normal form) and name of a form.

    Raises: NumberRefused, InvalidInput.
    """
    name = form.get("name", "").strip()
    if not name:
        raise InvalidInput(field="name", problem="请填写姓名")
    return numbers.describe(form.get("id_number", ""), today=local_date(now)).number, name


async def sweep(*, now: datetime) -> None:
    """Delete codes that have expired."""
    await execute("DELETE FROM sms_code WHERE expires_at <= $1", now)


async def _spend(who: bytes, code: str, *, now: datetime) -> bool:
    """Count a try and say whether it is right, in one statement: of many at once each counts."""
    rows = await fetch(
        "UPDATE sms_code SET tries = tries + 1, used_at = CASE WHEN code_mac = $2 THEN $3::timestamptz END"
        " WHERE who_blind = $1 AND tries < $4 AND used_at IS NULL AND expires_at > $3"
        " RETURNING code_mac = $2 AS is_right",
        who, _code_mac(who, code), now, TRIES,
    )  # fmt: skip
    return bool(rows and rows[0]["is_right"])


async def _free_phone(phone: str | None, *, otherwise: bytes) -> str | None:
    """Return the phone unless it got too many messages already.

    That is not told: it would say that two numbers share a phone, and so that both are known.
    """
    name = f"sms:phone:{(blind(phone, purpose='sms.phone') if phone else otherwise).hex()}"
    try:
        await take(name, capacity=PER_PHONE, per_s=PER_PHONE / DAY_S)
    except RateLimited:
        return None
    return phone


def _who(number: str, name: str) -> bytes:
    return blind(f"{number}\0{name}", purpose="sms.who")


def _code_mac(who: bytes, code: str) -> bytes:
    return mac(who + code.encode(), purpose="sms code")
