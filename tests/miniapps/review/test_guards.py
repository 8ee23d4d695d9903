"""Every verb of who reviews refuses everybody else by itself, whoever calls it and however he got there."""

from dataclasses import replace

import pytest

from banshi.errors import ScopeMissing
from identity.roles import Role
from miniapps.catalog import queries as catalog_queries
from miniapps.catalog import service as catalog
from miniapps.catalog.rules import VersionState
from miniapps.review import queries, service
from miniapps.review.rules import ReviewState
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.review.factories import NOON, WRONG, queued

OF_REVIEWS = {
    "claim": lambda actor, row: service.claim(actor, row.id, now=NOON),
    "unclaim": lambda actor, row: service.unclaim(actor, row.id, now=NOON),
    "hurry": lambda actor, row: service.hurry(actor, row.id, "防汛", now=NOON),
    "approve": lambda actor, row: service.approve(actor, row.id, now=NOON),
    "approve at once": lambda actor, row: service.approve_at_once(actor, row.version_id, now=NOON),
    "refuse": lambda actor, row: service.refuse(actor, row.id, [WRONG], now=NOON),
    "attach": lambda actor, row: service.attach(actor, row.id, b"", now=NOON),
    "approve a version": lambda actor, row: catalog.approve(actor, row.version_id, now=NOON),
    "refuse a version": lambda actor, row: catalog.refuse(actor, row.version_id, "不好", now=NOON),
}
OTHERS = [role for role in Role if role not in (Role.OPERATOR, Role.SERVICE)]


@pytest.mark.parametrize("verb", OF_REVIEWS)
async def test_nobody_but_an_operator_himself_has_a_verb_of_reviews(db, verb):
    developer, operator = an_actor(Role.DEVELOPER), as_operator()
    row = await queued(developer)
    await service.claim(operator, row.id, now=NOON)
    others = [an_actor(role, acting_for=developer.acting_for) for role in OTHERS]
    by_an_app = replace(operator, app_id="rent-app")

    for actor in (developer, *others, by_an_app):
        with pytest.raises(ScopeMissing):
            await OF_REVIEWS[verb](actor, row)

    assert (await queries.one(operator, row.id)).state == ReviewState.CLAIMED
    assert (await catalog_queries.version(operator, row.version_id)).state == VersionState.QUEUED


def test_all_verbs_that_take_a_reviewer_are_looked_at():
    of_developers, of_workers = {"note", "appeal"}, {"configure", "look", "open_", "sweep", "watch_looks"}
    told = {name for name in service.__all__ if name.startswith("tell_")} | {"shot"}

    rest = set(service.__all__) - of_developers - of_workers - told
    assert {name.replace(" ", "_") for name in OF_REVIEWS if " a version" not in name} == rest
