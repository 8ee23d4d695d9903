"""How a release rises, step by step, and falls at once: a table of what may follow what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from miniapps.release.errors import CandidateUnderWay, ReleaseNotRising, VersionNotReleasable
from miniapps.release.rules.choice import Offer
from miniapps.release.rules.needs import prefixes

MOST_REGIONS = 100


class Stage(StrEnum):
    """How far a mini-app's newest version has come."""

    NONE = "none"  # no candidate: citizens get the stable version, if there is one
    TESTERS = (
        "testers"  # the team's own members, and testers of the platform (体验官) who were told to try it
    )
    PERCENT = "percent"  # a share of all citizens, too
    REGIONS = "regions"  # and everybody of some regions
    EVERYONE = "everyone"  # the candidate has become the stable version (全量)
    HALTED = "halted"  # it was taken back by itself, or killed


ORDER = (Stage.TESTERS, Stage.PERCENT, Stage.REGIONS)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step up: what is named is added to who has the candidate.  Nothing named: the testers."""

    percent: int | None = None  # 1–100
    regions: tuple[str, ...] = ()  # GB/T 2260 codes
    everyone: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the release of one mini-app stands."""

    stage: Stage = Stage.NONE
    stable: UUID | None = None
    previous: UUID | None = None  # stable before a candidate went to everyone
    candidate: UUID | None = None
    percent: int = 0
    regions: tuple[str, ...] = ()
    withdrawn: frozenset[UUID] = frozenset()  # rolled back or halted, and not released since
    killed: frozenset[UUID] = frozenset()

    @property
    def offer(self) -> Offer:
        """What citizens can get."""
        stopped = self.withdrawn | self.killed
        return Offer(self.stable, self.candidate, self.percent, prefixes(self.regions), stopped)


def promote(now: Standing, version: UUID, step: Step) -> Standing:
    """Return the standing after a step up with `version`, an approved one.

    Raises:
        VersionNotReleasable: it was killed, or everybody has it.
        CandidateUnderWay: another version is under trial; roll it back first.
        ReleaseNotRising: the step adds nobody.
    """
    if version in now.killed or version == now.stable:
        raise VersionNotReleasable(version=version)
    if now.candidate not in (None, version):
        raise CandidateUnderWay(candidate=now.candidate)
    base = now if now.candidate == version else _begun(now, version)
    if step.everyone:
        return _given(base, version)
    percent = base.percent if step.percent is None else step.percent
    regions = tuple(sorted({*base.regions, *step.regions}))
    risen = replace(base, percent=percent, regions=regions, stage=_stage(percent, regions))
    if percent < base.percent or (base is now and risen == now):
        raise ReleaseNotRising(percent=base.percent, regions=", ".join(base.regions))
    return risen


def _begun(now: Standing, version: UUID) -> Standing:
    return replace(
        now,
        candidate=version,
        percent=0,
        regions=(),
        withdrawn=now.withdrawn - {version},
        stage=Stage.TESTERS,
    )


def _given(now: Standing, version: UUID) -> Standing:
    previous = now.stable if now.stable not in now.withdrawn | now.killed else None
    return replace(
        now, stage=Stage.EVERYONE, stable=version, previous=previous, candidate=None, percent=0, regions=()
    )


def _stage(percent: int, regions: Sequence[str]) -> Stage:
    if regions:
        return Stage.REGIONS
    return Stage.PERCENT if percent else Stage.TESTERS


def roll_back(now: Standing, to: UUID) -> Standing:
    """Return the standing after everybody was given the approved version `to` again, and no candidate.

    Raises:
        VersionNotReleasable: it was killed, or it is what everybody has already.
    """
    if to in now.killed or (to == now.stable and now.candidate is None):
        raise VersionNotReleasable(version=to)
    fallen = {version for version in (now.candidate, now.stable) if version is not None and version != to}
    return replace(
        now, stage=Stage.NONE, stable=to, previous=None, candidate=None, percent=0, regions=(),
        withdrawn=(now.withdrawn | fallen) - {to},
    )  # fmt: skip


def halt(now: Standing, version: UUID) -> Standing | None:
    """Return the standing after `version` was taken back by itself; None: there is nothing to go back to.

    A candidate is taken from whoever has it.  What everybody has gives way to the version before it, once.
    """
    if version == now.candidate:
        return replace(
            now, stage=Stage.HALTED, candidate=None, percent=0, regions=(),
            withdrawn=now.withdrawn | {version},
        )  # fmt: skip
    if version != now.stable or now.previous is None or now.previous in now.withdrawn | now.killed:
        return None
    fallen = replace(now, stable=now.previous, previous=None, withdrawn=now.withdrawn | {version})
    if now.candidate not in (None, now.previous):
        return fallen  # the trial of a later version goes on
    return replace(fallen, stage=Stage.HALTED, candidate=None, percent=0, regions=())


def kill(now: Standing, killed: frozenset[UUID]) -> Standing:
    """Return the standing when just these versions are switched off; a candidate that was does not return."""
    if now.candidate in killed:
        return replace(now, killed=killed, stage=Stage.HALTED, candidate=None, percent=0, regions=())
    return replace(now, killed=killed)
