"""What a citizen gets who opens a mini-app: one statement, and one for manifests not read lately."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from banshi.manifest import Manifest
from identity import teams
from identity.actor import Actor
from identity.regions import PROVINCE
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.tables import MiniApp
from miniapps.items.queries import around
from miniapps.release.queries.versions import manifest_of, manifests_of
from miniapps.release.rules.choice import Citizen, Offer, choose, missed
from miniapps.release.rules.needs import Host, host, needs, prefixes
from storage.db import fetch

# Who makes it is one of its testers in whatever matter, a tester of the platform ($4) in his own alone.
# Shared locks on both rows: whoever stops something waits for us and then kills the token we are about to
# make, or we wait for him and read what he has written.
APP = ", ".join(f"a.{column._meta.db_column_name}" for column in MiniApp._meta.columns)
ASKED = (
    f"SELECT {APP}, r.candidate_id,"  # noqa: S608
    " r.percent, r.regions, r.withdrawn || r.killed AS stopped,"
    " p.version_id AS pinned,"
    f" ($2 IN (SELECT person_id FROM ({teams.makers('a.team_id')}) m) OR EXISTS (SELECT FROM app_trial t"
    " WHERE t.party_id = $4 AND t.app = a.id AND t.ends_at > $5)) AS is_tester,"
    " ARRAY(SELECT s.target || ' ' || s.notice FROM app_switch s WHERE s.kind = 'scope' AND s.on_at IS NULL"
    " ORDER BY s.target) AS halted"
    " FROM mini_app a JOIN app_release r ON r.id = a.id"
    " LEFT JOIN app_pin p ON p.party_id = $2 AND p.session_id = $3 AND p.app = a.id"
    " WHERE a.app_id = $1 FOR SHARE OF a, r"
)
# Who is inside goes on when a mini-app is taken off the shelf; its credential, without a session, does not.
CALLED = (
    "SELECT CASE WHEN a.state = 'listed' OR (a.state <> 'suspended' AND $2::uuid IS NOT NULL)"
    " THEN coalesce(p.version_id, a.released_id) END AS version_id FROM mini_app a"
    " LEFT JOIN app_pin p ON p.party_id = $1 AND p.session_id = $2 AND p.app = a.id"
    " WHERE a.app_id = $3"
)


@dataclass(frozen=True)
class Setting:
    """By which host, and where, a citizen wants to be served."""

    host: Host
    place: str  # GB/T 2260 code of 6 or 9 digits

    @classmethod
    def of(cls, actor: Actor, host_version: str | None = None, region: str | None = None) -> "Setting":
        """Return what was said of both; left out: the platform's own host, and where the citizen lives.

        Whoever lives outside the province is served what the whole province is, until he chooses a region.
        Raises: InvalidInput.
        """
        if region is not None:
            around(region)  # as the shelf takes it
        home = actor.region if actor.region.startswith(PROVINCE[:2]) else PROVINCE
        return cls(host(host_version), region or home)


@dataclass(frozen=True)
class Choice:
    """What was found out about an opening; `version_id` None: there is no version for this citizen."""

    app: MiniApp
    version_id: UUID | None
    pinned: UUID | None
    stopped: tuple[UUID, ...]  # versions that nobody gets
    halted: dict[str, str]  # scopes that are switched off, each with what citizens read
    missed: UUID | None  # with no version: the one that host or place alone keep from him


async def asked(actor: Actor, app_id: str, setting: Setting, *, now: datetime) -> Choice:
    """Return what the actor gets of a mini-app; nobody changes its release until the transaction ends.

    Raises: AppNotFound when there is none of this name.
    """
    rows = await fetch(ASKED, app_id, actor.person_id, actor.session_id, actor.acting_for, now)
    if not rows:
        raise AppNotFound(app=app_id)
    [row] = rows
    app = MiniApp(
        **{column._meta.name: row[column._meta.db_column_name] for column in MiniApp._meta.columns},
        _exists_in_db=True,
    )
    offer = await _offer(app, row)
    citizen = Citizen(actor.acting_for, actor.region, row["is_tester"], setting.place, setting.host)
    found = choose(offer, citizen, row["pinned"])
    halted = dict(line.split(" ", 1) for line in row["halted"])
    lost = None if found else missed(offer, citizen)
    return Choice(app, found, row["pinned"], tuple(offer.stopped), halted, lost)


async def _offer(app: MiniApp, row: Mapping[str, Any]) -> Offer:
    named = {app.released_id, row["candidate_id"], row["pinned"]} - {None}
    made = await manifests_of(named)
    return Offer(
        app.released_id, row["candidate_id"], row["percent"], prefixes(tuple(row["regions"])),
        tuple(row["stopped"]),
        {version: needs(each.min_host_version, tuple(each.regions)) for version, each in made.items()},
    )  # fmt: skip


async def called(actor: Actor) -> tuple[UUID, Manifest]:
    """Return the version, with its manifest, in which the mini-app that calls was opened in this session.

    Of a client that was not opened but signed in to, and of a credential alone, it is the stable one.  One
    statement.
    Raises: AppNotFound when it is no mini-app, or switched off; for a credential alone also when it was
        taken off the shelf.
    """
    found = await calling(actor)
    if found is None:
        raise AppNotFound(app=actor.app_id)
    return found


async def calling(actor: Actor) -> tuple[UUID, Manifest] | None:
    """Return the same as `called`; None: it is no mini-app that calls.

    Raises: AppNotFound as `called` does.
    """
    if actor.app_id is None:
        return None
    rows = await fetch(CALLED, actor.person_id, actor.session_id, actor.app_id)
    if not rows:
        return None
    if rows[0]["version_id"] is None:
        raise AppNotFound(app=actor.app_id)
    version_id = UUID(str(rows[0]["version_id"]))
    return version_id, await manifest_of(version_id)
