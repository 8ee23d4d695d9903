"""The server from its first to its last breath."""

import gc

import pytest

from api import metrics
from api.app import create_app
from api.wiring import NoVerifier, configure
from banshi.errors import Unavailable
from identity import verifier
from identity.sandbox import SandboxVerifier
from miniapps.cases.service._together import GROUP
from storage import clock
from storage.db import DB, fetch
from storage.settings import DatabaseSettings, QueueSettings
from tests.api.conftest import NOON, serving, some_settings


@pytest.fixture
def collector():
    """The garbage collector as Python begins with it, and then again as the tests set it."""
    before = gc.get_threshold()
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    yield
    gc.freeze()
    gc.set_threshold(*before)


async def test_the_server_connects_when_it_begins_and_lets_go_when_it_ends(
    postgres, database, valkey, seaweed, collector
):
    settings = some_settings(
        database=DatabaseSettings(url=postgres.url("app", database)),
        queue=QueueSettings(url=valkey.url),
        objects=seaweed,
    )

    assert gc.get_freeze_count() == 0

    async with create_app(settings).lifespan():
        connected = await fetch("SELECT current_user AS who")
        spared, thresholds = gc.get_freeze_count(), gc.get_threshold()

    assert connected == [{"who": "app"}]
    assert spared > 10_000
    assert thresholds == (50_000, 20, 50)
    assert DB.pool is None
    clock.configure("system")


async def test_without_an_authority_nobody_signs_in():
    configure(some_settings(verifier="none"))

    with pytest.raises(Unavailable):
        await verifier.current().verify("face", {}, address="127.0.0.1", now=NOON)

    assert isinstance(verifier.current(), NoVerifier)
    configure(some_settings(verifier="sandbox"))
    assert isinstance(verifier.current(), SandboxVerifier)
    clock.configure("system")


def test_submissions_share_statements_unless_that_is_switched_off():
    configure(some_settings(switched_off=("groups",)))
    alone = GROUP.grouping
    configure(some_settings())

    assert (alone, GROUP.grouping) == (False, True)
    clock.configure("system")


@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://www.example.cn", True), ("https://evil.example", False)]
)
async def test_only_pages_of_our_own_origins_may_call(origin, allowed):
    async with serving(some_settings(clock="system", cors_origins=("https://www.example.cn",))) as client:
        asked = await client.options(
            "/graphql",
            headers={"origin": origin, "access-control-request-method": "POST"},
        )
        answer = await client.get("/healthz", headers={"origin": origin})

    assert (asked.headers.get("access-control-allow-origin") == origin) is allowed
    assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
    assert "access-control-allow-credentials" not in answer.headers


def test_figures_of_several_processes_are_added_up(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))

    assert metrics.exposition() == b""
