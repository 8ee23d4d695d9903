"""The working-day calendar on the wire."""

from datetime import date
from typing import Self

import strawberry

from api.context import Info
from api.graphql.access import needs
from banshi.scopes import Scope
from miniapps.calendar import queries, service
from miniapps.calendar.rules import Calendar, Day, Notice


@strawberry.type(name="CalendarDay", description="A day that differs from Monday to Friday.")
class CalendarDayNode:
    on: date
    works: bool = strawberry.field(description="A weekend day that is worked (调休), or else a day off.")
    name: str = strawberry.field(description="The holiday it belongs to.")

    @classmethod
    def of(cls, day: Day) -> Self:
        """Wrap one day of a notice."""
        return cls(on=day.on, works=day.works, name=day.name)


@strawberry.type(name="Calendar", description="The working days of one year.")
class CalendarNode:
    year: int
    provisional: bool = strawberry.field(description="No notice is loaded yet: the days may still move.")
    workdays: int = strawberry.field(description="How many days of the year are worked.")
    source: str | None = strawberry.field(description="The notice in force.")
    days: list[CalendarDayNode] = strawberry.field(description="What the notice says, in order.")

    @classmethod
    def of(cls, year: int, calendar: Calendar, notice: Notice | None) -> Self:
        """Wrap `year` of `calendar` with its notice, if it has one."""
        return cls(
            year=year,
            provisional=notice is None,
            workdays=calendar.count(date(year - 1, 12, 31), date(year, 12, 31)),
            source=notice.source if notice else None,
            days=[CalendarDayNode.of(day) for day in notice.days] if notice else [],
        )


@strawberry.type
class CalendarQuery:
    """What anybody may ask about working days."""

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)])
    async def calendar(self, info: Info, year: int) -> CalendarNode:
        """The working days of one year, 1949 to 2999."""
        loaded = await queries.year(year)
        return CalendarNode.of(year, await queries.current(), loaded.notice if loaded else None)


@strawberry.type
class CalendarMutation:
    """What an operator may change about working days."""

    @strawberry.mutation(extensions=[needs(Scope.CALENDAR_WRITE)])
    async def load_calendar(self, info: Info, text: str) -> list[int]:
        """Take in yearly notices, written as docs/calendar.md says; returns the years that changed.

        Loading the same text again changes nothing, so it may be retried.
        """
        return await service.load(info.context.actor, text, now=info.context.now)
