"""Keyset pages: newest first, nothing twice, nothing left out."""

from storage.clock import system_now
from storage.ids import new_id
from storage.outbox import OutboxRow
from storage.paging import page


async def make_rows(count: int) -> list[OutboxRow]:
    rows = [
        OutboxRow(id=new_id(), seq=n, type="t", payload="{}", not_before=system_now()) for n in range(count)
    ]
    await OutboxRow.insert(*rows)
    return sorted(rows, key=lambda row: row.id, reverse=True)


async def test_pages_join_to_the_whole_list(db):
    made = [row.id for row in await make_rows(25)]

    seen, after, more = [], None, True
    while more:
        part = await page(OutboxRow.objects(), OutboxRow.id, first=10, after=after)
        seen += [row.id for row in part.rows]
        after, more = seen[-1], part.more

    assert seen == made


async def test_page_costs_one_query(db):
    await make_rows(3)
    db.clear()

    await page(OutboxRow.objects(), OutboxRow.id, first=2, after=None)

    assert len(db) == 1


async def test_empty_list_is_an_empty_page(db):
    part = await page(OutboxRow.objects(), OutboxRow.id, first=10, after=None)

    assert (part.rows, part.more) == ([], False)
