"""What can be done with a mini-app.  One verb, one function, one transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from banshi import manifest as manifests
from banshi.manifest import Manifest
from banshi.scopes import Scope
from identity import audit, consents, halts, tokens
from identity.actor import Actor
from miniapps.catalog import queries, rules
from miniapps.catalog.errors import AppIdTaken, AppNotFound, AppSuspended, OwnRelease, VersionExists
from miniapps.catalog.events import AppRefused, AppReleased, AppSwitchedOff, AppVersionSubmitted
from miniapps.catalog.rules import AppState, VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage.db import transaction
from storage.outbox import emit


@dataclass(frozen=True)
class Opening:
    """What the phone host needs to show a mini-app to a citizen."""

    app: MiniApp
    entry: str
    token: str
    sub: str  # the citizen as this mini-app knows him, and no other does
    scopes: tuple[Scope, ...]
    expires_at: datetime


async def submit(actor: Actor, text: str, *, now: datetime) -> MiniAppVersion:
    """Hand the version described by the manifest `text` in for review; the same text twice is one version.

    Raises:
        ManifestRefused: the manifest is malformed; every fault is listed.
        AppIdTaken: the id is another developer's.
        VersionExists: this version was handed in with other contents.
    """
    made = manifests.read(text)
    async with transaction():
        app = await _own_app(actor, made, now=now)
        row = MiniAppVersion(
            app=app.id, version=made.version, manifest=msgspec.json.encode(made).decode(), text=text,
            submitted_by=actor.person_id, submitted_at=now,
        )  # fmt: skip
        same = (MiniAppVersion.app == app.id) & (MiniAppVersion.version == made.version)
        before = await MiniAppVersion.objects().where(same).first()
        if before is not None:
            if before.text != text:
                raise VersionExists(app_id=made.id, version=made.version)
            return before
        await row.save()
        await audit.record(actor, "app.submit", f"app_version/{row.id}", now=now)
        await emit(AppVersionSubmitted(party_id=None, version_id=row.id, at=now), now=now)
    return row


async def _own_app(actor: Actor, made: Manifest, *, now: datetime) -> MiniApp:
    """Return the developer's mini-app, locked; register it when the id is free."""
    await MiniApp.insert(
        MiniApp(
            app_id=made.id, name=made.name, purpose=made.purpose, department=made.department,
            operator=made.operator, developer_id=actor.person_id, created_at=now,
        )
    ).on_conflict(target=MiniApp.app_id, action="DO NOTHING")  # fmt: skip
    app = await MiniApp.objects().where(MiniApp.app_id == made.id).lock_rows().first()
    if app is None or app.developer_id != actor.person_id:
        raise AppIdTaken(app_id=made.id)
    return app


async def release(actor: Actor, version_id: UUID, *, now: datetime) -> MiniAppVersion:
    """Give a reviewed version to citizens; the one they had is superseded and can be released again.

    Raises:
        AppNotFound: no such version, or not the actor's to see.
        OwnRelease: the actor handed it in himself.
        VersionMoveRefused: it was refused, or is released already.
    """
    async with transaction():
        row, app = await _reviewed(actor, version_id, VersionState.RELEASED, now=now)
        if app.released_id is not None:
            await MiniAppVersion.update({MiniAppVersion.state: VersionState.SUPERSEDED}).where(
                MiniAppVersion.id == app.released_id
            )
        made = msgspec.json.decode(row.manifest, type=Manifest)
        app.released_id, app.name, app.purpose = row.id, made.name, made.purpose
        app.department, app.operator = made.department, made.operator
        if app.state == AppState.NEW:
            app.state = AppState.LISTED
        await app.save()
        await audit.record(actor, "app.release", f"app_version/{row.id}", now=now)
        await emit(AppReleased(party_id=None, version_id=row.id, at=now), now=now)
    return row


async def refuse(actor: Actor, version_id: UUID, reason: str, *, now: datetime) -> MiniAppVersion:
    """Send a version back with the reviewer's reason; raises as `release` does."""
    async with transaction():
        row, _ = await _reviewed(actor, version_id, VersionState.REFUSED, reason=reason, now=now)
        await audit.record(actor, "app.refuse", f"app_version/{row.id}", now=now)
        await emit(AppRefused(party_id=None, version_id=row.id, at=now), now=now)
    return row


async def _reviewed(
    actor: Actor, version_id: UUID, to: VersionState, *, now: datetime, reason: str = ""
) -> tuple[MiniAppVersion, MiniApp]:
    """Lock a version's mini-app and record the outcome of its review."""
    row = await queries.version(actor, version_id)
    app = await MiniApp.objects().where(MiniApp.id == row.app).lock_rows().first()
    assert app is not None, "a foreign key holds it"
    row = await queries.version(actor, version_id)  # as it stands now that the lock is ours
    rules.check_move(VersionState(row.state), to)
    if row.submitted_by == actor.person_id:
        raise OwnRelease()
    row.state, row.reviewed_by, row.reviewed_at, row.reason = to, actor.person_id, now, reason
    await row.save(
        [MiniAppVersion.state, MiniAppVersion.reviewed_by, MiniAppVersion.reviewed_at, MiniAppVersion.reason]
    )
    return row, app


async def switch_off(actor: Actor, app_id: str, reason: str, *, now: datetime) -> MiniApp:
    """Pull the plug: nobody can open the mini-app, and every token it holds dies at once."""
    async with transaction():
        app = await queries.lock_app(actor, app_id)
        app.state, app.state_reason = AppState.SUSPENDED, reason
        await app.save([MiniApp.state, MiniApp.state_reason])
        await halts.halt(app_id, until=now + tokens.LIFE)
        await audit.record(actor, "app.switch_off", f"app/{app_id}", now=now)
        await emit(AppSwitchedOff(party_id=None, app_id=app_id, at=now), now=now)
    return app


async def switch_on(actor: Actor, app_id: str, *, now: datetime) -> MiniApp:
    """Undo `switch_off`; citizens open it anew, for no token came back to life."""
    async with transaction():
        app = await queries.lock_app(actor, app_id)
        app.state = AppState.LISTED if app.released_id else AppState.NEW
        app.state_reason = ""
        await app.save([MiniApp.state, MiniApp.state_reason])
        await audit.record(actor, "app.switch_on", f"app/{app_id}", now=now)
    return app


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
    return Opening(app, made.entry, token, sub, tuple(sorted(scopes)), now + tokens.LIFE)


async def _agreed_before(actor: Actor, app_id: str) -> frozenset[str]:
    consent = await consents.in_force(actor.acting_for, app_id)
    return frozenset(consent.scopes) if consent else frozenset()


async def _openable(app_id: str) -> MiniApp:
    # shared lock: switching off waits for us and then kills the token we are about to make
    app = await MiniApp.objects().where(MiniApp.app_id == app_id).lock_rows("SHARE").first()
    if app is None or app.state == AppState.NEW:
        raise AppNotFound(app=app_id)
    if app.state == AppState.SUSPENDED:
        raise AppSuspended(app_id=app_id, reason=app.state_reason)
    return app
