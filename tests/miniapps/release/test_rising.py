"""A release rises step by step and falls at once; whoever is inside keeps his version until it is stopped."""

from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from banshi.errors import DomainError
from miniapps.release.errors import CandidateUnderWay, ReleaseNotRising, VersionNotReleasable
from miniapps.release.rules import rising
from miniapps.release.rules.choice import Citizen, choose
from miniapps.release.rules.rising import Stage, Standing, Step

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
VERSIONS = st.sampled_from([ONE, TWO, THREE])
EVERYONE = Step(everyone=True)


def at(version: UUID, *steps: Step, now: Standing | None = None) -> Standing:
    standing = now or Standing(stable=ONE)
    for step in steps:
        standing = rising.promote(standing, version, step)
    return standing


def test_a_release_rises_by_its_stages():
    standing, stages = Standing(stable=ONE), []
    for step in (Step(), Step(percent=1), Step(percent=20), Step(regions=("330100",)), EVERYONE):
        standing = rising.promote(standing, TWO, step)
        stages.append(standing.stage)

    assert stages == [Stage.TESTERS, Stage.PERCENT, Stage.PERCENT, Stage.REGIONS, Stage.EVERYONE]
    assert (standing.stable, standing.previous, standing.candidate) == (TWO, ONE, None)


def test_a_later_percentage_keeps_the_regions():
    standing = at(TWO, Step(regions=("330100",)), Step(percent=5))

    assert (standing.stage, standing.regions, standing.percent) == (Stage.REGIONS, ("330100",), 5)


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ((Step(),), Step()),
        ((Step(percent=20),), Step(percent=20)),
        ((Step(percent=20),), Step(percent=19)),
        ((Step(regions=("330100",)),), Step(regions=("330100",))),
        ((Step(percent=20, regions=("330100",)),), Step(percent=10, regions=("330200",))),
    ],
)
def test_a_step_that_adds_nobody_is_refused(before, step):
    with pytest.raises(ReleaseNotRising):
        rising.promote(at(TWO, *before), TWO, step)


def test_one_version_is_tried_at_a_time():
    with pytest.raises(CandidateUnderWay):
        rising.promote(at(TWO, Step(percent=1)), THREE, Step())


def test_what_everybody_has_is_not_promoted():
    with pytest.raises(VersionNotReleasable):
        rising.promote(Standing(stable=ONE), ONE, Step())


def test_rolling_back_takes_the_candidate_from_everybody():
    standing = rising.roll_back(at(TWO, Step(percent=50)), ONE)

    assert (standing.stage, standing.stable, standing.candidate) == (Stage.NONE, ONE, None)
    assert standing.withdrawn == {TWO}


def test_one_can_roll_back_to_any_version_and_forward_again():
    standing = at(THREE, EVERYONE, now=at(TWO, EVERYONE))

    back = rising.roll_back(standing, ONE)
    again = at(THREE, EVERYONE, now=back)

    assert (back.stable, back.withdrawn) == (ONE, {THREE})
    assert (again.stable, again.withdrawn) == (THREE, frozenset())


def test_there_is_nothing_to_roll_back_when_everybody_has_it():
    with pytest.raises(VersionNotReleasable):
        rising.roll_back(Standing(stable=ONE), ONE)


def test_halting_takes_a_candidate_back():
    standing = rising.halt(at(TWO, Step(percent=50)), TWO)

    assert standing is not None
    assert (standing.stage, standing.stable, standing.candidate) == (Stage.HALTED, ONE, None)
    assert standing.withdrawn == {TWO}


def test_halting_what_everybody_has_gives_the_version_before_it():
    standing = rising.halt(at(TWO, EVERYONE), TWO)

    assert standing is not None
    assert (standing.stage, standing.stable, standing.previous) == (Stage.HALTED, ONE, None)


def test_the_trial_of_a_later_version_goes_on_when_what_everybody_has_is_halted():
    standing = rising.halt(at(THREE, Step(percent=5), now=at(TWO, EVERYONE)), TWO)

    assert standing is not None
    assert (standing.stage, standing.stable, standing.candidate) == (Stage.PERCENT, ONE, THREE)


@pytest.mark.parametrize(
    "standing",
    [
        Standing(stable=TWO),
        at(TWO, EVERYONE, now=Standing()),
        rising.kill(at(TWO, EVERYONE), frozenset({ONE})),
        rising.roll_back(at(THREE, EVERYONE), TWO),
    ],
    ids=["long ago", "first release", "the one before is killed", "rolled back to"],
)
def test_nothing_is_halted_without_a_version_to_go_back_to(standing):
    assert rising.halt(standing, TWO) is None


def test_a_killed_candidate_does_not_come_back_by_itself():
    killed = rising.kill(at(TWO, Step(percent=50)), frozenset({TWO}))
    revived = rising.kill(killed, frozenset())

    assert killed.candidate is None
    assert revived.candidate is None
    assert at(TWO, Step(percent=1), now=revived).candidate == TWO


def test_what_is_killed_is_neither_promoted_nor_rolled_back_to():
    killed = rising.kill(Standing(stable=ONE), frozenset({TWO}))

    with pytest.raises(VersionNotReleasable):
        rising.promote(killed, TWO, Step())
    with pytest.raises(VersionNotReleasable):
        rising.roll_back(killed, TWO)


class Life(RuleBasedStateMachine):
    """Any steps in any order, with sessions that open in between."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = Standing(stable=ONE)
        self.inside: dict[UUID, tuple[Citizen, UUID]] = {}

    def _move(self, make) -> None:
        try:
            self.standing = make() or self.standing
        except DomainError:
            return
        assert self.standing.stable not in self.standing.withdrawn
        assert self.standing.candidate not in self.standing.offer.stopped

    @rule(
        version=VERSIONS,
        percent=st.none() | st.integers(1, 100),
        regions=st.lists(st.sampled_from(["330100", "330200"]), max_size=2),
        everyone=st.booleans(),
    )
    def promote(self, version, percent, regions, everyone):
        before = self.standing
        step = Step(percent=percent, regions=tuple(regions), everyone=everyone)
        self._move(lambda: rising.promote(self.standing, version, step))
        if before.candidate is not None and self.standing.candidate == before.candidate:
            assert self.standing.percent >= before.percent
            assert set(self.standing.regions) >= set(before.regions)

    @rule(version=VERSIONS)
    def roll_back(self, version):
        self._move(lambda: rising.roll_back(self.standing, version))

    @rule(version=VERSIONS)
    def halt(self, version):
        self._move(lambda: rising.halt(self.standing, version))

    @rule(killed=st.frozensets(VERSIONS, max_size=2))
    def kill(self, killed):
        self._move(lambda: rising.kill(self.standing, killed))

    @rule(session=st.uuids(), region=st.sampled_from(["330106", "330204", "331002"]), tests=st.booleans())
    def open_(self, session, region, tests):
        citizen = Citizen(session, region, tests)
        found = choose(self.standing.offer, citizen)
        if found is not None:
            self.inside[session] = citizen, found

    @precondition(lambda self: self.inside)
    @rule()
    def open_again(self):
        offer = self.standing.offer
        for session, (citizen, before) in list(self.inside.items()):
            found = choose(offer, citizen, before)
            assert found == before or before in offer.stopped
            if found is None:
                del self.inside[session]
            else:
                self.inside[session] = citizen, found


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
