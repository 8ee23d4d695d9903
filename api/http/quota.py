"""How often one may ask: buckets per person and mini-app, and for visitors per address or IPv6 /64."""

from identity.actor import ANONYMOUS, Actor
from storage import leases
from storage.limits import subscriber

PERSON_BURST, PERSON_PER_S = 300, 20.0
ADDRESS_BURST, ADDRESS_PER_S = 3_000, 300.0  # a mobile network shows thousands of phones as one address


async def count(actor: Actor, address: str) -> None:
    """Count one request against who asks; a mini-app's requests have a bucket of their own.

    Raises:
        RateLimited: come back in `retry_after_s`.
    """
    if actor is ANONYMOUS:
        where = subscriber(address)
        await leases.take(f"ask:address:{where}", capacity=ADDRESS_BURST, per_s=ADDRESS_PER_S)
    else:
        who = f"ask:person:{actor.limit_key}"
        if not leases.spend(who, capacity=PERSON_BURST, per_s=PERSON_PER_S):
            await leases.take(who, capacity=PERSON_BURST, per_s=PERSON_PER_S)


def check_tries(address: str) -> None:
    """Refuse, before the database is asked of his token, whoever has sent too many that were refused.

    Raises:
        RateLimited
    """
    leases.check(f"try:address:{subscriber(address)}", capacity=ADDRESS_BURST, per_s=ADDRESS_PER_S)


async def count_try(address: str) -> None:
    """Count a token that was refused; raises RateLimited as `count` does."""
    await leases.take(f"try:address:{subscriber(address)}", capacity=ADDRESS_BURST, per_s=ADDRESS_PER_S)
