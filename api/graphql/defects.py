"""Testers (体验官) and the library of defects on the wire.  A mini-app's team never learns who reported."""

from datetime import datetime
from typing import Self, TypeAlias
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.loaders import Loader
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.sources import Mapped
from banshi.scopes import Scope
from miniapps.release import queries as release
from miniapps.shelf import queries, rules, service
from miniapps.shelf.service import Move, Report
from miniapps.shelf.tables import AppDefect, AppTester

strawberry.enum(rules.Severity, name="DefectSeverity", description="How bad a defect is.")
strawberry.enum(rules.DefectState, name="DefectState", description="Where a defect stands (缺陷库).")
strawberry.enum(rules.Side, name="DefectSide", description="Who says or does something about a defect.")
Severity: TypeAlias = rules.Severity
DefectState: TypeAlias = rules.DefectState
Side: TypeAlias = rules.Side

NOTES = Loader(queries.notes_of)
TRIED = Loader(release.trials_of)


@strawberry.type(name="AppTester", description="A person who tries mini-apps for the platform (体验官).")
class TesterNode:
    id: UUID
    person_id: UUID = strawberry.field(description="Who he is: an id, no name.")
    region: str
    appointed_at: datetime
    ends_at: datetime

    @strawberry.field(description="Ids of the mini-apps whose versions on trial he gets.")
    async def apps(self, info: Info) -> list[str]:
        return await TRIED.load(info, self.person_id) or []

    @classmethod
    def of(cls, row: AppTester) -> Self:
        """Wrap a tester."""
        same = ("id", "region", "appointed_at", "ends_at")
        return cls(person_id=row.party_id, **{name: getattr(row, name) for name in same})


@strawberry.type(name="DefectNote", description="A step of a defect, or something said about it.")
class NoteNode(Mapped):
    side: Side
    state: DefectState = strawberry.field(description="After it.")
    text: str
    at: datetime


@strawberry.type(name="AppDefect", description="What a tester found wrong with a mini-app; not who he is.")
class DefectNode:
    id: UUID
    app_id: str
    version: str
    region: str
    severity: Severity
    title: str
    steps: str
    state: DefectState
    duplicate_of: UUID | None
    fixed_in: str
    reported_at: datetime
    moved_at: datetime

    @classmethod
    def of(cls, row: AppDefect) -> Self:
        """Wrap a defect without its reporter."""
        same = (
            "id", "app_id", "version", "region", "severity", "title", "steps", "state", "duplicate_of",
            "fixed_in", "reported_at", "moved_at",
        )  # fmt: skip
        return cls(**{name: getattr(row, name) for name in same})

    @strawberry.field(description="What was done and said since, oldest first.")
    async def notes(self, info: Info) -> list[NoteNode]:
        return [NoteNode.of(row) for row in await NOTES.load(info, self.id) or []]

    @strawberry.field(description="Defects that are the same as this one, as far as you may see them.")
    async def duplicates(self, info: Info) -> list[UUID]:
        return await DUPLICATES.load(info, self.id) or []


DUPLICATES = Loader(queries.duplicates_of)


@strawberry.input(description="What a tester reports; without personal data, numbers are blotted out.")
class DefectReport:
    app_id: str
    version: str
    severity: Severity
    title: str
    steps: str


@strawberry.type
class DefectsQuery:
    """What was found, for who found it, who mends it and who curates."""

    @strawberry.field(
        extensions=[needs(Scope.APPS_READ)],
        description="Defects: a tester's own, those of a team's mini-apps, an operator's all; newest first.",
    )
    async def app_defects(
        self,
        info: Info,
        app_id: str | None = None,
        state: DefectState | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[DefectNode]:
        context = info.context
        page = await queries.defects(
            context.actor,
            app_id=app_id,
            state=state,
            first=size(first),
            after=after_id(after, of="defects"),
            now=context.now,
        )
        return connection(page, DefectNode.of, of="defects")

    @strawberry.field(extensions=[needs(Scope.APPS_READ)], description="One defect.")
    async def app_defect(self, info: Info, id: UUID) -> DefectNode:
        return DefectNode.of(await queries.defect(info.context.actor, id, now=info.context.now))

    @strawberry.field(
        extensions=[needs(Scope.APPS_OPEN)], description="My time as a tester; null when I am none."
    )
    async def my_tester_term(self, info: Info) -> TesterNode | None:
        row = await queries.my_term(info.context.actor, now=info.context.now)
        return None if row is None else TesterNode.of(row)

    @strawberry.field(extensions=[needs(Scope.APPS_REVIEW)], description="Who tries mini-apps now.")
    async def app_testers(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[TesterNode]:
        context = info.context
        page = await queries.testers(
            context.actor, first=size(first), after=after_id(after, of="testers"), now=context.now
        )
        return connection(page, TesterNode.of, of="testers")


@strawberry.type
class DefectsMutation:
    """Appointing testers, reporting, and what becomes of a report."""

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_REVIEW)],
        description="Make a person a tester in a region until a day; one who is has both changed.",
    )
    async def appoint_tester(
        self, info: Info, id_number: str, name: str, region: str, until: datetime
    ) -> TesterNode:
        context = info.context
        row = await service.appoint(
            context.actor, number=id_number, name=name, region=region, until=until, now=context.now
        )
        return TesterNode.of(row)

    @strawberry.mutation(extensions=[needs(Scope.APPS_REVIEW)], description="End a tester's time now.")
    async def dismiss_tester(self, info: Info, id: UUID, reason: str) -> TesterNode:
        context = info.context
        return TesterNode.of(await service.dismiss(context.actor, id, reason=reason, now=context.now))

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_REVIEW)],
        description="Let a tester get a mini-app's versions on trial while his time lasts.",
    )
    async def assign_tester(self, info: Info, id: UUID, app_id: str) -> TesterNode:
        context = info.context
        return TesterNode.of(await service.assign(context.actor, id, app_id, now=context.now))

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_REVIEW)],
        description="Take them from him: his next session gets what everybody has.",
    )
    async def unassign_tester(self, info: Info, id: UUID, app_id: str) -> TesterNode:
        context = info.context
        return TesterNode.of(await service.unassign(context.actor, id, app_id, now=context.now))

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_OPEN)],
        description="Report a defect, as a tester in his time.",
    )
    async def report_defect(self, info: Info, report: DefectReport, idempotency_key: str) -> DefectNode:
        context = info.context
        what = Report(
            app_id=report.app_id,
            version=report.version,
            severity=report.severity,
            title=report.title,
            steps=report.steps,
        )
        return DefectNode.of(await service.report(context.actor, what, key=idempotency_key, now=context.now))

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_READ)],
        description="Move a defect as the table allows: operators confirm, link, close; teams fix.",
    )
    async def move_defect(
        self,
        info: Info,
        id: UUID,
        to: DefectState,
        note: str = "",
        duplicate_of: UUID | None = None,
        fixed_in: str = "",
    ) -> DefectNode:
        context = info.context
        move = Move(to=to, note=note, duplicate_of=duplicate_of, fixed_in=fixed_in)
        return DefectNode.of(await service.move(context.actor, id, move, now=context.now))

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_READ)], description="Say something about a defect that you may see."
    )
    async def reply_to_defect(self, info: Info, id: UUID, text: str) -> DefectNode:
        context = info.context
        return DefectNode.of(await service.reply(context.actor, id, text, now=context.now))
