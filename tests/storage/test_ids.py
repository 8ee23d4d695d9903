"""Ids are UUIDs of version 7: unique, and in order of their making."""

import time

from storage.ids import new_id


def test_id_is_of_version_7_and_the_rfc_variant():
    made = new_id()

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_later_id_is_greater():
    first = new_id()
    time.sleep(0.002)

    assert new_id() > first


def test_id_holds_its_milliseconds():
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000

    assert before <= made.int >> 80 <= after


def test_ids_do_not_repeat():
    assert len({new_id() for _ in range(20_000)}) == 20_000
