"""Which materials an application needs and how each one can be satisfied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from miniapps.cases.errors import CommitmentBarred, WayNotOffered
from miniapps.cases.rules._words import Way
from miniapps.items.rules import Answer, CompiledItem, Material, Medium, Necessity, Target
from miniapps.materials.rules import Holding

TOLERATED_DAYS = 10  # working days within which a paper that follows has to be there
UPLOAD_TRUST = "C"  # what a citizen's upload is worth

NOTHING_TO_DO = frozenset({Way.IDENTITY, Way.CERTIFICATE, Way.WALLET})
"""Ways that ask nothing of the citizen: nothing is handed in twice."""

STILL_TO_FOLLOW = frozenset({Way.TOLERATED, Way.PAPER})
"""Ways that leave something to hand in."""


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the applicant wants to satisfy one material."""

    way: Way
    promise: str = ""  # 告知承诺: the words he confirms; empty: the standard ones


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the applicant filled in; stored sealed."""

    answers: dict[str, Answer] = {}
    form: dict[str, Answer] = {}
    choices: dict[str, Choice] = {}  # by material kind


@dataclass(frozen=True)
class Standing:
    """How one needed material stands: what is held, and every way open, best first."""

    material: Material
    holding: Holding | None
    ways: tuple[Way, ...]

    @property
    def way(self) -> Way | None:
        """The best way; None when nothing the party holds or could do satisfies it."""
        return self.ways[0] if self.ways else None

    @property
    def settled(self) -> bool:
        """Say whether nothing is left to do."""
        return self.way in NOTHING_TO_DO

    @property
    def required(self) -> bool:
        """Say whether the application needs it."""
        return self.material.necessity is Necessity.REQUIRED


@dataclass(frozen=True)
class Settlement:
    """How one material of a submitted case is satisfied."""

    material: Material
    way: Way
    holding: Holding | None = None
    promise: str | None = None


def serves(item: CompiledItem, *, is_person: bool) -> bool:
    """Say whether the item is for this kind of party: a person, or a firm (服务对象)."""
    return item.target is Target.BOTH or (item.target is Target.PERSON) is is_person


def standings(
    materials: Iterable[Material], held: Mapping[str, Holding], *, barred: bool
) -> tuple[Standing, ...]:
    """Return how each of `materials` stands; `barred`: promises are not taken from this party."""
    return tuple(_standing(material, held, barred=barred) for material in materials)


def _standing(material: Material, held: Mapping[str, Holding], *, barred: bool) -> Standing:
    holding = _best(material, held)
    electronic = material.medium is not Medium.PAPER
    possible = (
        (Way(holding.source.value) if holding else Way.WALLET, holding is not None),
        (Way.COMMITMENT, material.commitment and not barred),
        (Way.TOLERATED, material.tolerated),
        (Way.UPLOAD, electronic and material.min_trust >= UPLOAD_TRUST),
        (Way.PAPER, material.medium is not Medium.ELECTRONIC),
    )
    return Standing(material, holding, tuple(way for way, open_ in possible if open_))


def _best(material: Material, held: Mapping[str, Holding]) -> Holding | None:
    """Return the best thing held that is good enough; a paper original is never satisfied by a file."""
    if material.medium is Medium.PAPER:
        return None
    fit = [held[kind] for kind in material.kinds if kind in held and held[kind].trust <= material.min_trust]
    return min(fit, key=lambda holding: holding.trust, default=None)


def settle(standing: Standing, choice: Choice | None, *, bar: str | None) -> Settlement | None:
    """Return how a material is satisfied; None when it is not.

    A promise or a later paper is the applicant's own choice and never assumed; a plain upload shows by
    being held.  `bar` is the reason for which promises are not taken, if any.
    Raises: WayNotOffered, CommitmentBarred.
    """
    if choice is not None and choice.way not in NOTHING_TO_DO | {Way.UPLOAD}:
        return _chosen(standing, choice, bar=bar)
    if standing.settled:
        assert standing.way is not None
        return Settlement(standing.material, standing.way, standing.holding)
    return None


def _chosen(standing: Standing, choice: Choice, *, bar: str | None) -> Settlement:
    material = standing.material
    if choice.way is Way.COMMITMENT and material.commitment and bar is not None:
        raise CommitmentBarred(reason=bar)
    if choice.way not in standing.ways:
        raise WayNotOffered(kind=material.code, way=choice.way)
    promise = (choice.promise or standard_promise(material)) if choice.way is Way.COMMITMENT else None
    return Settlement(material, choice.way, promise=promise)


def standard_promise(material: Material) -> str:
    """Return the words of the promise (告知承诺书) for one material.  Source: 国办发〔2020〕42号."""
    return (
        f"本人已知晓办理条件和材料要求，承诺已符合“{material.name}”所证明的条件，陈述真实、有效；"
        "承诺不实的，愿意承担撤销决定、纳入信用记录等法律责任，并接受事中事后核查。"
    )


def still_missing(standings_: Iterable[Standing], settlements: Iterable[Settlement]) -> tuple[str, ...]:
    """Return the kinds of required materials that nothing satisfies, in the order of the item."""
    settled = {settlement.material.code for settlement in settlements}
    return tuple(
        standing.material.code
        for standing in standings_
        if standing.required and standing.material.code not in settled
    )
