"""The embedded Valkey and SeaweedFS."""

import os
import signal
import socket
from io import BytesIO
from pathlib import Path

import pytest
import redis
from minio import Minio

from storage.embedded.seaweed import Seaweed
from storage.embedded.trouble import DidNotStart, PortTaken
from storage.embedded.valkey import Valkey

pytestmark = pytest.mark.slow


def test_valkey_keeps_its_keys_when_killed(folder):
    server = Valkey(folder / "valkey", password="p")
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.set("kept", "yes")
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()

    server.start()

    with redis.Redis.from_url(server.url) as client:
        assert client.get("kept") == b"yes"
    server.stop()


def test_valkey_wants_its_password_and_shows_it_to_nobody(folder):
    server = Valkey(folder / "valkey", password="p4ss")
    server.start()

    with (
        redis.Redis(port=server.port) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.get("kept")

    assert "p4ss" not in " ".join(map(str, server.process.args))
    assert (folder / "valkey" / "valkey.conf").stat().st_mode & 0o777 == 0o600
    server.stop()


def test_valkey_overlooks_a_command_that_a_kill_cut_short(folder):
    server = Valkey(folder / "valkey")
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.set("first", "1")
        client.set("second", "2" * 100)
    server.stop()
    file = next((folder / "valkey" / "appendonlydir").glob("*.incr.aof"))
    os.truncate(file, file.stat().st_size - 20)

    server.start()

    with redis.Redis.from_url(server.url) as client:
        assert client.get("first") == b"1"
    server.stop()


def test_a_damaged_append_only_file_is_told_in_one_line(folder):
    server = Valkey(folder / "valkey")
    server.start()
    server.stop()
    file = next((folder / "valkey" / "appendonlydir").glob("*.incr.aof"))
    file.write_bytes(b"this is no command\r\n" * 50)

    with pytest.raises(DidNotStart) as caught:
        server.start()

    assert f"its data in {folder / 'valkey'} is damaged" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_valkey_tells_that_its_port_is_taken(folder):
    with socket.create_server(("127.0.0.1", 0)) as other:
        server = Valkey(folder / "valkey", port=other.getsockname()[1])

        with pytest.raises(PortTaken):
            server.start()


@pytest.mark.parametrize("kind", ["valkey", "seaweed"])
def test_a_port_of_its_own_choice_is_chosen_again(folder, kind):
    server = (
        Valkey(folder / "v")
        if kind == "valkey"
        else Seaweed(folder / "s", access_key="a", secret_key="b" * 8)
    )
    with socket.create_server(("127.0.0.1", 0)) as other:
        server.port = other.getsockname()[1]

        server.start()

        assert server.port != other.getsockname()[1]
    server.stop()


def test_seaweed_keeps_objects_over_a_restart_and_leaves_no_socket(folder):
    server = Seaweed(folder / "seaweed", access_key="tests", secret_key="tests-secret")
    server.start()
    store(server).make_bucket("kept")
    store(server).put_object("kept", "a", BytesIO(b"1"), 1)
    ports = (folder / "seaweed" / "ports").read_text().split()
    server.stop()

    server.start()

    answer = store(server).get_object("kept", "a")
    assert answer.read() == b"1"
    answer.close()
    assert server.has_bucket("kept")
    assert not server.has_bucket("kep")
    server.stop()
    assert not [file for port in ports for file in Path("/tmp").glob(f"seaweedfs-*-{port}.sock")]


def store(server: Seaweed) -> Minio:
    return Minio(server.endpoint, server.access_key, server.secret_key, secure=False, region="us-east-1")
