"""How long things may take, and what the law lets stop or lengthen a clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from miniapps.calendar.rules import Calendar
from miniapps.cases.rules._words import Clock
from miniapps.items.rules import CompiledItem, Kind, Procedure
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
    days: int  # working days
    basis: str


def acceptance_limit(item: CompiledItem) -> Limit:
    """Return the limit for accepting, asking or declining, counted from receipt."""
    return Limit(Clock.ACCEPTANCE, item.acceptance_days, item.acceptance.basis or ACCEPTANCE_BASIS)


def working_limits(item: CompiledItem) -> tuple[Limit, ...]:
    """Return the limits that start with acceptance: the promised one, and the statutory one."""
    promised = Limit(Clock.PROMISED, item.promised_days, item.promised.basis)
    if item.statutory is None:
        return (promised,)
    return (promised, Limit(Clock.STATUTORY, item.statutory.days, item.statutory.basis))


def delivery_limit(item: CompiledItem) -> Limit | None:
    """Return the limit for delivering what was decided; None when law sets none."""
    days = LAW[item.kind].delivery_days
    return None if days is None else Limit(Clock.DELIVERY, days, DELIVERY_BASIS)


def may_stop(item: CompiledItem, matter: Procedure) -> bool:
    """Say whether `matter` may stop the clocks of this item: nothing unlisted ever does."""
    return matter in LAW[item.kind].matters or matter in item.procedures


def stopped_days(calendar: Calendar, stops: Iterable[tuple[date, date]]) -> int:
    """Return the working days inside ended stops: the first day is not counted, the last one is."""
    return sum(calendar.count(began, ended) for began, ended in stops)


def end_of(day: date) -> datetime:
    """Return the moment a limit that ends on `day` is over: midnight in Shanghai."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
