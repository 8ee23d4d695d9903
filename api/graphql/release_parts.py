"""Parts of releases on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.graphql.insight import UsageCounts
from miniapps.catalog.rules import AppState
from miniapps.insight.queries import AppHealth
from miniapps.release import queries
from miniapps.release.queries import Health, Held
from miniapps.release.rules.rising import Stage
from miniapps.release.rules.steps import StepKind
from miniapps.release.tables import ReleaseStep

strawberry.enum(Stage, name="ReleaseStage")
strawberry.enum(StepKind, name="ReleaseStepKind")


@strawberry.type(description="How the release of a mini-app stands.")
class MiniAppRelease:
    app_id: str
    name: str
    state: AppState
    stage: Stage
    stable: str | None = strawberry.field(description="The version everybody has.")
    previous: str | None = strawberry.field(description="What the stable one gives way to when it is halted.")
    candidate: str | None = strawberry.field(description="The version on trial.")
    percent: int
    regions: list[str]
    withdrawn: list[str] = strawberry.field(description="Versions rolled back or halted, not released since.")
    killed: list[str] = strawberry.field(description="Versions that are switched off.")
    changed_at: datetime | None

    @classmethod
    async def of(cls, held: Held) -> Self:
        return cls.named(held, await queries.numbers(held.versions))

    @classmethod
    def named(cls, held: Held, numbers: Mapping[UUID, str]) -> Self:
        now = held.standing
        return cls(
            app_id=held.app.app_id,
            name=held.app.name,
            state=AppState(held.app.state),
            stage=now.stage,
            stable=numbers[now.stable] if now.stable else None,
            previous=numbers[now.previous] if now.previous else None,
            candidate=numbers[now.candidate] if now.candidate else None,
            percent=now.percent,
            regions=list(now.regions),
            withdrawn=sorted(numbers[version] for version in now.withdrawn),
            killed=sorted(numbers[version] for version in now.killed),
            changed_at=held.row.changed_at,
        )


@strawberry.type(name="ReleaseStep", description="One step of a release, with how it stood after it.")
class ReleaseStepNode:
    id: UUID
    kind: StepKind
    version: str
    stage: Stage
    percent: int
    regions: list[str]
    reason: str
    at: datetime

    @classmethod
    def of(cls, row: ReleaseStep, numbers: Mapping[UUID, str]) -> Self:
        return cls(
            id=row.id,
            kind=StepKind(row.kind),
            version=numbers[row.version_id],
            stage=Stage(row.stage),
            percent=row.percent,
            regions=list(row.regions),
            reason=row.reason,
            at=row.at,
        )


@strawberry.type(description="How many mini-apps stand so.")
class StateCount:
    state: AppState
    count: int


@strawberry.type(name="AppHealth", description="How one mini-app did in the last ten minutes.")
class AppHealthNode:
    app_id: str
    usage: UsageCounts
    problems: list[str] = strawberry.field(description="Keys of problems that last.")

    @classmethod
    def of(cls, health: AppHealth) -> Self:
        return cls(app_id=health.app_id, usage=UsageCounts.of(health.totals), problems=list(health.problems))


@strawberry.type(description="All mini-apps on one screen.")
class AppsHealth:
    states: list[StateCount]
    switched_off: int = strawberry.field(description="Switches that are off.")
    releases: list[MiniAppRelease] = strawberry.field(description="On trial; changed last first.")
    halted: list[MiniAppRelease]
    apps: list[AppHealthNode] = strawberry.field(description="Used lately; those that err most first.")

    @classmethod
    def of(cls, health: Health) -> Self:
        return cls(
            states=[StateCount(state=state, count=count) for state, count in health.states.items()],
            switched_off=health.switched_off,
            releases=[MiniAppRelease.named(held, numbers) for held, numbers in health.releases],
            halted=[MiniAppRelease.named(held, numbers) for held, numbers in health.halted],
            apps=[AppHealthNode.of(each) for each in health.apps],
        )
