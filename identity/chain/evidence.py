"""Evidence: the signed heads of the database and of the second places, held against each other."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import msgspec

from identity import signing
from identity.chain.faults import Fault, Kind
from identity.chain.heads import NO_HEAD, Head, digest
from identity.chain.places import Place
from identity.signing import BadSignature, Purpose
from storage.db import fetch

RECENT = 500  # heads whose signatures, and whose copies, are always looked at: some eight hours of them
BACK = timedelta(minutes=1)  # a clock may be put right by so much


@dataclass
class Evidence:
    """The heads that hold, by number, and what was wrong with the others."""

    heads: dict[int, Head] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass
class _Copies:
    """Every text of every head that was found, the database's first, and what was odd in finding them."""

    texts: dict[int, list[str]] = field(default_factory=dict)
    odd: list[tuple[int, str]] = field(default_factory=list)


async def gather(places: Sequence[Place], *, every_head: bool) -> Evidence:
    """Read the heads and judge them.

    A head is believed when its signature holds, or when a later one that is believed contains its hash:
    so not every signature, and not every copy in the second places, has to be looked at each time.
    """
    copies = await _copies(places, every_head=every_head)
    evidence = Evidence()
    odd = copies.odd
    named = None  # the hash by which the next head names this one
    newest = max(copies.texts, default=0)
    for number in range(newest, 0, -1):
        texts = copies.texts.get(number, [])
        recent = every_head or number > newest - RECENT
        head, token = await _believed(number, texts, named, recent=recent)
        if head is None:
            odd.append((number, "no copy of this head is ours" if texts else "this head is gone"))
            named = None
            continue
        evidence.heads[number] = head
        if named is not None and digest(token) != named:
            odd.append((number, "the next head was made for another one"))
        named = head.previous
    if named is not None and named != NO_HEAD:
        odd.append((1, "the first head names one before it"))
    evidence.faults = [_fault(Kind.HEAD, number, detail, evidence.heads) for number, detail in odd]
    evidence.faults += _clock_faults(evidence.heads)
    return evidence


async def _copies(places: Sequence[Place], *, every_head: bool) -> _Copies:
    rows = await fetch("SELECT number, token, stored_at IS NOT NULL AS stored FROM audit_head")
    found = _Copies({row["number"]: [row["token"]] for row in rows})
    stored = {row["number"] for row in rows if row["stored"]}
    for place in places:
        there = await place.numbers()
        found.odd += [(number, f"missing in the second place ({place.name})") for number in stored - there]
        found.odd += [(number, "removed from the database") for number in there - found.texts.keys()]
        wanted = sorted(there) if every_head else sorted(there)[-RECENT:]
        for number, text in (await place.read(wanted)).items():
            texts = found.texts.setdefault(number, [])
            if texts and text not in texts:
                found.odd.append((number, f"another text in the second place ({place.name})"))
            texts.append(text)
    return found


async def _believed(
    number: int, texts: Sequence[str], named: str | None, *, recent: bool
) -> tuple[Head | None, str]:
    """Return the head to believe among the copies of one number, and its text."""
    for text in sorted(set(texts), key=lambda text: digest(text) != named):
        sure = digest(text) == named and not recent
        head = _unpacked(text) if sure else await _verified(text)
        if head is not None and head.number == number:
            return head, text
    return None, ""


async def _verified(token: str) -> Head | None:
    try:
        return msgspec.convert(await signing.verify(Purpose.AUDIT_HEAD, token), Head)
    except (BadSignature, msgspec.ValidationError):
        return None


def _unpacked(token: str) -> Head | None:
    """Read a token whose hash is vouched for, without its signature."""
    try:
        middle = token.split(".")[1]
        return msgspec.json.decode(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)), type=Head)
    except (IndexError, ValueError, msgspec.MsgspecError):
        return None


def _clock_faults(heads: Mapping[int, Head]) -> list[Fault]:
    """Find heads signed earlier than one before them, and heads that speak of fewer links."""
    faults = []
    ordered = sorted(heads.items())
    for (_, earlier), (number, head) in pairwise(ordered):
        if head.at < earlier.at - BACK:
            faults.append(_fault(Kind.CLOCK, number, "signed earlier than the head before it", heads))
        if head.seq < earlier.seq:
            faults.append(_fault(Kind.HEAD, number, "speaks of fewer links than the head before it", heads))
    return faults


def _fault(kind: Kind, number: int, detail: str, heads: Mapping[int, Head]) -> Fault:
    """Return a fault of head `number`, at the place in the chain up to which the heads before it answer."""
    before = max((head.seq for known, head in heads.items() if known < number), default=0)
    return Fault(kind=kind, seq=before + 1, head=number, detail=detail)
