"""How releases stand, for those who move them and those who look on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from piccolo.columns.combination import And

from identity.actor import Actor
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.tables import MiniApp
from miniapps.insight.queries.owned import visible_to
from miniapps.release.queries.versions import numbers
from miniapps.release.rules.rising import Stage, Standing
from miniapps.release.tables import AppRelease, ReleaseStep
from storage.paging import Page, page

Numbers = Mapping[UUID, str]  # of versions, by id


@dataclass(frozen=True)
class Held:
    """A mini-app with its release; when held, both rows are locked until the transaction ends."""

    app: MiniApp
    row: AppRelease

    @property
    def standing(self) -> Standing:
        """The release as the rules see it."""
        row = self.row
        return Standing(
            stage=Stage(row.stage), stable=self.app.released_id, previous=row.previous_id,
            candidate=row.candidate_id, percent=row.percent, regions=tuple(row.regions),
            withdrawn=frozenset(row.withdrawn), killed=frozenset(row.killed),
        )  # fmt: skip

    @property
    def versions(self) -> set[UUID]:
        """The ids of the versions that the standing names."""
        now = self.standing
        named = {now.stable, now.previous, now.candidate, *now.withdrawn, *now.killed}
        return {version for version in named if version is not None}


async def hold(actor: Actor, app_id: str) -> Held:
    """Return a mini-app and its release, locked: first the one, then the other, as openings do.

    Raises: AppNotFound when there is none, or it is not the actor's to release.
    """
    mine = And(visible_to(actor), MiniApp.app_id == app_id)
    app = await MiniApp.objects().where(mine).lock_rows().first()
    if app is None:
        raise AppNotFound(app=app_id)
    row = await AppRelease.objects().where(AppRelease.id == app.id).lock_rows().first()
    assert row is not None, "a trigger makes it with the mini-app"
    return Held(app, row)


async def release(actor: Actor, app_id: str) -> Held:
    """Return a mini-app and how its release stands.  Raises: AppNotFound as `hold` does."""
    app = await MiniApp.objects().where(And(visible_to(actor), MiniApp.app_id == app_id)).first()
    if app is None:
        raise AppNotFound(app=app_id)
    row = await AppRelease.objects().where(AppRelease.id == app.id).first()
    assert row is not None, "a trigger makes it with the mini-app"
    return Held(app, row)


async def steps(actor: Actor, app_id: str, *, first: int, after: UUID | None) -> Page[ReleaseStep]:
    """Return the steps of a release, newest first.  Raises: AppNotFound as `hold` does."""
    held = await release(actor, app_id)
    return await page(
        ReleaseStep.objects().where(ReleaseStep.app == held.app.id), ReleaseStep.id, first=first, after=after
    )


async def standings(actor: Actor, stages: Sequence[Stage], *, first: int) -> list[tuple[Held, Numbers]]:
    """Return up to `first` releases that stand at one of `stages`, each with the numbers of its versions.

    Those that changed last come first.
    """
    mine = AppRelease.id.is_in(MiniApp.select(MiniApp.id).where(visible_to(actor)))
    found = AppRelease.objects().where(And(AppRelease.stage.is_in(list(stages)), mine))
    rows = await found.order_by(AppRelease.changed_at, ascending=False).limit(first)
    if not rows:
        return []
    apps = await MiniApp.objects().where(MiniApp.id.is_in([row.id for row in rows]))
    by_id = {app.id: app for app in apps}
    held = [Held(by_id[row.id], row) for row in rows]
    named = await numbers({version for each in held for version in each.versions})
    return [(each, named) for each in held]
