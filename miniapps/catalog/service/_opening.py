"""Opening a mini-app for a citizen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from banshi.scopes import Scope
from identity import audit, consents, tokens
from identity.actor import Actor
from miniapps.catalog import queries, rules
from miniapps.catalog.errors import AppNotFound, AppSuspended
from miniapps.catalog.rules import AppState
from miniapps.catalog.service import origins
from miniapps.catalog.tables import MiniApp
from storage.db import transaction


@dataclass(frozen=True)
class Opening:
    """What the phone host needs to show a mini-app to a citizen."""

    app: MiniApp
    entry: str
    token: str
    sub: str  # the citizen as this mini-app knows him, and no other does
    scopes: tuple[Scope, ...]
    expires_at: datetime


async def open_(actor: Actor, app_id: str, granted: Collection[str], *, now: datetime) -> Opening:
    """Open a mini-app for a citizen: record what he agrees to and give a token for just that.

    An empty `granted` uses what he agreed to before.

    Raises:
        AppNotFound: no such mini-app is listed.
        AppSuspended: an operator switched it off.
        AppConsentMissing: he has not agreed to all the mini-app asks for.
        ScopeNotDeclared: he was made to agree to something it does not ask for.
    """
    async with transaction():
        app = await _openable(app_id)
        made = await queries.released_manifest(app)
        agreed = frozenset(granted) or await _agreed_before(actor, app_id)
        rules.check_consent(app_id, made.scopes, agreed)
        scopes = frozenset(map(Scope, agreed))
        if granted:
            await consents.grant(actor, app_id, scopes, now=now)
        token = await tokens.issue(actor, app_id, scopes, now=now)
        await audit.record(actor, "app.open", f"app/{app_id}", now=now)
    sub = tokens.pairwise_sub(app_id, actor.acting_for)  # whose matter it is, also by a mandate
    return Opening(app, origins.entry(made), token, sub, tuple(sorted(scopes)), now + tokens.LIFE)


async def _agreed_before(actor: Actor, app_id: str) -> frozenset[str]:
    consent = await consents.in_force(actor.acting_for, app_id)
    return frozenset(consent.scopes) if consent else frozenset()


async def _openable(app_id: str) -> MiniApp:
    # shared lock: switching off waits for us and then kills the token we are about to make
    app = await MiniApp.objects().where(MiniApp.app_id == app_id).lock_rows("SHARE").first()
    if app is None or app.state in (AppState.NEW, AppState.DELISTED):
        raise AppNotFound(app=app_id)
    if app.state == AppState.SUSPENDED:
        raise AppSuspended(app_id=app_id, reason=app.state_reason)
    return app
