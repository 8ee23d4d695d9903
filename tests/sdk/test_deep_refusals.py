"""A back end may nest as deep as it likes: what is told is its refusal, or that it gave no usable answer."""

import msgspec
import pytest

from banshi import calls
from banshi.calls import Answer, AppFailed


def refusing(depth: int) -> Answer:
    data = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
    return Answer(409, b'{"error":{"code":"RENT_TAKEN","data":%b}}' % data)


def test_as_deep_as_can_be_told_it_is_told():
    body = calls.told("rent-app", refusing(100), request_id="r").body

    assert msgspec.json.decode(body)["errors"][0]["extensions"]["code"] == "RENT_TAKEN"


def test_deeper_than_can_be_read_is_no_usable_answer():
    with pytest.raises(AppFailed):
        calls.told("rent-app", refusing(100_000), request_id="r")
    assert calls.code_of(refusing(100_000)) == "APP_FAILED"


def test_between_the_two_is_nothing_else():
    became = set()
    for depth in range(600, 1_100):  # Python's own limit is somewhere in there
        try:
            calls.told("rent-app", refusing(depth), request_id="r")
            became.add("told")
        except AppFailed:
            became.add("failed")

    assert became == {"told", "failed"}
