"""What is kept of an error, and how dead letters are shown and replayed."""

import pytest

from banshi.errors import NotFound
from storage.db import fetch
from storage.dead import letters, masked, replay, replay_all, show
from storage.ids import new_id
from storage.outbox import emit
from storage.queue import on
from tests.storage.factories import NOON, BellRung, bell
from tests.workers import drain


@on(BellRung)
async def stumble(event: BellRung, *, now) -> None:
    raise LookupError


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no row with number 11010519491231002X", "no row with number …"),
        ("call 139 5718 1234 back", "call … back"),
        ("Key (phone)=(13957181234) already exists", "Key … already exists"),
        ("王小明 is unknown", "… is unknown"),
        ("'Wang' has no 'city'", "… has no …"),
        ("wang@example.com bounced", "… bounced"),
        ("error 503 after 3 tries", "error 503 after 3 tries"),
    ],
)
def test_a_message_is_kept_without_what_could_be_personal(text, kept):
    assert masked(text) == kept


async def test_a_letter_shows_the_fact_it_was_to_answer(db):
    fact = await emit(bell(4), now=NOON)
    await drain([stumble], NOON, allow_dead=True)
    (letter,) = await letters()

    shown = await show(letter["id"])

    assert (shown["fact_id"], shown["type"], shown["emitted_at"]) == (fact, "bell.rung", NOON)


async def test_all_letters_are_replayed_at_once(db):
    for number in range(3):
        await emit(bell(number), now=NOON)
    await drain([stumble], NOON, allow_dead=True)

    assert await replay_all() == 3

    assert await letters() == []
    rows = await fetch("SELECT state, attempt, starts, tries FROM job")
    assert rows == [{"state": "waiting", "attempt": 2, "starts": 0, "tries": 0}] * 3


async def test_a_letter_that_is_not_there_is_refused(db):
    for act in (show, replay):
        with pytest.raises(NotFound):
            await act(new_id())
