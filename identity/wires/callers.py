"""Callers: the servers of clients, told from others by signature and by where they call from."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from identity import audit
from identity.actor import ANONYMOUS
from identity.wires import clients, passes, signatures
from identity.wires.clients import Client
from identity.wires.errors import GatewayRefused, Refused, Why
from identity.wires.signatures import SKEW, WINDOW, Showing
from identity.wires.tables import Wire
from storage import limits
from storage.db import transaction
from storage.limits import subscriber

ALGORITHM = "hmac-sha256"
TRIES, TRIES_PER_S = 120, 2.0  # calls from one address that are not made by the client they name

NOTED = frozenset({Why.OTHER, Why.FOREIGN})  # where they are found
MADE_UP = frozenset({Why.UNKNOWN, Why.MALFORMED})


async def signed_by_md5(
    form: Mapping[str, str], shown: str, *, gateway: Client | None, address: str, now: datetime
) -> Client:
    """Return the client whose server signed `servicecode` and `time`; `shown` is its ticket or token.

    `gateway` is who signed the request around it, whose AK is then the service code.
    Raises: RateLimited; Refused, alike for an unknown code, a wrong signature and a wrong time.
    """
    code, time, sign = (form.get(name, "") for name in ("servicecode", "time", "sign"))
    known = await clients.find(code, [Wire.TICKET], now=now) if gateway is None else gateway
    signed = signatures.md5_holds(sign, time, code=code, secrets=clients.secrets_of(known))
    timely = signatures.within(signatures.time_of(time), now, limit=WINDOW)
    if known is None or not signed or not timely or known.code != code:
        await refuse(known, address=address, now=now)
        raise Refused(Why.OTHER)
    if await check_caller(known, f"md5 {time} {sign}", shown, address=address, now=now):
        await _note("wire.repeat", known, shown, now=now)
    return known


async def signed_by_hmac(
    method: str, path: str, query: str, headers: Mapping[str, str], *, address: str, now: datetime
) -> Client:
    """Return the client whose server signed the request with its AK and SK.

    `headers` have lower-case names.  `query` is the raw one, without its question mark.
    Raises: RateLimited; GatewayRefused, in the gateway's own words.
    """
    signature, algorithm, key, date = (
        headers.get(name, "")
        for name in ("x-bg-hmac-signature", "x-bg-hmac-algorithm", "x-bg-hmac-access-key", "x-bg-date-time")
    )
    known = await clients.find(key, [Wire.BCDSG], now=now)
    signed = signatures.hmac_holds(
        signature, method, path, query, key=key, date=date, secrets=clients.secrets_of(known)
    )
    if known is None:
        problem = "Invalid access key"
    elif not signatures.within(signatures.gateway_time_of(date), now, limit=SKEW):
        problem = "Clock skew exceeded"
    elif not signed or algorithm.lower() != ALGORITHM:
        problem = "Invalid signature"
    else:
        try:
            again = await check_caller(known, f"hmac {signature}", "", address=address, now=now)
        except Refused:
            raise GatewayRefused("Invalid signature") from None
        if again:
            await _note("wire.repeat", known, "", now=now)
        return known
    await refuse(known, address=address, now=now)
    raise GatewayRefused(problem)


async def check_caller(client: Client, proof: str, shown: str, *, address: str, now: datetime) -> bool:
    """Refuse a caller from outside the client's networks, and a proof that somebody else showed first.

    Says whether the caller himself showed it before: that is let through, for clients repeat what timed out.
    Raises: RateLimited, Refused.
    """
    caller = client.caller(address)
    if caller is not None:
        showing = await signatures.remember(client.id, proof, caller=caller, now=now)
        if showing is not Showing.ELSEWHERE:
            return showing is Showing.AGAIN
    await limits.take(_tries(address), capacity=TRIES, per_s=TRIES_PER_S)
    await _note("wire.replay", client, shown, now=now)
    raise Refused(Why.OTHER)


async def _note(act: str, client: Client, shown: str, *, now: datetime) -> None:
    """Note that a proof came again, for the citizen whose ticket or token came with it."""
    owner = await passes.owner_of(shown) if shown else None
    async with transaction():
        await audit.record(ANONYMOUS, act, f"wire/{client.id}", now=now, party_id=owner)


async def must_sign(client_id: str, *, now: datetime) -> bool:
    """Say whether a client has an AK: then nobody speaks for it on the wires that need no signature."""
    return any(each.wire is Wire.BCDSG for each in await clients.of(client_id, now=now))


@asynccontextmanager
async def noting(
    shown: str, wire: Wire, *, stranger: str | None = None, now: datetime
) -> AsyncIterator[None]:
    """Note a refusal inside, for the citizen whose ticket or token was shown, unless that was done already.

    `stranger` is the address of a caller that signed nothing: what he makes up is counted against him.
    Raises: Refused, as inside; RateLimited.
    """
    try:
        yield
    except Refused as refusal:
        if stranger is not None and refusal.why in MADE_UP:
            await limits.take(_tries(stranger), capacity=TRIES, per_s=TRIES_PER_S)
        if refusal.why not in NOTED:
            owner = await passes.owner_of(shown)
            async with transaction():
                await audit.record(
                    ANONYMOUS, "wire.refuse", f"wire/{wire}", refusal.why.value, now=now, party_id=owner
                )
        raise


def check_tries(address: str) -> None:
    """Refuse, before anything is asked, whoever was refused too often as far as this process knows.

    Raises: RateLimited.
    """
    limits.check(_tries(address), capacity=TRIES, per_s=TRIES_PER_S)


async def refuse(client: Client | None, *, address: str, now: datetime) -> None:
    """Note that a call was not made by the client it names.

    Raises: RateLimited.
    """
    await limits.take(_tries(address), capacity=TRIES, per_s=TRIES_PER_S)
    async with transaction():
        await audit.record(
            ANONYMOUS, "wire.refuse", "wire/unknown" if client is None else f"wire/{client.id}", now=now
        )


def _tries(address: str) -> str:
    return f"wires:refused:{subscriber(address)}"
