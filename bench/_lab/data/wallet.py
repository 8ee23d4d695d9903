"""Rows of wallets and inboxes, as lines for COPY."""

from collections.abc import Iterator, Mapping

from bench._lab.data import words
from bench._lab.data.cases import DAY_S, NULL, moment, office_of
from bench._lab.data.population import (
    BEGAN,
    CERTIFICATE,
    CERTIFICATES,
    MOST_CERTIFICATES,
    MOST_NOTICES,
    NOTICE,
    NOTICES,
    SPAN_S,
    Population,
    mix,
    uuid_text,
)
from bench._lab.data.viewers import Sealer

COLUMNS = (
    "id party_id kind title number identifier facts issuer_id issuer_name case_id issued_on valid_until state"
    " signature created_at"
).split()
INBOX = "id party_id key kind parameters title body link told_at read_at".split()
SIGNATURE = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImJlbmNoIn0." + "e30" * 40 + ".c2lnbmVkIGZvciBub2JvZHk" * 3
GUESSED = {"citizen": 4, "notices": 6, "certificates": 3}  # rows a citizen, about: sets the pace of ids


def certificates(
    population: Population, offices: Mapping[tuple[str, str], str], names: Mapping[str, str], sealer: Sealer
) -> Iterator[str]:
    """Yield the lines of `certificate`: 0 to 20 a citizen, each kind once."""
    pace = SPAN_S / (population.citizens * GUESSED["certificates"] * 1.1)
    held: dict[int, int] = {}
    for number, owner in enumerate(population.each(MOST_CERTIFICATES, CERTIFICATES)):
        turn = held.get(owner, 0)
        held[owner] = turn + 1
        kind, title = words.CERTIFICATES[(owner + turn) % len(words.CERTIFICATES)]
        issued = BEGAN + min(SPAN_S, int(number * pace))
        id_ = uuid_text(CERTIFICATE, issued, number)
        office = office_of(offices, "public_security", sealer.counties[owner % len(sealer.counties)])
        facts = sealer.facts(owner, id_, f"certificate:{id_}:facts".encode())
        told, until = moment(issued), f"203{number % 10}-12-31" if number % 3 else NULL
        state = "revoked" if number % 97 == 0 else "normal"
        yield (
            f"{id_}\t{population.parties[owner]}\t{kind}\t{title}\t{told[:10].replace('-', '')}{number:08d}\t"
            f"1.2.156.3005.2.{kind}.{number:012d}.{number % 10}\t{facts}\t{office}\t{names[office]}\t"
            f"{uuid_text(0, issued, number)}\t{told[:10]}\t{until}\t{state}\t{SIGNATURE}\t{told}\n"
        )


def notices(population: Population) -> Iterator[str]:
    """Yield the lines of `notice`: 0 to 12 a citizen, a third of them unread."""
    pace = SPAN_S / (population.citizens * GUESSED["notices"] * 1.1)
    for number, owner in enumerate(population.each(MOST_NOTICES, NOTICES)):
        luck = mix(number)
        kind, title, body = words.NOTICES[luck % len(words.NOTICES)]
        told = BEGAN + min(SPAN_S, int(number * pace))
        about = uuid_text(0, told, number)
        read = moment(told + DAY_S) if luck >> 8 & 3 else NULL
        yield (
            f"{uuid_text(NOTICE, told, number)}\t{population.parties[owner]}\t{kind}:{about}\t{kind}\t"
            f'{{"case": "{about}"}}\t{title}\t{body}\t/cases/{about}\t{moment(told)}\t{read}\n'
        )
