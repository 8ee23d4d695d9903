"""Rows of cases and of what hangs on them, as lines for COPY."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench._lab.data import words
from bench._lab.data.items import Offered
from bench._lab.data.population import (
    BEGAN,
    CLOCK,
    EVENT,
    MATERIAL,
    SPAN_S,
    Population,
    mix,
    uuid_text,
)
from bench._lab.data.viewers import Sealer
from identity.regions import chain
from miniapps.cases.rules import number as case_number

NULL = r"\N"
DAY_S = 86400

CASE = (
    "id party_id applicant_id item_version code title region number department_id state content delivery"
    " opened_at received_at complete_at accepted_at accepted_by_silence decline decided_at outcome"
    " decided_by_rule completed_at delivered_at ended_at"
).split()
MATERIALS = "id party_id case_id kind name way trust electronic handed_at".split()
EVENTS = "id party_id case_id verb from_state to_state person_id acting_for by_rule reason effects at".split()
CLOCKS = (
    "id party_id case_id kind basis starts_on days unit extended_days stopped_days due_on provisional met_at"
).split()

PATH = ("draft", "submitted", "accepted", "reviewing", "decided", "completed", "delivered")
VERBS = ("submit", "accept", "review", "decide", "complete", "deliver")
ENDS = {"correcting": ("ask_correction", 1), "declined": ("decline", 1), "withdrawn": ("withdraw", 2)}
SHARES = {
    "draft": 6, "submitted": 8, "correcting": 2, "declined": 3, "accepted": 6, "reviewing": 6, "decided": 3,
    "completed": 8, "delivered": 53, "withdrawn": 5,
}  # fmt: skip
STATES = [state for state, share in SHARES.items() for _ in range(share)]
AFTER_DAYS = {"accepted": 1, "reviewing": 2, "decided": 5, "completed": 5, "delivered": 6}


def moves(state: str) -> list[tuple[str, str, str, int]]:
    """Return verb, state before, state after and day of each step that led to `state`."""
    verb, length = ENDS.get(state, ("", PATH.index(state) if state in PATH else 0))
    steps = [(VERBS[n], PATH[n], PATH[n + 1], AFTER_DAYS.get(PATH[n + 1], 0)) for n in range(length)]
    return [*steps, (verb, PATH[length], state, 3)] if verb else steps


MOVES = {state: moves(state) for state in SHARES}


@dataclass(frozen=True)
class Facts:
    """What several tables say of one case."""

    number: int
    id: str
    party: str
    owner: int
    opened: int
    state: str
    item: Offered
    luck: int

    def at(self, day: int) -> str:
        """Return the moment `day` days after opening."""
        return moment(self.opened + day * DAY_S)


def moment(second: int) -> str:
    """Return a timestamp as COPY reads it."""
    days, rest = divmod(second - BEGAN, DAY_S)
    return f"{DATES[days]} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}+00"


DATES = [
    datetime.fromtimestamp(BEGAN + day * DAY_S, UTC).date().isoformat()
    for day in range(SPAN_S // DAY_S + 400)
]


def facts(population: Population, items: Sequence[Offered]) -> Iterator[Facts]:
    """Yield the cases in the order in which they were opened."""
    parties, count = population.parties, len(items)
    for number, owner in enumerate(population.owners):
        luck = mix(number)
        state = STATES[luck % 100]
        opened = population.opened(number)
        item = items[(luck >> 8) % count]
        yield Facts(number, population.case_id(number), parties[owner], owner, opened, state, item, luck)


def rows(
    population: Population, items: Sequence[Offered], offices: Mapping[tuple[str, str], str], sealer: Sealer
) -> Iterator[str]:
    """Yield the lines of `case_file`."""
    counties = sealer.counties
    for case in facts(population, items):
        region = counties[case.owner % len(counties)]
        received = case.state != "draft"
        sealed = sealer.content(case.owner, case.id, received=received)
        item = case.item
        mine = f"{case.id}\t{case.party}\t{case.party}\t{item.version_id}\t{item.code}\t{item.name}\t{region}"
        yield f"{mine}\t{_course(case, region, offices, sealed)}\n"


def _course(case: Facts, region: str, offices: Mapping[tuple[str, str], str], sealed: str) -> str:
    """Return the columns that tell how far the case has come."""
    received = case.state != "draft"
    reached = {after: case.at(day) for _, _, after, day in MOVES[case.state]}
    at, opened = reached.get, case.at(0)
    told = number_of(case, region) if received else NULL
    office = office_of(offices, case.item.agency, region) if received else NULL
    ended = at(case.state, NULL) if case.state in ("delivered", "declined", "withdrawn") else NULL
    outcome = ("refused" if case.luck >> 20 & 15 == 0 else "granted") if "decided" in reached else NULL
    decline = "returned" if case.state == "declined" else NULL
    moments = "\t".join((opened, at("submitted", NULL), at("submitted", NULL), at("accepted", NULL)))
    rest = "\t".join((at("completed", NULL), at("delivered", NULL), ended))
    return (
        f"{told}\t{office}\t{case.state}\t{sealed}\telectronic\t{moments}\tf\t{decline}\t"
        f"{at('decided', NULL)}\t{outcome}\tf\t{rest}"
    )


def number_of(case: Facts, region: str) -> str:
    """Return its number of 21 digits."""
    return case_number(region, datetime.fromtimestamp(case.opened, UTC), case.number)


def office_of(offices: Mapping[tuple[str, str], str], agency: str, region: str) -> str:
    """Return the id of the lowest office of `agency` for `region`."""
    return next(offices[agency, place] for place in chain(region) if (agency, place) in offices)


def materials(population: Population, items: Sequence[Offered]) -> Iterator[str]:
    """Yield the lines of `case_material`: 3 to 8 a case."""
    number = 0
    for case in facts(population, items):
        handed = case.at(0) if case.state != "draft" else NULL
        for kind, name in case.item.papers:
            number += 1
            id_ = uuid_text(MATERIAL, case.opened, number)
            yield f"{id_}\t{case.party}\t{case.id}\t{kind}\t{name}\tpaper\tB\tf\t{handed}\n"


def events(population: Population, items: Sequence[Offered]) -> Iterator[str]:
    """Yield the lines of `case_event`: one for each step."""
    number = 0
    for case in facts(population, items):
        head = f"{case.party}\t{case.id}"
        tail = f"{case.party}\t{case.party}\tf\t{words.REASON}\t{{}}"
        for verb, before, after, day in MOVES[case.state]:
            number += 1
            id_ = uuid_text(EVENT, case.opened, number)
            yield f"{id_}\t{head}\t{verb}\t{before}\t{after}\t{tail}\t{case.at(day)}\n"


def clocks(population: Population, items: Sequence[Offered]) -> Iterator[str]:
    """Yield the lines of `case_clock`: the one for accepting, of every case that was received."""
    basis = "《中华人民共和国行政许可法》第三十二条"
    for case in facts(population, items):
        if case.state != "draft":
            met = case.at(1) if case.state in AFTER_DAYS else case.at(3)
            id_ = uuid_text(CLOCK, case.opened, case.number)
            due = DATES[(case.opened - BEGAN) // DAY_S + 7]
            yield (
                f"{id_}\t{case.party}\t{case.id}\tacceptance\t{basis}\t{case.at(0)[:10]}\t5\tworkday\t0\t0\t"
                f"{due}\tf\t{met}\n"
            )
