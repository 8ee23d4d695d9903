"""Who may hold a connection, and for which channel."""

import re
from dataclasses import dataclass
from datetime import datetime

from banshi.errors import ScopeMissing
from banshi.scopes import Scope
from identity import clients
from identity.actor import Actor
from identity.clients import AuthMethod
from miniapps.gateway import rules
from miniapps.gateway.errors import RelayRefused

APP_ID = re.compile(r"[a-z][a-z0-9-]{2,38}")


@dataclass(frozen=True)
class Holder:
    """Whose connection it is, and whom the session tokens that come down it are for."""

    app_id: str
    channel: str
    audience: str
    desk: str = ""  # how all channels of a developer begin


def holder_of_session(actor: Actor, app_id: str) -> Holder:
    """Return what a developer's own session lets him hold: the calls that he makes himself.

    Raises: ScopeMissing, RelayRefused.
    """
    if not actor.may(Scope.APPS_WRITE) or actor.app_id is not None:
        raise ScopeMissing(scope=Scope.APPS_WRITE)
    if not APP_ID.fullmatch(app_id):
        raise RelayRefused(problem="this is no id of a mini-app")
    channel, desk = rules.bench(actor.person_id, app_id), rules.desk(actor.person_id)
    return Holder(app_id, channel, f"{app_id}{rules.SANDBOX}", desk)


async def holder_of_credential(client_id: str, secret: str, *, now: datetime) -> Holder | None:
    """Return what a mini-app's credential lets hold; None: it is none, or has ended."""
    client = await clients.enabled(client_id)
    if client is None or client.auth_method is not AuthMethod.BASIC or not client.knows(secret, now=now):
        return None
    app_id = client_id.removesuffix(rules.SANDBOX)
    is_sandbox = client_id.endswith(rules.SANDBOX)
    return Holder(app_id, rules.trial(app_id) if is_sandbox else rules.live(app_id), client_id)
