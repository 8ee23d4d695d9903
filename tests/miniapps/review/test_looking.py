"""The machine looks at the package that was handed in, in real Chromium, and lets nothing pass unseen."""

from datetime import timedelta

import pytest

from banshi import gate, package
from banshi import manifest as manifests
from banshi.gate import Chromium
from banshi.gate.browser import BrowserFailed
from banshi.package import MANIFEST
from identity.roles import Role
from miniapps.catalog import queries as catalog_queries
from miniapps.catalog import service as catalog
from miniapps.catalog.rules import VersionState
from miniapps.notices.tables import Notice
from miniapps.review import queries, service
from miniapps.review.errors import ReviewNotFound
from miniapps.review.rules import AGAIN, MOST_TRIES, LookState, ReviewState
from miniapps.review.tables import AppLook
from miniapps.review.tasks import TASKS
from storage import objects
from tests.api.conftest import an_actor, as_citizen, as_operator
from tests.miniapps.catalog.packed import NOON, PEM, hand_in
from tests.sdk.gate import seen
from tests.workers import drain

DARK = {"style.css": seen.STYLE + "#more { color: #bbb }\n"}
PATH = "/index.html"


@pytest.fixture
def developer():
    return an_actor(Role.DEVELOPER)


@pytest.fixture
def without():
    service.configure(Chromium(program="/nowhere/chromium"))
    yield
    service.configure(Chromium())


def packed(changes: dict[str, str] | None = None) -> bytes:
    text = seen.MANIFEST_TEXT.replace("https://rent-withdrawal.example/", PATH)
    files = {MANIFEST: text, **seen.FILES, **(changes or {})}
    return package.pack(manifests.read(text), {name: held.encode() for name, held in files.items()}, PEM)


@pytest.mark.slow
async def test_a_good_one_goes_to_people_with_its_pictures(store, developer):
    version = await hand_in(developer, packed())

    for _ in range(2):  # as a task that was done and forgotten
        await service.look(version.id, now=NOON)

    look = await queries.look(developer, version.id)
    assert (look.state, look.found, look.tries) == (LookState.DONE, 0, 1)
    print(f"\nlooked at in {look.took_ms / 1000:.1f} s")
    assert look.took_ms < 180_000
    assert (await catalog_queries.version(developer, version.id)).state == VersionState.QUEUED
    assert queries.shots(look) == sorted(seen.SHOTS)
    picture = await service.shot(as_operator(), version.id, seen.SHOTS[0])
    assert picture.startswith(b"\x89PNG")
    await drain(TASKS, NOON)
    assert [row.state for row in await queries.rounds(version.id)] == [ReviewState.WAITING]


@pytest.mark.slow
async def test_a_bad_one_goes_back_with_place_and_picture_and_people_may_overrule(store, developer):
    version = await hand_in(developer, packed(DARK))

    await drain(TASKS, NOON)

    found = queries.findings(await queries.look(developer, version.id))
    assert {(each.rule, each.selector) for each in found} == {("page.contrast", "#more")}
    row = await catalog_queries.version(developer, version.id)
    assert row.state == VersionState.REFUSED
    assert row.reason.startswith("index.html: page.contrast: ")
    assert found[0].shot in queries.shots(await queries.look(developer, version.id))
    told = await Notice.objects().where(Notice.party_id == developer.person_id)
    assert [each.kind for each in told] == ["review.refused"]
    opened = await service.appeal(developer, version.id, "只在试验中如此", now=NOON)
    assert (await service.claim(as_operator(), opened.id, now=NOON)).round == 1


async def test_without_a_browser_a_version_waits_and_is_looked_at_again(store, developer, without):
    version = await hand_in(developer, packed())

    await drain(TASKS, NOON)

    look = await queries.look(developer, version.id)
    assert (look.state, look.tries, look.tried_at) == (LookState.WAITING, 0, NOON)
    assert look.problem.startswith("No browser: /nowhere/chromium is not there: install it")
    assert (await catalog_queries.version(developer, version.id)).state == VersionState.SUBMITTED
    later = NOON + AGAIN + timedelta(seconds=1)
    await drain(TASKS, later)
    look = await queries.look(developer, version.id)
    assert (look.tries, look.tried_at) == (0, later), "it is no fault of the pages"


async def test_pictures_are_for_the_team_and_for_operators_and_only_those_there_are(store, developer):
    version = await hand_in(developer, packed())
    await AppLook(version_id=version.id, team_id=version.team_id, began_at=NOON, shots='["a.png"]').save()
    await objects.put(f"gate/{version.id}/a.png", b"\x89PNG", media_type="image/png")
    await objects.put(f"gate/{version.id}/b.png", b"\x89PNG", media_type="image/png")

    for actor in (developer, as_operator()):
        assert await service.shot(actor, version.id, "a.png") == b"\x89PNG"
    for actor, name in (
        (as_citizen(), "a.png"), (an_actor(Role.DEVELOPER), "a.png"), (developer, "b.png"),
        (developer, "../a.png"),
    ):  # fmt: skip
        with pytest.raises(ReviewNotFound):
            await service.shot(actor, version.id, name)


async def test_a_version_that_was_withdrawn_is_not_looked_at(store, developer):
    version = await hand_in(developer, packed())
    await catalog.withdraw(developer, version.id, now=NOON)

    assert await service.look(version.id, now=NOON) is None
    with pytest.raises(ReviewNotFound):
        await queries.look(developer, version.id)


async def test_pages_that_break_the_looking_each_time_go_back(store, developer, monkeypatch):
    async def broken(*_, **__):
        raise BrowserFailed(problem="ValueError: invalid literal for int() with base 10: 'abc'")

    monkeypatch.setattr(gate, "judge", broken)
    version = await hand_in(developer, packed())

    for _ in range(MOST_TRIES - 1):
        await service.look(version.id, now=NOON)
    assert (await queries.look(developer, version.id)).state == LookState.WAITING
    await service.look(version.id, now=NOON)

    [found] = queries.findings(await queries.look(developer, version.id))
    assert (found.rule, "invalid literal" in found.problem) == ("browser.crash", True)
    assert (await catalog_queries.version(developer, version.id)).state == VersionState.REFUSED
