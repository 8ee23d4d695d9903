"""Reads.  Every query starts from what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from piccolo.columns.combination import And, WhereRaw
from piccolo.custom_types import Combinable

from banshi.manifest import Manifest
from identity.actor import Actor
from identity.roles import Role
from identity.visibility import Holds, Is, Same, Visibility, where
from miniapps.catalog.errors import AppInReview, AppNotFound, KeyNotFound, VersionKeyRevoked
from miniapps.catalog.rules import IN_REVIEW, AppState
from miniapps.catalog.tables import AppSignature, MiniApp, MiniAppVersion, TeamKey
from storage.db import fetch
from storage.paging import Page, page

APPS_OF_TEAM = (Same(MiniApp.team_id, "acting_for"), Holds(Role.DEVELOPER))
APPS: Visibility = (
    (Is(MiniApp.state, AppState.LISTED),),
    APPS_OF_TEAM,
    (Holds(Role.OPERATOR),),
)
VERSIONS: Visibility = (
    (Same(MiniAppVersion.team_id, "acting_for"), Holds(Role.DEVELOPER)),
    (Holds(Role.OPERATOR),),
)
SIGNABLE: Visibility = (
    APPS_OF_TEAM,
    (Same(MiniApp.department_id, "acting_for"), Holds(Role.CLERK)),
    (Same(MiniApp.department_id, "acting_for"), Holds(Role.MANAGER)),
)
KEYS: Visibility = ((Same(TeamKey.team_id, "acting_for"), Holds(Role.DEVELOPER)),)


def visible_to(actor: Actor) -> Combinable:
    """Citizens see what is listed, developers also their team's, operators everything."""
    return where(APPS, actor)


async def apps(
    actor: Actor, *, first: int, after: UUID | None, words: str = "", state: AppState | None = None
) -> Page[MiniApp]:
    """Return a page of mini-apps, newest first.

    `words` are looked for in name and id; `state` None: in any.
    """
    seen = MiniApp.objects().where(visible_to(actor))
    if words:
        found = "(strpos(lower(name), lower({})) > 0 OR strpos(app_id, lower({})) > 0)"
        seen = seen.where(WhereRaw(found, words, words))
    if state is not None:
        seen = seen.where(MiniApp.state == state)
    return await page(seen, MiniApp.id, first=first, after=after)


async def of_team(
    actor: Actor, *, first: int, after: UUID | None, words: str = "", state: AppState | None = None
) -> Page[MiniApp]:
    """Return a page of the mini-apps of the team the actor acts for, newest first.

    `words` are looked for in name and id; `state` None: in any.
    """
    own = MiniApp.objects().where(where((APPS_OF_TEAM,), actor))
    if words:
        found = "(strpos(lower(name), lower({})) > 0 OR strpos(app_id, lower({})) > 0)"
        own = own.where(WhereRaw(found, words, words))
    if state is not None:
        own = own.where(MiniApp.state == state)
    return await page(own, MiniApp.id, first=first, after=after)


async def own_app(actor: Actor, app_id: str, *, lock: bool = False) -> MiniApp:
    """Return a mini-app of the team the actor acts for, its row locked if need be.

    Raises:
        AppNotFound: there is none, or it is another team's, also when citizens see it.
    """
    mine = And(where((APPS_OF_TEAM,), actor), MiniApp.app_id == app_id)
    query = MiniApp.objects().where(mine)
    found = await (query.lock_rows() if lock else query).first()
    if found is None:
        raise AppNotFound(app=app_id)
    return found


async def app(actor: Actor, app_id: str, *, lock: bool = False) -> MiniApp:
    """Return the mini-app called `app_id`, its row locked if need be.

    Raises:
        AppNotFound: there is none, or it is not the actor's to see.
    """
    query = MiniApp.objects().where(And(visible_to(actor), MiniApp.app_id == app_id))
    found = await (query.lock_rows() if lock else query).first()
    if found is None:
        raise AppNotFound(app=app_id)
    return found


async def names(app_ids: Sequence[str]) -> dict[str, str]:
    """Return what mini-apps are called, by id: names are public, also of those taken down since."""
    if not app_ids:
        return {}
    rows = await MiniApp.select(MiniApp.app_id, MiniApp.name).where(MiniApp.app_id.is_in(list(app_ids)))
    return {row["app_id"]: row["name"] for row in rows}


async def lock_app(actor: Actor, app_id: str) -> MiniApp:
    """Return the mini-app with its row locked until the transaction ends; raises as `app` does."""
    mine = MiniApp.objects().where(And(visible_to(actor), MiniApp.app_id == app_id))
    found = await mine.lock_rows().first()
    if found is None:
        raise AppNotFound(app=app_id)
    return found


async def version(actor: Actor, version_id: UUID) -> MiniAppVersion:
    """Return one version.

    Raises:
        AppNotFound: there is none, or it is not the actor's to see.
    """
    mine = MiniAppVersion.objects().where(And(where(VERSIONS, actor), MiniAppVersion.id == version_id))
    found = await mine.first()
    if found is None:
        raise AppNotFound(app=version_id)
    return found


async def lock_version(actor: Actor, version_id: UUID) -> tuple[MiniAppVersion, MiniApp]:
    """Return a version and its mini-app, whose row stays locked until the transaction ends.

    All that changes a mini-app or a version of it takes this lock first.  Raises as `version` does.
    """
    row = await version(actor, version_id)
    app = await MiniApp.objects().where(MiniApp.id == row.app).lock_rows().first()
    assert app is not None, "a foreign key holds it"
    return await version(actor, version_id), app  # as it stands now that the lock is ours


