"""Remembering: only while changes are heard, and nothing from before one."""

import pytest

from storage.db import transaction
from storage.remembered import Remembered


@pytest.fixture
def held() -> Remembered[str, int]:
    made = Remembered[str, int]("things", most=2)
    made.listener().back()
    return made


def test_who_is_deaf_remembers_nothing():
    deaf = Remembered[str, int]("things")

    deaf.keep("a", 1, deaf.changes)

    assert deaf.get("a") is None


def test_what_is_kept_is_known_until_a_change_is_heard(held):
    held.keep("a", 1, held.changes)
    assert held.get("a") == 1

    held.listener().heard("")
    assert held.get("a") is None


def test_of_a_shared_channel_only_the_topics_it_is_made_of_make_it_forget(held):
    held.keep("a", 1, held.changes)

    held.listener({"mini_app"}).heard("case")
    assert held.get("a") == 1

    held.listener({"mini_app"}).heard("mini_app")
    assert held.get("a") is None


def test_an_answer_that_a_change_overtook_is_not_kept(held):
    before = held.changes
    held.listener().heard("")

    held.keep("a", 1, before)

    assert held.get("a") is None


def test_who_falls_deaf_forgets_and_keeps_nothing(held):
    held.keep("a", 1, held.changes)
    held.listener().lost()
    assert held.get("a") is None

    held.keep("a", 1, held.changes)
    assert held.get("a") is None


def test_only_so_many_are_kept_the_newest(held):
    for number, name in enumerate("abc"):
        held.keep(name, number, held.changes)

    assert [held.get(name) for name in "abc"] == [None, 1, 2]


def test_nothing_is_kept_for_longer_than_it_may_be():
    brief = Remembered[str, int]("things", stale_s=0)
    brief.listener().back()

    brief.keep("a", 1, brief.changes)

    assert brief.get("a") is None


async def test_what_a_transaction_sees_is_not_kept(db, held):
    async with transaction():
        held.keep("a", 1, held.changes)

    assert held.get("a") is None
