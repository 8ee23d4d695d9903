"""`miniapp webhooks` against a platform: an address, a test, what came of it, and once more."""

import pytest

from identity.roles import Role
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.catalog.tables import MiniAppVersion
from miniapps.webhooks.tasks import TASKS
from storage import clock
from storage.db import execute, fetch
from tests.api.conftest import an_actor
from tests.api.test_miniapp_cli import settings as settings
from tests.api.test_miniapp_cli import shell as shell
from tests.miniapps.webhooks.conftest import receiver as receiver
from tests.workers import drain

AT = ("--environment", "sandbox")


@pytest.fixture
async def published(shell, receiver):
    """The same shell, once its mini-app is there and has something to sign with."""
    await shell.fine("keys", "register", "team.pem")
    await shell.fine("publish")
    [version] = await MiniAppVersion.objects()
    maker = an_actor(Role.DEVELOPER, acting_for=version.team_id)
    nothing = await shell.run("webhooks", "register", receiver.url, *AT)
    assert (nothing.exit_code, "CREDENTIAL_NOT_FOUND" in nothing.output) == (1, True)
    await credentials.issue(maker, "hello-app", Environment.SANDBOX, now=await clock.now())
    return shell


async def listed(shell, *arguments: str) -> list[str]:
    """What is listed, without what the platform logs of it in this very process."""
    said = await shell.fine("webhooks", "list", *arguments)
    return [line for line in said.splitlines() if not line.startswith("{")]


async def work() -> None:
    await drain(TASKS, await clock.now())


async def test_an_address_is_registered_tried_listed_and_told_again_by_commands(published, receiver):
    inside = await published.run("webhooks", "register", "https://10.0.0.1/", *AT)
    assert (inside.exit_code, "WEBHOOK_REFUSED" in inside.output) == (1, True)
    nowhere = await published.run("webhooks", "try", "case.decided", *AT)
    assert (nowhere.exit_code, "WEBHOOK_NOT_FOUND" in nowhere.output) == (1, True)

    said = await published.fine("webhooks", "register", receiver.url, *AT)
    assert f"hello-app--sandbox is told at {receiver.url}" in said
    assert "case.decided is on its way" in await published.fine("webhooks", "try", "case.decided", *AT)
    await work()
    receiver.decide = lambda told: 500
    await published.fine("webhooks", "try", "data.erased", *AT)
    await work()

    assert [told["type"] for told in receiver.told] == ["case.decided", "data.erased"]
    place, *lines = await listed(published)
    assert place.split() == ["sandbox", receiver.url, "(on;", "0", "waiting,", "0", "dead)"]
    assert [line.split()[3:] for line in lines] == [
        ["data.erased", "(test)", "dead", "500"], ["case.decided", "(test)", "delivered", "202"],
    ]  # fmt: skip
    [dead] = (await listed(published, "--state", "dead"))[1:]

    receiver.decide = lambda told: 204
    again = await published.fine("webhooks", "replay", dead.split()[2])
    assert "data.erased is sent again as msg_" in again
    await work()
    assert (
        receiver.ids[-1]
        == receiver.ids[-2]
        == next(word for word in again.split() if word.startswith("msg_"))
    )
    assert len(await listed(published, "--state", "dead")) == 1


async def test_what_was_given_up_since_then_is_sent_again_by_one_command(published, receiver):
    await published.fine("webhooks", "register", receiver.url, *AT)
    await published.fine("webhooks", "try", "case.decided", *AT)
    await work()
    await execute("UPDATE webhook_delivery SET state = 'dead', test = FALSE")

    for neither in ((), ("0", "--since", "2026-11-20")):
        refused = await published.run("webhooks", "replay", *neither, *AT)
        assert (refused.exit_code, "name a delivery, or say --since" in refused.output) == (1, True)
    none = await published.fine("webhooks", "replay", "--since", "2099-01-01", *AT)
    assert "0 deliveries are sent again" in none
    assert "1 deliveries are sent again" in await published.fine(
        "webhooks", "replay", "--since", "2026-01-01", *AT
    )
    await work()

    assert len(set(receiver.ids)) == 1 and len(receiver.ids) == 2
    assert [row["state"] for row in await fetch("SELECT state FROM webhook_delivery")] == ["delivered"]
