"""Back ends that show the credential of their mini-app: `Authorization: Basic <client id:secret>`."""

import base64

from api.http import quota
from banshi.errors import NotSignedIn
from miniapps.gateway import service
from miniapps.gateway.service import Holder
from storage import clock


async def holder(authorization: str, address: str, app_id: str | None = None) -> Holder:
    """Return who shows this header from `address`, of the mini-app `app_id` or, without one, of any.

    Raises: NotSignedIn, RateLimited.
    """
    client_id, secret = _basic(authorization)
    quota.check_tries(address)
    found = await service.holder_of_credential(client_id, secret, now=await clock.now())
    if found is None or app_id not in (None, found.app_id):
        await quota.count_try(address)
        raise NotSignedIn
    return found


def _basic(authorization: str) -> tuple[str, str]:
    kind, _, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        raise NotSignedIn
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise NotSignedIn from None
    return client_id, secret
