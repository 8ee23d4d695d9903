"""Back ends get credentials for each environment, shown once, and rotated without a pause."""

from datetime import UTC, datetime, timedelta

import pytest

from banshi.errors import ScopeMissing
from identity import clients
from identity.roles import Role
from miniapps.catalog import service
from miniapps.catalog.errors import (
    AgreementMissing,
    AppIdTaken,
    AppNotFound,
    CredentialExists,
    CredentialNotFound,
)
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from storage.db import fetch
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.catalog.factories import a_manifest, handed_in

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
LATER = NOON + clients.OVERLAP + timedelta(seconds=1)
SANDBOX, PRODUCTION = Environment.SANDBOX, Environment.PRODUCTION


@pytest.fixture
def developer():
    return an_actor(Role.DEVELOPER)


async def knows(client_id: str, secret: str, now=NOON) -> bool:
    client = await clients.enabled(client_id)
    return client is not None and client.knows(secret, now=now)


async def test_each_environment_has_its_own(db, developer):
    await handed_in(developer, NOON)

    trial = await credentials.issue(developer, "rent-app", SANDBOX, now=NOON)
    live = await credentials.issue(developer, "rent-app", PRODUCTION, now=NOON)

    assert (trial.client_id, live.client_id) == ("rent-app--sandbox", "rent-app")
    assert await knows("rent-app--sandbox", trial.client_secret)
    assert await knows("rent-app", live.client_secret)
    assert not await knows("rent-app", trial.client_secret)
    assert await credentials.webhook_secrets("rent-app", PRODUCTION, now=NOON) == [live.webhook_secret]
    assert await credentials.webhook_secrets("rent-app", SANDBOX, now=NOON) == [trial.webhook_secret]
    assert await credentials.held(developer, "rent-app") == [SANDBOX, PRODUCTION]


async def test_production_waits_for_the_agreement(db, developer):
    await service.submit(developer, a_manifest(), now=NOON)

    with pytest.raises(AgreementMissing):
        await credentials.issue(developer, "rent-app", PRODUCTION, now=NOON)

    assert (await credentials.issue(developer, "rent-app", SANDBOX, now=NOON)).client_secret


async def test_secrets_are_shown_once_and_kept_nowhere_in_clear(db, developer):
    await service.submit(developer, a_manifest(), now=NOON)
    made = await credentials.issue(developer, "rent-app", SANDBOX, now=NOON)

    with pytest.raises(CredentialExists):
        await credentials.issue(developer, "rent-app", SANDBOX, now=NOON)

    for table in ("oidc_client", "oidc_client_secret", "mini_app_webhook_secret", "audit_row", "outbox"):
        text = str([dict(row) for row in await fetch(f"SELECT * FROM {table}")])
        assert made.client_secret not in text
        assert made.webhook_secret not in text


async def test_rotated_secrets_overlap_for_a_week(db, developer):
    await service.submit(developer, a_manifest(), now=NOON)
    old = await credentials.issue(developer, "rent-app", SANDBOX, now=NOON)

    new = await credentials.rotate_secret(developer, "rent-app", SANDBOX, now=NOON)
    hook = await credentials.rotate_webhook_secret(developer, "rent-app", SANDBOX, now=NOON)

    assert new.webhook_secret is None
    assert hook.client_secret is None
    for at, is_known in ((NOON, True), (LATER, False)):
        assert await knows("rent-app--sandbox", old.client_secret, at) is is_known
        assert await knows("rent-app--sandbox", new.client_secret, at)
        living = await credentials.webhook_secrets("rent-app", SANDBOX, now=at)
        assert living == [hook.webhook_secret, *([old.webhook_secret] if is_known else [])]


async def test_nothing_is_rotated_that_never_was(db, developer):
    await service.submit(developer, a_manifest(), now=NOON)

    for verb in (credentials.rotate_secret, credentials.rotate_webhook_secret):
        with pytest.raises(CredentialNotFound):
            await verb(developer, "rent-app", SANDBOX, now=NOON)


async def test_whose_it_is_not_gets_none(db, developer):
    await service.submit(developer, a_manifest(), now=NOON)

    for verb in (credentials.issue, credentials.rotate_secret, credentials.rotate_webhook_secret):
        with pytest.raises(AppNotFound):
            await verb(an_actor(Role.DEVELOPER), "rent-app", SANDBOX, now=NOON)
        with pytest.raises(ScopeMissing):
            await verb(as_operator(), "rent-app", SANDBOX, now=NOON)


async def test_the_id_of_a_relying_party_is_no_mini_app_s(db, developer):
    row = clients.OidcClient(
        client_id="rent-app", name="公积金助手", operator="某某", auth_method="none", profile="oidc",
        redirect_uris=[], post_logout_uris=[], scopes="{}", resources=[], serves=[], created_at=NOON,
    )  # fmt: skip
    await clients.add(row, now=NOON)

    with pytest.raises(AppIdTaken):
        await service.submit(developer, a_manifest(), now=NOON)
