"""What a mixed load is made of: trusted documents and routes, in the shares of a working day.

In a hundred home is 45, search 12, case 12, cases 8, wallet 6, unread 10, submit 4, upload 2, sign-in 1.
Here five in a hundred write, so submit, upload and sign-in are 2.86, 1.43 and 0.71, and the reads take the
other 95 as they share their 93.  What writes can be asked for once; the rest over and over.
"""

import json
import random
import secrets
from collections.abc import Mapping, Sequence

import asyncpg

from bench._lab import wires
from bench._lab.data import viewers, words
from bench._lab.data.population import Population
from bench._lab.drafts import Draft
from bench._lab.draws import Draws
from bench._lab.pace import Part
from bench._lab.wires import Ask
from identity.sandbox import _citizens as sandbox

KINDS = 3_000  # requests of each kind that is asked over and over
WRITES = 5  # of a hundred requests
READING = {"home": 45, "search": 12, "case": 12, "cases": 8, "wallet": 6, "unread": 10}
WRITING = {"submit": 4, "upload": 2, "sign_in": 1}


def _of(shares: Mapping[str, float], total: float) -> dict[str, float]:
    """Return shares in the same proportions that make `total`."""
    return {name: share / sum(shares.values()) * total for name, share in shares.items()}


SHARES = _of(READING, 100 - WRITES) | _of(WRITING, WRITES)
OF_VIEWERS = "SELECT DISTINCT ON (party_id) id, party_id FROM case_file WHERE party_id = ANY($1::uuid[])"


def _ask(name: str, viewer: int, **variables: object) -> Ask:
    """Ask for a trusted document."""
    return Ask(
        json.dumps({"documentId": wires.named(name), "variables": variables}).encode(), wires.bearer(viewer)
    )


async def reads(population: Population, url: str, *, seed: int) -> list[Part]:
    """Return the parts that change nothing."""
    draws = Draws(population, seed)
    dice = random.Random(seed)
    typed = [words.OBJECTS[n][:2] for n in range(len(words.OBJECTS))] + ["shb", "jsz", "gjj", "yanglao"]
    own = await _cases(population, url, draws.viewers(KINDS))
    found = {
        "home": [wires.ours(population, draw) for draw in draws.take(KINDS)],
        "search": [
            _ask("search", who, search=dice.choice(typed), region=draws.dice.choice(draws.regions), first=20)
            for who in draws.viewers(KINDS)
        ],
        "case": [_ask("case", who, id=case_id) for who, case_id in own],
        "cases": [_ask("cases", who, first=20) for who in draws.viewers(KINDS)],
        "wallet": [_ask("wallet", who, first=20) for who in draws.viewers(KINDS)],
        "unread": [_ask("unread", who) for who in draws.viewers(KINDS)],
    }
    return [Part(name, SHARES[name], asks) for name, asks in found.items()]


async def _cases(population: Population, url: str, who: Sequence[int]) -> list[tuple[int, str]]:
    """Return a case of each viewer who has one."""
    by_party = {population.party_id(each): each for each in who}
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(OF_VIEWERS, list(by_party))
    finally:
        await connection.close()
    return [(by_party[row["party_id"]], str(row["id"])) for row in rows]


def writes(population: Population, drafts: Sequence[Draft], count: int, *, seed: int) -> list[Part]:
    """Return the parts that write, enough for `count` requests in all."""
    dice = random.Random(seed)

    def some(name: str) -> Sequence[int]:
        return dice.choices(population.viewers, k=int(count * SHARES[name] / 100 * 1.2) + 10)

    found = {
        "submit": [_submit(each) for each in drafts],
        "upload": [_upload(who) for who in some("upload")],
        "sign_in": [_sign_in(who, dice) for who in _in_turn(population, len(some("sign_in")), dice)],
    }
    return [Part(name, SHARES[name], asks, once=True) for name, asks in found.items()]


def _in_turn(population: Population, count: int, dice: random.Random) -> list[int]:
    """Return viewers so that nobody signs in twice before everybody has once."""
    order = list(population.viewers)
    dice.shuffle(order)
    return [order[n % len(order)] for n in range(count)]


def _submit(draft: Draft) -> Ask:
    return _ask("submit_case", draft.owner, id=str(draft.case_id), key=f"mix-{draft.case_id}")


def _upload(viewer: int) -> Ask:
    word = secrets.token_hex(32)
    return _ask(
        "request_upload", viewer, kind="photo", title=f"照片{word[:6]}", mediaType="image/jpeg", size=300_000,
        sha256=word, key=f"mix-{word[:24]}",
    )  # fmt: skip


def _sign_in(viewer: int, dice: random.Random) -> Ask:
    number = viewers.number(viewer)
    form = {"method": "face", "face": "ok", "id_number": number, "name": sandbox.name_of(number)}
    address = ".".join(str(dice.randrange(1, 255)) for _ in range(4))
    return Ask(json.dumps(form).encode(), {"x-forwarded-for": address}, "/session")
