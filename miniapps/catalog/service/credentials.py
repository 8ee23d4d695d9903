"""Credentials of back ends: one client for each mini-app and environment, and a secret for deliveries.

    rent-app            production, once the agreement is in force; an owner of the team asks
    rent-app--sandbox   the sandbox, at any time

Secrets are shown once.  Rotated ones go on beside their successors for a week (`clients.OVERLAP`).
"""

from dataclasses import dataclass
from datetime import datetime

from banshi import signing
from banshi.errors import ScopeMissing
from banshi.scopes import Scope
from identity import audit, clients
from identity.actor import Actor
from identity.clients import AuthMethod, OidcClient, Profile
from miniapps.catalog import queries
from miniapps.catalog.errors import CredentialExists, CredentialNotFound, CredentialRotated
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import agreements
from miniapps.catalog.service._hands import check_owner
from miniapps.catalog.tables import MiniApp, WebhookSecret
from storage.db import execute, fetch, transaction
from storage.seal import unwrap, wrap

SANDBOX = "--sandbox"


@dataclass(frozen=True)
class Credential:
    """What a back end proves itself with, and checks deliveries with; None: it has that already."""

    environment: Environment
    client_id: str
    client_secret: str | None = None
    webhook_secret: str | None = None  # whsec_…


@dataclass(frozen=True)
class Standing:
    """What credentials an environment has, without any secret; times are None where there is none."""

    environment: Environment
    client_id: str
    secret_made_at: datetime | None  # of the newest
    webhook_made_at: datetime | None
    old_until: datetime | None  # so long an earlier one of either goes on


def client_id(app_id: str, environment: Environment) -> str:
    """Return the id of a mini-app's client."""
    return app_id if environment is Environment.PRODUCTION else app_id + SANDBOX


async def issue(actor: Actor, app_id: str, environment: Environment, *, now: datetime) -> Credential:
    """Make the credentials of an environment.

    Raises:
        ScopeMissing, AppNotFound; TeamOwnerNeeded and AgreementMissing for production.
        CredentialExists: they were made before; whoever lost them rotates them.
    """
    async with transaction():
        app = await own(actor, app_id, environment)
        if environment is Environment.PRODUCTION:
            await agreements.check(app)
        named = client_id(app_id, environment)
        if await clients.get(named) is not None:
            raise CredentialExists(client_id=named)
        secret = await clients.add(_client(app, named, now=now), now=now)
        webhook_secret = await _new_webhook_secret(app, environment, now=now)
        await audit.record(actor, "credential.issue", f"client/{named}", now=now)
    return Credential(environment, named, secret, webhook_secret)


def _client(app: MiniApp, named: str, *, now: datetime) -> OidcClient:
    """Return a client that nobody signs in by: a mini-app gets its tokens by being opened."""
    return OidcClient(
        client_id=named, name=app.name, operator=app.operator, auth_method=AuthMethod.BASIC,
        profile=Profile.OIDC, redirect_uris=[], post_logout_uris=[], scopes="{}", resources=[], serves=[],
        created_at=now,
    )  # fmt: skip


async def rotate_secret(
    actor: Actor, app_id: str, environment: Environment, *, now: datetime, seen: datetime | None = None
) -> Credential:
    """Give a client one more secret; the one it has goes on for a week.

    `seen` is when the one was made that is to be replaced; None: whichever it has.
    Raises: ScopeMissing, AppNotFound, TeamOwnerNeeded; CredentialNotFound, CredentialRotated.
    """
    async with transaction():
        app = await own(actor, app_id, environment)
        named = client_id(app_id, environment)
        if await clients.get(named) is None:
            raise CredentialNotFound(client_id=named)
        if seen is not None and (await _stands(app, environment, now=now)).secret_made_at != seen:
            raise CredentialRotated(client_id=named)
        secret = await clients.rotate_secret(named, now=now)
        await audit.record(actor, "credential.rotate", f"client/{named}", now=now)
    return Credential(environment, named, client_secret=secret)


