"""How strong and fresh a sign-in must be, and what a refusal says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from identity import assurance
from identity.errors import StepUpNeeded
from tests.api.conftest import NOON, as_citizen

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("level", assurance.LEVELS)
def test_a_level_and_its_acr_are_one(level):
    assert assurance.level_of(assurance.acr_of(level)) == level
    assert assurance.level_of(f"{level}") is None


@pytest.mark.parametrize(
    ("level", "age", "needed", "max_age", "enough"),
    [
        (3, 0 * MINUTE, 3, MINUTE, True),
        (3, MINUTE, 3, MINUTE, True),
        (3, 2 * MINUTE, 3, MINUTE, False),
        (2, 0 * MINUTE, 3, None, False),
        (2, 600 * MINUTE, 2, None, True),
    ],
)
def test_a_sign_in_suffices_when_it_is_strong_and_fresh(level, age, needed, max_age, enough):
    told = assurance.suffices(level, NOON - age, needed=needed, max_age=max_age, now=NOON)
    assert told is enough


def test_nobody_who_never_proved_himself_is_fresh():
    assert not assurance.suffices(3, None, needed=1, max_age=MINUTE, now=NOON)


def test_a_refusal_says_how_to_step_up():
    actor = replace(as_citizen(), level=2, authenticated_at=NOON)
    with pytest.raises(StepUpNeeded) as refused:
        assurance.need(actor, level=3, max_age=5 * MINUTE, now=NOON)
    assert refused.value.data == {"acr_values": "urn:banshi:level:3", "max_age": "300"}
    assurance.need(replace(actor, level=3), level=3, max_age=5 * MINUTE, now=NOON)
