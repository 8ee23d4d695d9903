"""The supervisor's parts: folder, keeper, log files, servers, listening."""

import errno
import fcntl
import json
import os
import signal
import socket
import subprocess

import pytest

from api.settings import Settings
from api.supervisor import folder as folders
from api.supervisor.fingerprint import fingerprint
from api.supervisor.folder import DataFolder, read_note
from api.supervisor.keeper import Keeper, pause_after
from api.supervisor.logfile import LogFile
from api.supervisor.run import Supervisor, links, listen
from api.supervisor.servers import Servers, needed, stand_ins
from storage.embedded import pidfile
from storage.embedded.process import free_port
from storage.embedded.trouble import DidNotStart

GIVEN = {
    "BANSHI_DATABASE_URL": "postgresql://app@127.0.0.1:1/banshi",
    "BANSHI_REDIS_URL": "redis://127.0.0.1:1/0",
    "BANSHI_S3_ENDPOINT": "127.0.0.1:1",
}


def test_a_folder_is_held_by_one_supervisor_at_a_time(tmp_path):
    first = DataFolder(tmp_path / "data")
    first.hold()
    first.announce({"BANSHI_PORT": "8123"})

    with pytest.raises(DidNotStart) as caught:
        DataFolder(tmp_path / "data").hold()

    assert str(caught.value).endswith(f"Banshi already runs there (http://127.0.0.1:8123, pid {os.getpid()})")
    assert first.note.stat().st_mode & 0o777 == 0o600
    first.let_go()
    first.let_go()
    second = DataFolder(tmp_path / "data")
    second.hold()
    second.let_go()


def test_the_note_of_a_dead_supervisor_is_not_believed(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"pid": 1, "env": {}}))
    assert read_note(tmp_path) is None
    (tmp_path / "lock").touch()
    assert read_note(tmp_path) is None

    with (tmp_path / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = read_note(tmp_path)
        (tmp_path / "run.json").write_text("{")
        assert read_note(tmp_path) is None

    assert note is not None
    assert note.pid == 1


def test_a_nearly_full_disk_is_told_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "LEAST_FREE_MIB", 2**40)

    with pytest.raises(DidNotStart, match=r"the disk that holds .* is full: \d+ MiB are free"):
        DataFolder(tmp_path).hold()


def test_a_data_folder_that_is_a_file_is_told_in_one_line(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DidNotStart, match="cannot be used as data folder"):
        DataFolder(tmp_path / "file").hold()


def test_secrets_are_made_once_and_are_private(tmp_path):
    made = DataFolder(tmp_path).secrets()

    assert DataFolder(tmp_path).secrets() == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert len({made.postgres, made.valkey, made.s3, *made.keys.values()}) == 6
    Settings.read(GIVEN | {"BANSHI_S3_ACCESS_KEY": "a", "BANSHI_S3_SECRET_KEY": "b"} | made.keys)


def test_damaged_secrets_are_never_replaced(tmp_path):
    (tmp_path / "secrets.json").write_text("{")

    with pytest.raises(DidNotStart, match="is damaged"):
        DataFolder(tmp_path).secrets()


def test_pauses_double_up_to_half_a_minute():
    assert [pause_after(n) for n in (1, 2, 3, 8, 100)] == [0.25, 0.5, 1.0, 30.0, 30.0]


def test_a_keeper_restarts_with_growing_pauses_and_forgets_after_a_steady_while():
    code: list[int | None] = [-9]
    keeper = Keeper("worker", start=lambda: None, ended=lambda: code[0])
    keeper.started(0.0)

    unsteady = [keeper.tend(now) for now in (0.0, 0.1, 0.25, 0.3, 0.7, 0.8)]
    code[0] = None
    steady = keeper.tend(1.0)
    code[0] = 1
    later = keeper.tend(60.0)

    assert unsteady == [
        "worker ended with signal 9; starting it again in 0.25 s",
        None,
        "worker started again",
        "worker ended with signal 9; starting it again in 0.5 s",
        None,
        "worker started again",
    ]
    assert steady is None
    assert later == "worker ended with code 1; starting it again in 0.25 s"
    assert keeper.restarts == 2


def test_a_keeper_survives_a_start_that_fails():
    def fail() -> None:
        raise DidNotStart("api-1 did not start: no luck")

    keeper = Keeper("api-1", start=fail, ended=lambda: 1)

    told = [keeper.tend(now) for now in (0.0, 0.25)]

    assert told[1] == "api-1 did not start: no luck; starting it again in 0.5 s"


