"""The team says where its back end is called; only where nobody is harmed, and it stands in the audit."""

from datetime import UTC, datetime

import pytest

from banshi.errors import ScopeMissing
from identity.audit import AuditRow
from identity.roles import Role
from miniapps.catalog import service as catalog
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.rules import Environment
from miniapps.gateway import service
from miniapps.gateway.errors import UpstreamRefused
from miniapps.gateway.service import GatewaySettings
from miniapps.gateway.service._upstreams import upstream_of
from tests.api.conftest import an_actor, as_citizen
from tests.miniapps.catalog.factories import a_manifest

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
SANDBOX, PRODUCTION = Environment.SANDBOX, Environment.PRODUCTION


@pytest.fixture
async def developer(db):
    made = an_actor(Role.DEVELOPER)
    await catalog.submit(made, a_manifest(), now=NOON)
    return made


async def set_to(developer, url: str, environment=SANDBOX, *, is_signed=False):
    return await service.set_upstream(developer, "rent-app", environment, url, is_signed=is_signed, now=NOON)


async def test_each_environment_has_an_address_until_it_is_removed(developer):
    await set_to(developer, "http://127.0.0.1:8001/base/")
    await set_to(developer, "http://localhost:8002", PRODUCTION)
    await set_to(developer, "http://localhost:8002", PRODUCTION)

    trial, live = await upstream_of("rent-app--sandbox", now=NOON), await upstream_of("rent-app", now=NOON)
    assert (trial.path("rent.check"), trial.place.port) == ("/base/apis/rent.check", 8001)
    assert (live.path("rent.check"), live.place.port) == ("/apis/rent.check", 8002)
    assert [row.url for row in await service.upstreams(developer, "rent-app")] == [
        "http://localhost:8002", "http://127.0.0.1:8001/base",
    ]  # fmt: skip
    assert await service.remove_upstream(developer, "rent-app", PRODUCTION, now=NOON)
    assert not await service.remove_upstream(developer, "rent-app", PRODUCTION, now=NOON)
    assert await upstream_of("rent-app", now=NOON) is None
    acts = [row.act for row in await AuditRow.objects().order_by(AuditRow.id) if row.act.startswith("up")]
    assert acts == ["upstream.set", "upstream.set", "upstream.remove"]


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]", "ftp://a.example",
     "https://192.0.2.1:8443", "https://u:p@a.example", "http://127.0.0.1/?x=1", "http://127.0.0.1/#x",
     "http://127.0.0.1/" + "x" * 300, "https://no-such-host.invalid", ""],
)  # fmt: skip
async def test_an_address_that_is_not_called_is_not_taken(developer, url):
    with pytest.raises(UpstreamRefused):
        await set_to(developer, url)


async def test_this_machine_is_none_in_production(developer):
    service.configure(GatewaySettings(loopback=False))
    try:
        with pytest.raises(UpstreamRefused):
            await set_to(developer, "http://127.0.0.1:8001")
    finally:
        service.configure(GatewaySettings())


async def test_nobody_else_says_where_it_is(developer):
    for actor, error in ((an_actor(Role.DEVELOPER), AppNotFound), (as_citizen(), ScopeMissing)):
        with pytest.raises(error):
            await set_to(actor, "http://127.0.0.1:8001")
        with pytest.raises(error):
            await service.upstreams(actor, "rent-app")
        with pytest.raises(error):
            await service.remove_upstream(actor, "rent-app", SANDBOX, now=NOON)
