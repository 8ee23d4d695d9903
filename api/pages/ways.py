"""The ways in, as forms: which fields each sends, and which verb takes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from api.pages.forms import Form
from banshi.errors import InvalidInput
from identity import accounts
from identity.entering import Caller
from identity.methods import Method, network_id, offered, passkey, sms
from identity.sessions import Opened

FIELD_CHARACTERS = 200
CARD = ("id_number", "name")
BY_CARD = {"face": (*CARD, "face"), "sms": (*CARD, "code")}


class Typed(NamedTuple):
    """What a form shows again; secrets are typed anew."""

    id_number: str = ""
    name: str = ""


def ways_for(level: int) -> dict[str, Method]:
    """Return the ways that this installation offers and that can give `level`, in their order."""
    return {method.name: method for method in offered() if method.level >= level}


async def send_code(form: Form, *, address: str, now: datetime) -> None:
    """Send what a way needs before it can be completed; the same happens for somebody unknown."""
    await sms.send(_typed(form.fields, CARD), address=address, now=now)


async def opened_by(way: str, form: Form, *, caller: Caller, now: datetime) -> Opened:
    """Sign in by one of the ways; return token and session.

    Raises: what the verb of the way raises; an unknown way is answered as a wrong name.
    """
    if way == "passkey":
        return await passkey.finish_sign_in(
            row_id(form.get("challenge")), form.get("credential"), caller=caller, now=now
        )
    if way == "network_id":
        return await network_id.sign_in(_typed(form.fields, ("credential",)), caller=caller, now=now)
    return await accounts.sign_in(
        way, _typed(form.fields, BY_CARD.get(way, CARD)),
        address=caller.address, device=caller.device, device_word=caller.device_word, token=caller.token,
        now=now,
    )  # fmt: skip


def row_id(text: str) -> UUID:
    """Return the id that a form or address names; what is none names nothing there is."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _typed(fields: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    for name in names:
        if len(fields.get(name, "")) > FIELD_CHARACTERS:
            raise InvalidInput(field=name, problem="这一项太长了，请检查")
    return {name: fields[name] for name in names if name in fields}
