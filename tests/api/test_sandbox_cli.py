"""`banshi sandbox`: only where a platform of `banshi run` runs, and its people are invented."""

import click
import pytest
from click.testing import CliRunner

from api.cli import sandbox
from api.cli.main import main
from api.supervisor.folder import DataFolder
from identity.roles import Role
from miniapps.catalog import service as catalog
from miniapps.catalog.tables import AppSignature
from miniapps.review.rules import LookState
from miniapps.review.tables import AppLook
from storage import clock
from tests.api.conftest import an_actor
from tests.miniapps.catalog.factories import DEPARTMENT, a_manifest, the_department


def run(*arguments: str, data: str):
    return CliRunner().invoke(main, ["sandbox", *arguments], env={"BANSHI_DATA": data})


@pytest.mark.parametrize("words", [("sign", "app"), ("approve", "app"), ("call", "app", "hello")])
def test_nothing_is_played_where_nothing_runs(tmp_path, words):
    done = run(*words, data=str(tmp_path))

    assert done.exit_code == 1
    assert "nothing is running" in done.output


@pytest.mark.parametrize("words", [("sign", "app"), ("approve", "app"), ("call", "app", "hello")])
def test_nobody_is_played_in_production(tmp_path, words):
    folder = DataFolder(tmp_path / "data")
    folder.hold()
    folder.announce({"BANSHI_MODE": "production", "BANSHI_PORT": "1"})
    try:
        done = run(*words, data=str(tmp_path / "data"))
    finally:
        folder.let_go()

    assert done.exit_code == 1
    assert "people are real here" in done.output


async def test_the_department_that_the_manifest_names_signs(db, keys):
    now = await clock.now()
    await catalog.submit(an_actor(Role.DEVELOPER), a_manifest(id="nobodys-app"), now=now)
    with pytest.raises(click.ClickException, match="knows no department"):
        await sandbox._sign("nobodys-app")

    department_id = await the_department(DEPARTMENT)
    await catalog.submit(an_actor(Role.DEVELOPER), a_manifest(), now=now)
    assert await sandbox._sign("rent-app") == DEPARTMENT
    assert await sandbox._sign("rent-app") == DEPARTMENT, "twice is once"

    (row,) = await AppSignature.objects()
    assert (row.side, row.signer_id, row.role) == ("department", department_id, "manager")


async def test_what_is_not_in_review_is_not_approved(db, keys, monkeypatch):
    monkeypatch.setattr(sandbox, "PATIENCE_S", 0.2)
    await the_department(DEPARTMENT)
    developer, now = an_actor(Role.DEVELOPER), await clock.now()
    version = await catalog.submit(developer, a_manifest(), now=now)

    with pytest.raises(click.ClickException, match="does the worker run"):
        await sandbox._approve("rent-app")
    await catalog.withdraw(developer, version.id, now=now)
    with pytest.raises(click.ClickException, match="no version of rent-app is in review"):
        await sandbox._approve("rent-app")


async def test_a_look_that_waits_for_a_browser_is_told_at_once(db, keys):
    await the_department(DEPARTMENT)
    now = await clock.now()
    version = await catalog.submit(an_actor(Role.DEVELOPER), a_manifest(), now=now)
    await AppLook(
        version_id=version.id, team_id=version.team_id, began_at=now, state=LookState.WAITING,
        problem="there is no browser",
    ).save()  # fmt: skip

    with pytest.raises(click.ClickException, match=r"cannot look yet.*there is no browser"):
        await sandbox._approve("rent-app")
