"""A release goes up only while department and vendor are bound; down it goes always."""

import pytest

from identity.roles import Role
from miniapps.catalog.errors import AgreementMissing
from miniapps.catalog.service import agreements
from miniapps.release import service
from miniapps.release.rules.rising import Step
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.catalog.factories import make_approved, make_released
from tests.miniapps.release.factories import NOON


async def test_nothing_goes_up_without_the_agreement_and_everything_goes_down(db):
    developer, operator = an_actor(Role.DEVELOPER), as_operator()
    await make_released(developer, operator, NOON)
    later = await make_approved(developer, operator, NOON, version="1.1.0")
    await service.promote(developer, "rent-app", "1.1.0", Step(percent=5), idempotency_key="a", now=NOON)
    await agreements.withdraw(developer, "rent-app", "不再运行", now=NOON)

    with pytest.raises(AgreementMissing):
        await service.promote(developer, "rent-app", "1.1.0", Step(percent=9), idempotency_key="b", now=NOON)
    with pytest.raises(AgreementMissing):
        await service.release(operator, later.id, now=NOON)
    await service.roll_back(developer, "rent-app", "1.0.0", "撤回", idempotency_key="c", now=NOON)


async def test_no_version_goes_up_for_the_first_time_by_rolling_back_without_the_agreement(db):
    developer, operator = an_actor(Role.DEVELOPER), as_operator()
    await make_released(developer, operator, NOON)
    await make_approved(developer, operator, NOON, version="1.1.0")
    await agreements.withdraw(developer, "rent-app", "不再运行", now=NOON)

    with pytest.raises(AgreementMissing):
        await service.roll_back(developer, "rent-app", "1.1.0", "撤回", idempotency_key="a", now=NOON)
