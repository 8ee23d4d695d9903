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
    name, capacity, per_s = _bucket(actor, address)
    if not leases.spend(name, capacity=capacity, per_s=per_s):
        await leases.take(name, capacity=capacity, per_s=per_s)


def spend(actor: Actor, address: str) -> bool:
    """Count one request if nobody has to be waited for; False: nothing was done, `count` it.

    Raises:
        RateLimited: come back in `retry_after_s`.
    """
    name, capacity, per_s = _bucket(actor, address)
    return leases.spend(name, capacity=capacity, per_s=per_s)


def _bucket(actor: Actor, address: str) -> tuple[str, int, float]:
    """Return the name of the bucket of who asks, how much it holds, and how quickly it fills."""
    if actor is ANONYMOUS:
        return f"ask:address:{subscriber(address)}", ADDRESS_BURST, ADDRESS_PER_S
    return f"ask:person:{actor.limit_key}", PERSON_BURST, PERSON_PER_S


def check_tries(address: str) -> None:
    """Refuse, before the database is asked of his token, whoever has sent too many that were refused.

    Raises:
        RateLimited
    """
    leases.check(f"try:address:{subscriber(address)}", capacity=ADDRESS_BURST, per_s=ADDRESS_PER_S)


async def count_try(address: str) -> None:
    """Count a token that was refused; raises RateLimited as `count` does."""
    await leases.take(f"try:address:{subscriber(address)}", capacity=ADDRESS_BURST, per_s=ADDRESS_PER_S)
