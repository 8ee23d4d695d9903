"""Drafting the shelf together, publishing it at once, and going back."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from banshi.errors import InvalidInput, ScopeMissing
from identity.roles import Role
from miniapps.shelf import queries, service
from miniapps.shelf.errors import EditionNotFound, ShelfDraftChanged, ShelfNothingDrafted, ShelfRefused
from miniapps.shelf.rules import SHIPPED, Area, Category, Edit, Placing
from storage import news
from storage.db import fetch
from storage.ids import new_id
from tests.miniapps.shelf.factories import (
    HOUR,
    NOON,
    a_reader,
    a_slot,
    acts,
    an_actor,
    an_app,
    described,
    laid_out,
)

OPERATOR = an_actor(Role.OPERATOR)
MORE = Edit(categories=(Category("more", "更多", 99),))


async def listed(**rest) -> list[str]:
    page = await queries.apps(a_reader(), first=100, **rest)
    return [app.app_id for app in page.rows]


async def test_what_ships_is_published_once(db):
    await service.seed(now=NOON)
    await service.seed(now=NOON)

    edition = await queries.current()
    assert (edition.number, queries.whole(edition)) == (1, SHIPPED)
    assert await acts() == ["shelf.publish"]


async def test_a_draft_shows_to_nobody_until_it_is_published_and_then_whole(db):
    await service.seed(now=NOON)
    await an_app()
    await described()
    placing = Placing("rent-app", place=1, categories=("rent",), life_events=("property",))
    draft = await service.edit(
        OPERATOR, Edit(placings=(placing,), slots=(a_slot(),)), revision=None, now=NOON
    )

    before = await queries.shelf(a_reader(), at=NOON)
    in_advance = await queries.preview(OPERATOR, a_reader(), at=NOON, draft=True)
    assert before.featured == []
    assert [slot.code for slot, _ in in_advance.featured] == ["top"]
    assert await listed(life_event="property") == []

    edition = await service.publish(OPERATOR, revision=draft.revision, note="上线", key="k", now=NOON)
    after = await queries.shelf(a_reader(), at=NOON)
    assert (edition.number, edition.restores, after.edition) == (2, None, 2)
    assert [(slot.code, app.name) for slot, app in after.featured] == [("top", "租房提取")]
    assert await listed(life_event="property") == ["rent-app"]
    assert await queries.draft() is None
    assert await acts() == ["shelf.publish", "shelf.edit", "shelf.publish"]


async def test_a_former_edition_comes_back_as_a_new_one_and_the_draft_stays(db):
    await an_app()
    await described()
    await service.seed(now=NOON)
    placed = await laid_out(OPERATOR, Edit(placings=(Placing("rent-app", categories=("rent",)),)))
    draft = await service.edit(OPERATOR, MORE, revision=None, now=NOON)

    back = await service.roll_back(OPERATOR, 1, reason="放错了", key="b", now=NOON)

    assert (back.number, back.restores) == (3, 1)
    assert queries.whole(back) == SHIPPED
    assert await listed(category="rent") == []
    assert (await queries.draft()).revision == draft.revision
    again = await service.roll_back(OPERATOR, placed.number, reason="又要", key="c", now=NOON)
    assert again.number == 4
    assert await listed(category="housing") == ["rent-app"]  # the category above it
    with pytest.raises(EditionNotFound):
        await service.roll_back(OPERATOR, 99, reason="没有", key="d", now=NOON)


async def test_the_same_key_is_one_edition(db):
    await service.seed(now=NOON)
    draft = await service.edit(OPERATOR, MORE, revision=None, now=NOON)

    one = await service.publish(OPERATOR, revision=draft.revision, note="一", key="same", now=NOON)
    two = await service.publish(OPERATOR, revision=draft.revision, note="一", key="same", now=NOON)
    back = await service.roll_back(OPERATOR, 1, reason="退", key="back", now=NOON)

    assert one.id == two.id
    assert (await service.roll_back(OPERATOR, 1, reason="退", key="back", now=NOON)).id == back.id
    assert len(await fetch("SELECT FROM shelf_edition")) == 3


async def test_who_did_not_see_the_newest_draft_changes_and_publishes_nothing(db):
    await service.seed(now=NOON)
    first = await service.edit(OPERATOR, MORE, revision=None, now=NOON)
    await service.edit(OPERATOR, Edit(drop_categories=("more",)), revision=first.revision, now=NOON)

    with pytest.raises(ShelfDraftChanged):
        await service.edit(OPERATOR, MORE, revision=first.revision, now=NOON)
    with pytest.raises(ShelfDraftChanged):
        await service.publish(OPERATOR, revision=first.revision, note="旧", key="k", now=NOON)
    with pytest.raises(ShelfDraftChanged):
        await service.discard(OPERATOR, revision=first.revision, now=NOON)


async def test_a_change_that_comes_again_changes_nothing(db):
    await service.seed(now=NOON)
    first = await service.edit(OPERATOR, MORE, revision=None, now=NOON)

    again = await service.edit(OPERATOR, MORE, revision=None, now=NOON)

    assert again.revision == first.revision


async def test_of_two_who_begin_at_once_one_is_told(db):
    await service.seed(now=NOON)
    edits = [Edit(categories=(Category(f"more-{n}", "更多", n),)) for n in range(2)]

    done = await asyncio.gather(
        *(service.edit(OPERATOR, each, revision=None, now=NOON) for each in edits), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in done) == ["ShelfDraft", "ShelfDraftChanged"]


async def test_a_draft_thrown_away_is_gone_and_the_next_begins_from_what_is_in_force(db):
    await service.seed(now=NOON)
    draft = await service.edit(OPERATOR, MORE, revision=None, now=NOON)

    await service.discard(OPERATOR, revision=draft.revision, now=NOON)
    await service.discard(OPERATOR, revision=draft.revision, now=NOON)

    assert await queries.draft() is None
    with pytest.raises(ShelfNothingDrafted):
        await service.publish(OPERATOR, revision=draft.revision, note="空", key="k", now=NOON)
    assert (await acts()).count("shelf.discard") == 1


async def test_what_does_not_hold_together_is_refused_with_every_reason(db):
    await service.seed(now=NOON)
    wrong = Edit(
        categories=(Category("sub", "下级", 1, "nowhere"),), placings=(Placing("gone-app"),),
        slots=(a_slot(app_id="gone-app", place=0),),
    )  # fmt: skip

    with pytest.raises(ShelfRefused) as refused:
        await service.edit(OPERATOR, wrong, revision=None, now=NOON)

    assert len(refused.value.problems) == 4
    assert refused.value.extensions["problems"] == refused.value.problems
    assert await queries.draft() is None


async def test_a_category_in_use_is_not_dropped(db):
    await service.seed(now=NOON)
    await an_app()
    await laid_out(OPERATOR, Edit(placings=(Placing("rent-app", categories=("rent",)),)))

    with pytest.raises(ShelfRefused, match="rent"):
        await service.edit(OPERATOR, Edit(drop_categories=("rent",)), revision=None, now=NOON)


@pytest.mark.parametrize(("note", "key"), [("", "k"), ("字" * 201, "k"), ("好", ""), ("好", "k" * 81)])
async def test_a_note_and_a_key_are_needed(db, note, key):
    await service.seed(now=NOON)
    draft = await service.edit(OPERATOR, MORE, revision=None, now=NOON)

    with pytest.raises(InvalidInput):
        await service.publish(OPERATOR, revision=draft.revision, note=note, key=key, now=NOON)


async def test_only_operators_draft_and_look_at_drafts(db):
    citizen = an_actor(Role.CITIZEN)
    for verb in (
        service.edit(citizen, MORE, revision=None, now=NOON),
        service.discard(citizen, revision=new_id(), now=NOON),
        service.publish(citizen, revision=new_id(), note="好", key="k", now=NOON),
        service.roll_back(citizen, 1, reason="好", key="k", now=NOON),
        queries.editions(citizen, first=20, after=None),
        queries.preview(citizen, a_reader(), at=NOON, draft=True),
        queries.preview_apps(citizen, a_reader(), draft=True, first=20, after=None),
    ):
        with pytest.raises(ScopeMissing):
            await verb


async def test_a_draft_is_looked_at_as_a_citizen_of_a_group_at_a_time(db):
    await service.seed(now=NOON)
    await an_app()
    await an_app("fund-app", "公积金")
    await described()
    later = NOON + timedelta(days=3)
    slots = (
        a_slot("now"), a_slot("later", app_id="fund-app", begins=later, ends=later + HOUR),
        a_slot("sure", area=Area.HOME, least_level=3),
    )  # fmt: skip
    placings = (Placing("fund-app", place=1), Placing("rent-app", place=2, least_level=2))
    await service.edit(OPERATOR, Edit(slots=slots, placings=placings), revision=None, now=NOON)

    async def seen(reader, at):
        view = await queries.preview(OPERATOR, reader, at=at, draft=True)
        page = await queries.preview_apps(OPERATOR, reader, draft=True, first=10, after=None)
        return [slot.code for slot, _ in view.featured], [app.app_id for app in page.rows]

    assert await seen(a_reader(), NOON) == (["now", "sure"], ["fund-app", "rent-app"])
    assert await seen(a_reader(level=1), NOON) == ([], ["fund-app"])
    assert await seen(a_reader(), later) == (["later"], ["fund-app", "rent-app"])
    published = await queries.preview_apps(OPERATOR, a_reader(), draft=False, first=10, after=None)
    assert [app.app_id for app in published.rows] == ["fund-app", "rent-app"]  # by name, nothing is placed


async def test_what_is_in_force_is_asked_once_and_another_edition_is_seen_at_once(db, postgres, database):
    async def categories() -> list[str]:
        return [each.code for each in (await queries.shelf(a_reader(), at=NOON)).categories]

    async with news.listening(postgres.url("app", database), queries.listener()):
        await service.seed(now=NOON)
        async with asyncio.timeout(5):  # until what was told of this edition has been heard
            asked = True
            while asked:
                db.clear()
                assert len(await categories()) > 1
                asked = any("shelf_edition" in sql for sql in db)

        draft = await service.edit(OPERATOR, MORE, revision=None, now=NOON)
        await service.publish(OPERATOR, revision=draft.revision, note="加一类", key="k", now=NOON)
        assert "more" in await categories()

        await told_elsewhere(postgres, database)
        async with asyncio.timeout(5):
            while "more" in await categories():
                await asyncio.sleep(0.01)


async def told_elsewhere(postgres, database) -> None:
    """Put the first edition in force as another process does."""
    other = await asyncpg.connect(postgres.url("owner", database))
    await other.execute(
        "INSERT INTO shelf_edition (id, number, front, placings, note, published_by, published_at, key)"
        " SELECT gen_random_uuid(), 3, front, placings, '', published_by, published_at, 'other'"
        " FROM shelf_edition WHERE number = 1"
    )
    await other.close()
