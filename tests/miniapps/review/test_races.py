"""Several at once: one claim, one decision, one round."""

import asyncio

import pytest

from banshi.errors import DomainError
from identity.roles import Role
from miniapps.review import queries, service
from miniapps.review.rules import ReviewState
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.review.factories import NOON, WRONG, queued, refused


@pytest.fixture
def developer():
    return an_actor(Role.DEVELOPER)


async def at_once(*acts) -> tuple[int, set[str]]:
    """How many were done, and the codes with which the others were refused."""
    came = await asyncio.gather(*acts, return_exceptions=True)
    refused_ = [each for each in came if isinstance(each, BaseException)]
    assert all(isinstance(each, DomainError) for each in refused_), refused_
    return len(came) - len(refused_), {each.code for each in refused_}


async def test_of_four_who_claim_one_has_it(db, developer):
    row = await queued(developer)

    done, codes = await at_once(*(service.claim(as_operator(), row.id, now=NOON) for _ in range(4)))

    assert (done, codes) == (1, {"REVIEW_TAKEN"})


async def test_of_approving_and_refusing_one_happens(db, developer):
    row, operator = await queued(developer), as_operator()
    await service.claim(operator, row.id, now=NOON)

    done, codes = await at_once(
        service.approve(operator, row.id, now=NOON),
        service.refuse(operator, row.id, [WRONG], now=NOON),
        service.approve(operator, row.id, now=NOON),
    )

    assert (done, codes) == (1, {"REVIEW_OVER"})


async def test_appeals_and_tasks_at_once_make_one_round(db, developer):
    row = await refused(developer, as_operator())

    done, codes = await at_once(
        *(service.appeal(developer, row.version_id, "按钮在下面", now=NOON) for _ in range(3)),
        *(service.open_(row.version_id, now=NOON) for _ in range(2)),
    )

    assert codes == {"REVIEW_APPEAL_REFUSED"}
    assert done == 3
    rounds = await queries.rounds(row.version_id)
    assert [each.state for each in rounds] == [ReviewState.REFUSED, ReviewState.WAITING]
