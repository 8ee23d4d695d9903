"""Consent to the old wires: what they hand out cannot be narrowed, so it is all or nothing, and asked once.

It is a consent like any other (`identity.consents`), under a name of its own: what a client may have by
OpenID, claim by claim, neither gives nor takes what the old wires give.  Withdrawn, its tickets and tokens
are dead at once, since each use looks at it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID as Id

from banshi.scopes import Scope
from identity import consents
from identity.actor import Actor
from identity.consents import Consent
from identity.oidc.claims import FACTS
from identity.wires import clients
from identity.wires.clients import Client
from identity.wires.tables import Wire

PREFIX = "wires:"
STOPS = frozenset({Scope.PROFILE_READ.value, *FACTS})
"""What the wires give, all at once: while any of it is switched off, they give nothing."""

PERSON = ("姓名", "证件类型和号码", "性别和出生日期", "手机号码", "实名认证等级")
FIRM = ("单位名称和统一社会信用代码", "您作为经办人的姓名、证件号码和手机号码")
TOLD = {
    Wire.TICKET: PERSON,
    Wire.BCDSG: PERSON,
    Wire.UNIFIED: (*PERSON, "代表单位登录时：" + "、".join(FIRM)),
    Wire.LEGAL: FIRM,
}
"""What the citizen reads: all that a wire may tell of him."""


def key_of(client: Client) -> str:
    """Return under which name a consent to a wire of a client stands among a citizen's consents.

    What one wire tells a client is no consent to what another tells it; the gateway tells what the wire
    behind it does.
    """
    wire = Wire.TICKET if client.wire is Wire.BCDSG else client.wire
    return f"{PREFIX}{wire}:{client.client_id}"


def told_of(app_id: str) -> tuple[str, ...]:
    """Return what a consent of that name lets a client know; () for a consent to something else."""
    wire = _parts(app_id)[0]
    return TOLD[wire] if wire else ()


async def names(app_ids: Iterable[str]) -> dict[str, str]:
    """Return how the clients of such consents, and of such ids, are called; others are left out."""
    client_ids = {app_id: _parts(app_id)[1] or app_id for app_id in app_ids}
    known = await clients.names(client_ids.values())
    return {app_id: known[client_id] for app_id, client_id in client_ids.items() if client_id in known}


def _parts(app_id: str) -> tuple[Wire | None, str]:
    wire, _, client_id = app_id.removeprefix(PREFIX).partition(":")
    is_one = app_id.startswith(PREFIX) and wire in {each.value for each in Wire}
    return (Wire(wire), client_id) if is_one else (None, "")


async def in_force(person_id: Id, client: Client) -> Consent | None:
    """Return the person's consent to what the client gets."""
    return await consents.in_force(person_id, key_of(client))


async def give(actor: Actor, client: Client, *, now: datetime) -> Consent:
    """Consent, until it is withdrawn.

    Whoever acts for a firm consents for himself: it is his own name and number that the client gets.
    Raises: ScopeMissing when it is not the citizen himself who asks.
    """
    himself = replace(actor, acting_for=actor.person_id, delegation_id=None, mandate_kind=None, codes=None)
    return await consents.grant(himself, key_of(client), (), now=now)