def test_a_log_file_shows_what_is_loud_and_stays_small(tmp_path):
    path = tmp_path / "api-1.log"
    log = LogFile(path, cap=300)
    assert list(log.loud()) == []
    with path.open("ab") as writer:
        writer.write(
            b'{"level":"info","event":"hi"}\nno json\n[]\n{"level":"warning","event":"slow","reason":"why"}\n'
        )
        writer.write(b'{"level":"error","event":"half')
        writer.flush()
        first = list(log.loud())
        writer.write(b'"}\n' + b"x" * 300)
        writer.flush()
        second = list(log.loud())
        log.rotate()
        writer.write(b'{"level":"error","event":"new"}\n')
        writer.flush()

    assert first == ["warning: slow why"]
    assert second == ["error: half"]
    assert list(log.loud()) == ["error: new"]
    assert path.stat().st_size < 100
    assert (tmp_path / "api-1.log.1").stat().st_size > 300


def test_a_port_in_use_is_told_with_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(DidNotStart, match=f"port {port} is in use by another program: give another"):
            listen("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_told():
    with pytest.raises(DidNotStart, match=os.strerror(errno.EADDRNOTAVAIL)):
        listen("192.0.2.1", free_port())


def test_only_what_is_not_given_is_started():
    assert needed({}) == set(GIVEN)
    assert needed({"BANSHI_REDIS_URL": "redis://r"}) == {"BANSHI_DATABASE_URL", "BANSHI_S3_ENDPOINT"}
    assert needed({"BANSHI_MODE": "production"}) == set()
    assert "BANSHI_MASTER_KEY" not in stand_ins({"BANSHI_MODE": "production"})
    Settings.read(stand_ins({}))


def test_a_given_server_that_does_not_answer_is_named(tmp_path):
    port = free_port()
    env = {"BANSHI_REDIS_URL": f"redis://127.0.0.1:{port}/0"}

    with pytest.raises(
        DidNotStart, match=f"BANSHI_REDIS_URL does not work: nothing answers at 127.0.0.1:{port}"
    ):
        Servers(DataFolder(tmp_path), env).start(print)


def test_given_servers_are_used_and_none_is_started(tmp_path, postgres, valkey, seaweed):
    env = {
        "BANSHI_DATABASE_URL": postgres.url(),
        "BANSHI_REDIS_URL": valkey.url,
        "BANSHI_S3_ENDPOINT": seaweed.endpoint,
    }
    servers = Servers(DataFolder(tmp_path), env)

    own = servers.start(print)

    assert servers.running == {}
    assert own["BANSHI_DATABASE_OWNER_URL"] == postgres.url()
    assert set(own) == {
        "BANSHI_DATABASE_OWNER_URL",
        "BANSHI_MASTER_KEY",
        "BANSHI_INDEX_KEY",
        "BANSHI_TOKEN_KEY",
    }


def test_links_fit_what_runs():
    settings = Settings.read(stand_ins({}))

    assert links(settings, {"api", "worker"})[0] == "ready http://127.0.0.1:8000"
    assert "not for viruses" in links(settings, {"api", "worker"})[-1]
    assert links(settings, {"worker"}) == ["ready"]


def test_a_supervisor_ends_what_an_earlier_one_left(tmp_path):
    (tmp_path / "data").mkdir()
    left = subprocess.Popen(["/bin/sleep", "60"])
    pidfile.record(tmp_path / "data" / "worker.pid", left.pid)
    told: list[str] = []

    Supervisor({"BANSHI_DATA": str(tmp_path / "data")}, parts={"api"}, tell=told.append)._end_orphans()

    assert left.wait(timeout=5) == -signal.SIGTERM
    assert told == ["ending worker, which an earlier start left behind"]


def test_a_fingerprint_changes_with_what_seeding_depends_on_and_with_no_address():
    given = stand_ins({})
    one = fingerprint(Settings.read(given))

    elsewhere = fingerprint(Settings.read(given | {"BANSHI_S3_ENDPOINT": "127.0.0.1:2"}))
    other_bucket = fingerprint(Settings.read(given | {"BANSHI_S3_BUCKET": "other"}))

    assert len(one) == 64
    assert elsewhere == one
    assert other_bucket != one


def test_of_given_servers_it_is_not_known_whether_they_are_prepared(tmp_path):
    assert not Servers(DataFolder(tmp_path), GIVEN).prepared("", "banshi")
