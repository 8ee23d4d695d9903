"""Who calls: counted by his address, and told by AK and SK."""

from datetime import datetime

from api.http import quota
from api.http.errors import AnyRequest
from api.http.wires.parameters import raw_query
from identity.actor import ANONYMOUS
from identity.wires import callers
from identity.wires.clients import Client

SIGNATURE = "x-bg-hmac-signature"


async def counted(request: AnyRequest) -> str:
    """Count a call; return the address it comes from.

    Raises: RateLimited, also for who was refused too often.
    """
    address = str(request.scope["state"]["address"])
    callers.check_tries(address)
    await quota.count(ANONYMOUS, address)
    return address


async def signer_of(request: AnyRequest, *, address: str, now: datetime) -> Client | None:
    """Return whose server signed a direct call; None: nobody did.

    Raises: GatewayRefused.
    """
    if SIGNATURE not in request.headers:
        return None
    return await signer(request, address=address, now=now)


async def signer(request: AnyRequest, *, address: str, now: datetime) -> Client:
    """Return whose server signed the request.

    Raises: GatewayRefused.
    """
    return await callers.signed_by_hmac(
        str(request.method), str(request.scope["path"]), raw_query(request), dict(request.headers),
        address=address, now=now,
    )  # fmt: skip
