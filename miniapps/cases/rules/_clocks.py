"""How long things may take, and what the law lets stop or lengthen a clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from miniapps.calendar.rules import Calendar
from miniapps.cases.rules._words import Clock
from miniapps.items.rules import CompiledItem, Kind, Procedure, Unit
from miniapps.items.rules import Limit as ItemLimit
from storage.clock import SHANGHAI

ACCEPTANCE_BASIS = "《中华人民共和国行政许可法》第三十二条"
DELIVERY_BASIS = "《中华人民共和国行政许可法》第四十四条"


@dataclass(frozen=True)
class Law:
    """What a kind of item may do with its clocks by law."""

    extension_days: int  # working days, once, with the approval of the head of the organ; 0: none
    matters: frozenset[Procedure]  # what may stop the clocks whatever the item says
    delivery_days: int | None  # working days from decision to delivery; None: no limit set


NO_GENERAL_LAW = Law(extension_days=0, matters=frozenset(), delivery_days=None)

LAW: dict[Kind, Law] = {
    **dict.fromkeys(Kind, NO_GENERAL_LAW),
    Kind.PERMISSION: Law(extension_days=10, matters=frozenset(Procedure), delivery_days=10),
}
"""行政许可法 Art. 42, 45 and 44 bind permissions only; other kinds have what their own item text lists."""


@dataclass(frozen=True)
class Limit:
    """One clock about to start."""

    clock: Clock
    days: int
    basis: str
    unit: Unit = Unit.WORKDAY  # what `days` counts: working days, or natural ones


def acceptance_limit(item: CompiledItem) -> Limit:
    """Return the limit for accepting, asking or declining, counted from receipt."""
    return _of(Clock.ACCEPTANCE, item.acceptance, basis=item.acceptance.basis or ACCEPTANCE_BASIS)


def working_limits(item: CompiledItem) -> tuple[Limit, ...]:
    """Return the limits that start with acceptance: the promised one, and the statutory one."""
    promised = _of(Clock.PROMISED, item.promised)
    return (promised,) if item.statutory is None else (promised, _of(Clock.STATUTORY, item.statutory))


def _of(clock: Clock, limit: ItemLimit, *, basis: str = "") -> Limit:
    """A month is counted as its 22 working days; natural days stay natural days."""
    unit = Unit.DAY if limit.unit is Unit.DAY else Unit.WORKDAY
    return Limit(clock, limit.days, basis or limit.basis, unit)


def delivery_limit(item: CompiledItem) -> Limit | None:
    """Return the limit for delivering what was decided; None when law sets none."""
    days = LAW[item.kind].delivery_days
    return None if days is None else Limit(Clock.DELIVERY, days, DELIVERY_BASIS)


def may_stop(item: CompiledItem, matter: Procedure) -> bool:
    """Say whether `matter` may stop the clocks of this item: nothing unlisted ever does."""
    return matter in LAW[item.kind].matters or matter in item.procedures


def stopped_days(calendar: Calendar, stops: Iterable[tuple[date, date]], unit: Unit = Unit.WORKDAY) -> int:
    """Return the days of `unit` inside ended stops: the first day is not counted, the last one is."""
    if unit is Unit.DAY:
        return sum((ended - began).days for began, ended in stops)
    return sum(calendar.count(began, ended) for began, ended in stops)


def due_on(calendar: Calendar, start: date, days: int, unit: Unit, *, extended_days: int = 0) -> date:
    """Return the last day of a limit that began on `start` (not counted).

    Shape: `days` of `unit`, with those of stops; an extension is always of working days (行政许可法 Art. 82).
    Source: 行政许可法 Art. 82 (working days); 民法典 Art. 201 and 203 (natural days: a last day that is off
        moves to the next working day).
    """
    end = calendar.natural_deadline(start, days) if unit is Unit.DAY else calendar.deadline(start, days)
    return calendar.deadline(end, extended_days)


def end_of(day: date) -> datetime:
    """Return the moment a limit that ends on `day` is over: midnight in Shanghai."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
