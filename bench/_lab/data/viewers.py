"""The citizens who sign in: real names, keys and sessions.  The others are rows that nobody opens."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import msgspec

from bench._lab.data.population import BEGAN, Population, uuid_text
from identity import keys, people
from identity.keys import Retention
from identity.sandbox import _citizens as sandbox
from miniapps.cases.rules import Content
from storage import seal

SESSION = 9  # the table's number in ids
HOLLOW = r"\\x" + (b"\x01" + b"bench, sealed for nobody: there is no key to it").hex()
BIRTHDAYS = (date(2004, 12, 31) - date(1950, 1, 1)).days
KEYS_AT_ONCE = 2_000

PERSON = (
    "id number_blind number_sealed number_kind name_sealed phone_sealed phone_blind region level created_at"
)
SESSIONS = (
    "id party_id token_hash acting_as device method level evidence_id authenticated_at last_seen_at"
    " idle_until expires_at"
)
BENCH_PERSON = "id name level"


def token(index: int) -> str:
    """Return the bearer token of the session of citizen `index`."""
    return "s" + hashlib.sha256(b"banshi bench session %d" % index).hexdigest()


def number(index: int) -> str:
    """Return the ID number of citizen `index`, known to the sandbox's authority."""
    city = list(sandbox.HOMES)[index % len(sandbox.HOMES)]
    birthday = date(1950, 1, 1) + timedelta(days=index // 11 % BIRTHDAYS)
    return sandbox.number(city, birthday, 500 + index // (11 * BIRTHDAYS))


def name(index: int) -> str:
    """Return the name that goes with it."""
    return sandbox.name_of(number(index))


def level(index: int) -> int:
    """Return how well the citizen is known."""
    return 3 if index % 3 else 2


def as_bytea(value: bytes) -> str:
    """Return bytes as COPY reads them."""
    return r"\\x" + value.hex()


@dataclass
class Sealer:
    """Seals for viewers and fakes for the rest; `citizen` and `archive` hold the viewers' keys."""

    population: Population
    counties: Sequence[str]
    citizen: dict[UUID, bytes]
    archive: dict[UUID, bytes]

    def is_viewer(self, index: int) -> bool:
        """Say whether citizen `index` signs in."""
        return index in self.population.viewers

    def content(self, owner: int, case_id: str, *, received: bool) -> str:
        """Return the column `content` of a case."""
        if not self.is_viewer(owner):
            return HOLLOW
        kept = Retention.ARCHIVE if received else Retention.CITIZEN
        key = (self.archive if received else self.citizen)[self.population.party_id(owner)]
        plain = msgspec.json.encode(Content({}, {"applicant_name": name(owner)}, {}))
        return as_bytea(seal.seal(plain, key, aad=f"case:{case_id}:content:{kept}".encode()))

    def facts(self, owner: int, certificate_id: str, aad: bytes) -> str:
        """Return the column `facts` of a certificate."""
        if not self.is_viewer(owner):
            return HOLLOW
        key = self.archive[self.population.party_id(owner)]
        plain = msgspec.json.encode({"姓名": name(owner), "编号": certificate_id[-12:]})
        return as_bytea(seal.seal(plain, key, aad=aad))


async def sealer(population: Population, counties: Sequence[str]) -> Sealer:
    """Make the viewers' keys as the program makes them."""
    ids = [population.party_id(index) for index in population.viewers]
    found: dict[Retention, dict[UUID, bytes]] = {each: {} for each in Retention}
    for retention, known in found.items():
        for start in range(0, len(ids), KEYS_AT_ONCE):
            known |= await keys.data_keys(ids[start : start + KEYS_AT_ONCE], retention)
    return Sealer(population, counties, found[Retention.CITIZEN], found[Retention.ARCHIVE])


def persons(population: Population, sealer: Sealer) -> Iterator[str]:
    """Yield the lines of `person`."""
    for index, id_ in enumerate(population.parties):
        region = sealer.counties[index % len(sealer.counties)]
        known = f"{region}\t{level(index)}\t2024-10-01 00:00:00+00\n"
        if sealer.is_viewer(index):
            yield f"{id_}\t{_sealed(index, UUID(id_), sealer)}\t{known}"
        else:
            blind = hashlib.sha256(id_.encode()).hexdigest()
            yield f"{id_}\t\\\\x{blind}\t{HOLLOW}\tcitizen\t{HOLLOW}\t{HOLLOW}\t\\\\x{blind[:6]}\t{known}"


def _sealed(index: int, id_: UUID, sealer: Sealer) -> str:
    told, key = number(index), sealer.citizen[id_]
    phone = sandbox.phone_of(told)
    closed = [people._seal(text, key, id_, column) for text, column in (
        (told, "number"), (sandbox.name_of(told), "name"), (phone, "phone"))]  # fmt: skip
    blind = as_bytea(people.number_blind(told))
    tail = as_bytea(people.phone_blind(phone))
    return "\t".join((blind, as_bytea(closed[0]), "citizen", *map(as_bytea, closed[1:]), tail))


def sessions(population: Population) -> Iterator[str]:
    """Yield the lines of `session`, one for each viewer."""
    old, far = "2024-11-01 00:00:00+00", "2099-01-01 00:00:00+00"
    for index in population.viewers:
        hashed = as_bytea(seal.token_hash(token(index)))
        yield (
            f"{uuid_text(SESSION, BEGAN, index)}\t{population.parties[index]}\t{hashed}\tcitizen\t测试手机\t"
            f"face\t{level(index)}\tbench\t{old}\t{old}\t{far}\t{far}\n"
        )


def bench_persons(population: Population) -> Iterator[str]:
    """Yield the lines of `bench_person`: names in clear, for the peers, who have nothing to open."""
    for index, id_ in enumerate(population.parties):
        yield f"{id_}\t{name(index)}\t{level(index)}\n"
