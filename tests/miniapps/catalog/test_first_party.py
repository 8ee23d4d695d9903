"""The platform's own mini-apps: enumerated here, and each goes the way that everybody's goes."""

import re

import pytest

from api.graphql.documents import listed
from banshi import gate, package
from banshi import manifest as manifests
from banshi.package import MANIFEST
from banshi.scopes import GRANTABLE
from identity import departments
from identity.departments import PLATFORM
from identity.roles import Role
from miniapps.catalog import queries, service
from miniapps.catalog.errors import AgreementMissing
from miniapps.catalog.rules import AppState, Side, VersionState
from miniapps.catalog.service import agreements, first_party, packages
from miniapps.catalog.tables import TeamKey
from miniapps.release import service as release
from miniapps.release.rules.switches import SwitchKind
from storage import objects
from tests.api.conftest import an_actor, as_clerk, as_operator
from tests.miniapps.catalog.packed import NOON

SHIPPED = first_party.shipped()
FIRST_PARTY = {"service-guide"}
"""A name here is a decision: it is what citizens get from us."""


@pytest.fixture
async def store(db, seaweed):
    objects.configure(seaweed)
    await objects.ensure_bucket()
    packages.forget()
    await departments.seed()
    yield
    objects.close()


def made(app_id: str) -> package.Package:
    found = SHIPPED[app_id]
    manifest = manifests.read(found[MANIFEST].decode())
    return package.read(package.pack(manifest, found, package.new_key()))


def test_first_party_mini_apps_are_these():
    assert set(SHIPPED) == FIRST_PARTY


@pytest.mark.parametrize("app_id", SHIPPED)
def test_each_has_a_manifest_asks_what_others_may_ask_and_passes_the_gate(app_id):
    found = made(app_id)

    assert found.manifest.id == app_id
    assert set(found.manifest.scopes) <= {str(scope) for scope in GRANTABLE}
    assert gate.inspect(found) == []


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("app_id", SHIPPED)
async def test_each_passes_where_its_pages_run(app_id):
    assert (await gate.judge(made(app_id))).findings == []


@pytest.mark.parametrize("app_id", SHIPPED)
def test_each_asks_the_platform_by_documents_of_today(app_id):
    known = {entry.sha256 for entry in listed()}
    sent = set(re.findall(r"sha256:([0-9a-f]{64})", b"".join(SHIPPED[app_id].values()).decode()))

    assert sent <= known


async def test_each_is_handed_in_once_and_nobody_can_sign_for_us_after_it(store):
    brought = await first_party.bring(now=NOON)

    assert {(row.version, row.state) for row in brought} == {("1.0.2", VersionState.SUBMITTED)}
    assert await first_party.bring(now=NOON) == []
    keys = await TeamKey.objects()
    assert len(keys) == len(brought)
    assert all(key.retired_at is not None for key in keys)


async def test_each_waits_for_people_signatures_and_release_and_stops_at_the_switch(store):
    office, operator = await departments.the(PLATFORM, "330000"), as_operator()
    for row in await first_party.bring(now=NOON):
        app_id = (await queries.app_of(operator, row)).app_id
        await service.gate_passed(row.id, now=NOON)
        with pytest.raises(AgreementMissing):
            await service.approve(operator, row.id, now=NOON)
        developer = an_actor(Role.DEVELOPER, acting_for=office)
        for actor, side in ((as_clerk(office), Side.DEPARTMENT), (developer, Side.VENDOR)):
            await agreements.sign(actor, app_id, agreements.text(side).sha256, now=NOON)
        assert await packages.served(app_id, row.version) is None
        await service.approve(operator, row.id, now=NOON)
        await release.release(operator, row.id, now=NOON)
        packages.forget()

        assert (await queries.app(operator, app_id)).state == AppState.LISTED
        assert await packages.served(app_id, row.version) is not None

        await release.switch_off(operator, SwitchKind.APP, app_id, reason="演练", notice="暂停服务", now=NOON)
        packages.forget()
        assert await packages.served(app_id, row.version) is None
