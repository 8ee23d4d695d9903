"""What goes through Valkey: msgpack of plain things, never pickle."""

import msgspec
import pytest
from arq.worker import JobExecutionFailed

from storage.queue import client
from storage.settings import QueueSettings


@pytest.fixture
def pool():
    return client(QueueSettings(url="redis://127.0.0.1:9/0"))


def test_a_message_comes_back_as_it_went(pool):
    message = {"t": 1, "f": "perform", "a": ["id", "task", 2], "k": {}, "et": 1_700_000_000_000}

    assert pool.job_deserializer(pool.job_serializer(message)) == message


def test_the_result_of_a_message_that_expired_is_a_word(pool):
    written = pool.job_serializer({"s": False, "r": JobExecutionFailed("job expired")})

    assert msgspec.msgpack.decode(written) == {"s": False, "r": "JobExecutionFailed"}


def test_a_pickle_is_refused(pool):
    with pytest.raises(msgspec.MsgspecError):
        pool.job_deserializer(b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00}\x94.")
