"""Addresses of back ends: registered by their team for an environment, and looked up at each call.

Without one a back end connects outward (`_exchange`); with one it is called there, by HTTPS.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from piccolo.columns.combination import And

from banshi import signing
from identity import audit
from identity.actor import Actor
from miniapps.catalog import queries as catalog
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.catalog.tables import MiniApp
from miniapps.gateway import rules
from miniapps.gateway.errors import UpstreamRefused
from miniapps.gateway.service import _bounds
from miniapps.gateway.tables import AppUpstream
from storage.db import fetch, transaction
from storage.news import Listener
from storage.outgoing import OutgoingRefused, Place, place_of, reach
from storage.remembered import Remembered

TOPICS = frozenset({"app_upstream", "mini_app_webhook_secret"})  # whose changes are heard
REMEMBERED, STALE_S = 5_000, 30.0
LONGEST = 300  # characters of an address
KNOWN = (
    "SELECT u.url, u.is_signed FROM app_upstream u JOIN mini_app a ON a.id = u.app"
    " WHERE a.app_id = $1 AND u.environment = $2"
)


@dataclass(frozen=True)
class Upstream:
    """Where a back end is called, and what signs the calls besides their token."""

    place: Place
    secrets: Sequence[str] = ()

    def path(self, api: str) -> str:
        """Return where an API is."""
        return f"{self.place.path.rstrip('/')}/apis/{api}"

    def signature(self, token: str, body: bytes, *, at: datetime) -> Mapping[str, str]:
        """Return the headers of a signature over a call; its id is of the token, so it covers that, too."""
        if not self.secrets:
            return {}
        id = hashlib.sha256(token.encode()).hexdigest()
        return signing.headers(self.secrets, message_id=id, at=at, body=body)


@dataclass(frozen=True)
class _Known:
    upstream: Upstream | None


_held = Remembered[str, _Known]("changed", most=REMEMBERED, stale_s=STALE_S)


def listener() -> Listener:
    """Return what must hear PostgreSQL for addresses to be remembered, and for them to change in time."""
    return _held.listener(TOPICS)


async def upstream_of(client_id: str, *, now: datetime) -> Upstream | None:
    """Return where the back end of a client id is called; None: it connects outward."""
    held = _held.get(client_id)
    if held is None:
        before = _held.changes
        held = _Known(await _read(client_id, now=now))
        _held.keep(client_id, held, before)
    return held.upstream


async def _read(client_id: str, *, now: datetime) -> Upstream | None:
    app_id = client_id.removesuffix(rules.SANDBOX)
    environment = Environment.PRODUCTION if app_id == client_id else Environment.SANDBOX
    rows = await fetch(KNOWN, app_id, environment)
    if not rows:
        return None
    secrets: Sequence[str] = ()
    if rows[0]["is_signed"]:
        secrets = await credentials.webhook_secrets(app_id, environment, now=now)
    return Upstream(place_of(rows[0]["url"]), tuple(secrets))


async def upstreams(actor: Actor, app_id: str) -> list[AppUpstream]:
    """Return the addresses that a mini-app of the actor's team has.  Raises: ScopeMissing, AppNotFound."""
    credentials.check_hand(actor)
    app = await catalog.own_app(actor, app_id)
    return await AppUpstream.objects().where(AppUpstream.app == app.id).order_by(AppUpstream.environment)


async def set_upstream(
    actor: Actor, app_id: str, environment: Environment, url: str, *, is_signed: bool, now: datetime
) -> AppUpstream:
    """Have the back end called at `url` from now on; the same again changes nothing.

    Raises: ScopeMissing, AppNotFound; TeamOwnerNeeded for production; UpstreamRefused.
    """
    credentials.check_hand(actor)
    url = await _checked(url)
    async with transaction():
        app = await credentials.own(actor, app_id, environment)
        row = await _row(app, environment)
        if row is not None and (row.url, row.is_signed) == (url, is_signed):
            return row
        row = row or AppUpstream(app=app.id, environment=environment)
        row.url, row.is_signed, row.set_by, row.set_at = url, is_signed, actor.person_id, now
        await row.save()
        await audit.record(actor, "upstream.set", f"app/{app_id}", f"{environment} {url}", now=now)
    _held.forget()
    return row


async def remove_upstream(actor: Actor, app_id: str, environment: Environment, *, now: datetime) -> bool:
    """Let the back end connect outward again; False: it did already.  Raises as `set_upstream`."""
    async with transaction():
        app = await credentials.own(actor, app_id, environment)
        row = await _row(app, environment)
        if row is None:
            return False
        await row.remove()
        await audit.record(actor, "upstream.remove", f"app/{app_id}", environment, now=now)
    _held.forget()
    return True


async def _checked(url: str) -> str:
    """Return an address as it is kept, if it is one that is called now.  Raises: UpstreamRefused."""
    url = url.rstrip("/")
    try:
        place = place_of(url)
        if len(url) > LONGEST or "?" in url or "#" in url:
            raise UpstreamRefused(problem="the address has no query, no fragment, and 300 characters at most")
        await reach(place, loopback=_bounds.loopback())
    except OutgoingRefused as refused:
        raise UpstreamRefused(problem=str(refused)) from None
    except OSError:
        raise UpstreamRefused(problem="nobody knows this host") from None
    return url


async def _row(app: MiniApp, environment: Environment) -> AppUpstream | None:
    this = And(AppUpstream.app == app.id, AppUpstream.environment == environment)
    return await AppUpstream.objects().where(this).first()