async def rotate_webhook_secret(
    actor: Actor, app_id: str, environment: Environment, *, now: datetime, seen: datetime | None = None
) -> Credential:
    """Sign deliveries with one more secret; the one before goes on for a week.  Raises as `rotate_secret`."""
    async with transaction():
        app = await own(actor, app_id, environment)
        named = client_id(app_id, environment)
        if await clients.get(named) is None:
            raise CredentialNotFound(client_id=named)
        if seen is not None and (await _stands(app, environment, now=now)).webhook_made_at != seen:
            raise CredentialRotated(client_id=named)
        await execute(
            "UPDATE mini_app_webhook_secret SET ends_at = $3"
            " WHERE app = $1 AND environment = $2 AND ends_at IS NULL",
            app.id, environment, now + clients.OVERLAP,
        )  # fmt: skip
        secret = await _new_webhook_secret(app, environment, now=now)
        await audit.record(actor, "credential.rotate_webhook", f"client/{named}", now=now)
    return Credential(environment, named, webhook_secret=secret)


async def _new_webhook_secret(app: MiniApp, environment: Environment, *, now: datetime) -> str:
    secret = signing.new_secret()
    sealed = wrap(secret.encode(), aad=_aad(app.app_id, environment))
    await WebhookSecret(app=app.id, environment=environment, sealed=sealed, created_at=now).save()
    return secret


async def webhook_secrets(app_id: str, environment: Environment, *, now: datetime) -> list[str]:
    """Return the secrets that deliveries are signed with now, newest first: for whoever sends them."""
    rows = await fetch(
        "SELECT s.sealed FROM mini_app_webhook_secret s JOIN mini_app a ON a.id = s.app"
        " WHERE a.app_id = $1 AND s.environment = $2 AND (s.ends_at IS NULL OR s.ends_at > $3)"
        " ORDER BY s.id DESC",
        app_id, environment, now,
    )  # fmt: skip
    return [unwrap(row["sealed"], aad=_aad(app_id, environment)).decode() for row in rows]


async def held(actor: Actor, app_id: str) -> list[Environment]:
    """Return for which environments a mini-app of the actor's team has credentials.

    Raises: ScopeMissing, AppNotFound.
    """
    check_hand(actor)
    await queries.own_app(actor, app_id)
    return [each for each in Environment if await clients.get(client_id(app_id, each)) is not None]


async def standings(actor: Actor, app_id: str, *, now: datetime) -> list[Standing]:
    """Return what credentials a mini-app of the actor's team has, of each environment.

    Raises: ScopeMissing, AppNotFound.
    """
    check_hand(actor)
    app = await queries.own_app(actor, app_id)
    return [await _stands(app, each, now=now) for each in Environment]


async def _stands(app: MiniApp, environment: Environment, *, now: datetime) -> Standing:
    named = client_id(app.app_id, environment)
    made = await clients.secrets_made(named)
    rows = await fetch(
        "SELECT created_at, ends_at FROM mini_app_webhook_secret WHERE app = $1 AND environment = $2"
        " ORDER BY id DESC",
        app.id, environment,
    )  # fmt: skip
    hooks = [(row["created_at"], row["ends_at"]) for row in rows]
    ends = [end for _, end in (*made, *hooks) if end is not None and end > now]
    return Standing(
        environment, named, made[0][0] if made else None, hooks[0][0] if hooks else None,
        max(ends, default=None),
    )  # fmt: skip


def _aad(app_id: str, environment: Environment) -> bytes:
    return f"mini_app.webhook\0{app_id}\0{environment}".encode()


async def own(actor: Actor, app_id: str, environment: Environment) -> MiniApp:
    """Return the mini-app of the actor's team, locked, if he may say what back end this environment has.

    Raises: ScopeMissing, AppNotFound; TeamOwnerNeeded for production.
    """
    check_hand(actor)
    app = await queries.own_app(actor, app_id, lock=True)
    if environment is Environment.PRODUCTION:
        await check_owner(actor)
    return app


def check_hand(actor: Actor) -> None:
    """Refuse who may not change mini-apps, and mini-apps themselves.  Raises: ScopeMissing."""
    if actor.app_id is not None or not actor.may(Scope.APPS_WRITE):
        raise ScopeMissing(scope=Scope.APPS_WRITE)