async def check_none_in_review(row: MiniApp) -> None:
    """Refuse a second version in review.  Raises: AppInReview."""
    waits = MiniAppVersion.state.is_in(list(IN_REVIEW))
    other = await MiniAppVersion.objects().where(And(MiniAppVersion.app == row.id, waits)).first()
    if other is not None:
        raise AppInReview(app_id=row.app_id, version=other.version)


async def check_key(app: MiniApp, row: MiniAppVersion) -> None:
    """Refuse a version of a mini-app that a revoked key signed.  Raises: VersionKeyRevoked."""
    signer = (TeamKey.team_id == row.team_id) & (TeamKey.key_id == row.key_id)
    if row.key_id is not None and await TeamKey.exists().where(signer & TeamKey.revoked_at.is_not_null()):
        raise VersionKeyRevoked(app_id=app.app_id, version=row.version)


async def signable(actor: Actor, *, first: int, after: UUID | None) -> Page[MiniApp]:
    """Return a page of mini-apps that the actor's department or team answers for, newest first."""
    mine = MiniApp.objects().where(where(SIGNABLE, actor))
    return await page(mine, MiniApp.id, first=first, after=after)


async def lock_signable(actor: Actor, app_id: str) -> MiniApp:
    """Return a mini-app that the actor's department or team answers for, locked.  Raises: AppNotFound."""
    mine = MiniApp.objects().where(And(where(SIGNABLE, actor), MiniApp.app_id == app_id))
    found = await mine.lock_rows().first()
    if found is None:
        raise AppNotFound(app=app_id)
    return found


async def living_signatures(row: MiniApp) -> list[AppSignature]:
    """Return the signatures on a mini-app that were not withdrawn, for who may see it."""
    living = AppSignature.objects().where(AppSignature.app == row.id, AppSignature.withdrawn_at.is_null())
    return await living.order_by(AppSignature.id)


async def signatures_of(actor: Actor, app_ids: Sequence[UUID]) -> dict[UUID, list[AppSignature]]:
    """Return the signatures on each mini-app, oldest first, for those who answer for it and for operators."""
    rule = (*SIGNABLE, (Holds(Role.OPERATOR),))
    these = WhereRaw("id = ANY({})", list(app_ids))
    seen = {row["id"] for row in await MiniApp.select(MiniApp.id).where(And(where(rule, actor), these))}
    found: dict[UUID, list[AppSignature]] = {app_id: [] for app_id in app_ids}
    if seen:
        rows = AppSignature.objects().where(WhereRaw("app = ANY({})", list(seen)))
        for row in await rows.order_by(AppSignature.id):
            found[row.app].append(row)
    return found


async def keys(actor: Actor) -> list[TeamKey]:
    """Return the keys of the team the actor acts in, newest first, also those that count no more."""
    return await TeamKey.objects().where(where(KEYS, actor)).order_by(TeamKey.id, ascending=False)


async def lock_key(actor: Actor, id: UUID) -> TeamKey:
    """Return a key of the actor's team, locked until the transaction ends.  Raises: KeyNotFound."""
    found = await TeamKey.objects().where(And(where(KEYS, actor), TeamKey.id == id)).lock_rows().first()
    if found is None:
        raise KeyNotFound(key=id)
    return found


async def versions_of(actor: Actor, app_ids: Sequence[UUID]) -> dict[UUID, list[MiniAppVersion]]:
    """Return the versions the actor may see of each mini-app, newest first, in one query."""
    these = WhereRaw("app = ANY({})", list(app_ids))
    rows = await (
        MiniAppVersion.objects()
        .where(And(where(VERSIONS, actor), these))
        .order_by(MiniAppVersion.id, ascending=False)
    )
    found: dict[UUID, list[MiniAppVersion]] = {app_id: [] for app_id in app_ids}
    for row in rows:
        found[row.app].append(row)
    return found


@dataclass(frozen=True)
class Stored:
    """What the packages of a team take of the store, and of how many versions they are."""

    used_bytes: int
    versions: int


async def stored(team_id: UUID) -> Stored:
    """Return what a team stores; for who acts in it, and for verbs."""
    [row] = await fetch(
        "SELECT coalesce(sum(package_size), 0)::bigint AS used, count(package_size) AS versions"
        " FROM mini_app_version WHERE team_id = $1 AND package_size IS NOT NULL AND removed_at IS NULL",
        team_id,
    )
    return Stored(used_bytes=row["used"], versions=row["versions"])


def bytes_of(rows: Sequence[MiniAppVersion]) -> int:
    """Return how many bytes the packages of these versions take that are still kept."""
    return sum(row.package_size or 0 for row in rows if row.removed_at is None)


async def app_of(actor: Actor, row: MiniAppVersion) -> MiniApp:
    """Return the mini-app of a version that the actor was shown."""
    found = await MiniApp.objects().where(And(visible_to(actor), MiniApp.id == row.app)).first()
    if found is None:
        raise AppNotFound(app=row.app)
    return found


async def released_manifest(row: MiniApp) -> Manifest:
    """Return the manifest citizens get.

    Raises:
        AppNotFound: nothing is released.
    """
    released = await MiniAppVersion.objects().get(MiniAppVersion.id == row.released_id)
    if released is None:
        raise AppNotFound(app=row.app_id)
    return msgspec.json.decode(released.manifest, type=Manifest)
