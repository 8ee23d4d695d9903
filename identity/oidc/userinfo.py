"""The UserInfo endpoint (OpenID Connect Core 5.3): what was agreed to, told to who bears the access token."""

from datetime import datetime
from typing import Any
from uuid import UUID as Id

from identity import people
from identity.oidc import grants, issuer, resource, telling
from identity.oidc.claims import OPENID
from identity.oidc.resource import Shown
from identity.oidc.telling import Telling
from identity.subjects import pairwise_sub


async def answer(shown: Shown, *, now: datetime) -> dict[str, Any]:
    """Return `sub`, the same as in the id_token, and the claims.  Two statements.

    Raises: TokenRefused.
    """
    row = await resource.take(shown, audience=issuer.issuer(), scope=OPENID, now=now)
    person_id = Id(str(row["party_id"]))
    keys = telling.agreed(row["userinfo"], row["scopes"], row)
    telling_ = Telling(
        person_id=person_id,
        client_id=row["app_id"],
        session_id=Id(str(row["session_id"])),
        region=row["region"],
        level=row["level_now"],
        keys=keys,
        same_person=row["same_person"],
        own=people.opened(person_id, row) if keys else None,
        **grants.acted(row),
    )
    return {**await telling.tell(telling_, now=now), "sub": pairwise_sub(row["app_id"], person_id)}
