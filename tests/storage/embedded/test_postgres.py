"""The embedded PostgreSQL: its data, its roles, its recovery, its complaints."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from storage.embedded import pidfile, place
from storage.embedded.postgres import WHEEL, Postgres
from storage.embedded.trouble import DidNotStart, PortTaken

pytestmark = pytest.mark.slow


def leave_behind(server: Postgres) -> subprocess.Popen[bytes]:
    """Forget the running server, as a killed supervisor does; return it for reaping."""
    left = server.server.popen
    assert left is not None
    server.server.popen = None
    return left


def test_a_cluster_keeps_its_rows_and_roles_over_a_restart(folder):
    server = Postgres(folder / "postgres", durable=False, secret="s")
    server.start()
    server.psql("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('证照')", database="banshi")

    server.stop()
    server.start()

    assert server.psql("SELECT word FROM kept", database="banshi") == "证照"
    assert server.psql("SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname <> 'postgres'") == "0"
    assert (
        server.psql("SELECT rolname FROM pg_roles WHERE rolname IN ('owner','app','plan','audit')").count(
            "\n"
        )
        == 3
    )
    server.stop()
    assert server.process is None
    assert not (folder / "postgres.pid").exists()


def test_with_a_secret_a_role_needs_its_password(folder):
    server = Postgres(folder / "postgres", durable=False, secret="s")
    server.start()
    psql = [str(server.bin / "psql"), "-Atc", "SELECT current_user"]

    right = subprocess.run([*psql, server.url("app")], capture_output=True, text=True)
    wrong = subprocess.run(
        [*psql, f"postgresql://app:guess@127.0.0.1:{server.port}/banshi"], capture_output=True, text=True
    )

    server.stop()
    assert right.stdout.strip() == "app"
    assert "password authentication failed" in wrong.stderr


def test_a_start_ends_the_server_that_a_killed_supervisor_left(cluster, folder):
    first = Postgres(folder / "postgres", durable=False)
    first.start()
    left = leave_behind(first)

    second = Postgres(folder / "postgres", durable=False)
    second.start()

    assert second.psql("SELECT 1") == "1"
    assert second.process is not None
    assert pidfile.recorded(folder / "postgres.pid") == second.process.pid
    assert left.wait(timeout=5) == 0
    second.stop()


def test_a_start_finds_the_orphan_even_when_the_pid_file_is_gone(cluster, folder):
    first = Postgres(folder / "postgres", durable=False)
    first.start()
    left = leave_behind(first)
    (folder / "postgres.pid").unlink()

    second = Postgres(folder / "postgres", durable=False)
    second.start()

    assert second.psql("SELECT 1") == "1"
    assert left.wait(timeout=5) == 0
    second.stop()


def test_a_start_recovers_after_the_server_was_killed(cluster, folder):
    server = Postgres(folder / "postgres", durable=False)
    server.start()
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    (server.data / "postmaster.pid").write_text(f"{os.getppid()}\n/elsewhere\n")  # its pid is another's now

    server.start()

    assert server.psql("SELECT 1") == "1"
    server.stop()


def test_a_start_that_was_killed_while_making_the_cluster_is_made_good(folder):
    (folder / "postgres.making" / "base").mkdir(parents=True)

    server = Postgres(folder / "postgres", durable=False)
    server.start()

    assert not (folder / "postgres.making").exists()
    server.stop()


def test_a_port_that_is_taken_is_told_in_one_line(cluster, folder):
    with socket.create_server(("127.0.0.1", 0)) as other:
        server = Postgres(folder / "postgres", port=other.getsockname()[1], durable=False)

        with pytest.raises(PortTaken) as caught:
            server.start()

    assert str(caught.value) == "PostgreSQL did not start: its port is in use by another program"


def test_a_port_of_its_own_choice_is_chosen_again(cluster, folder):
    with socket.create_server(("127.0.0.1", 0)) as other:
        server = Postgres(folder / "postgres", durable=False)
        server.port = other.getsockname()[1]

        server.start()

        assert server.port != other.getsockname()[1]
    server.stop()


@pytest.mark.parametrize(
    ("version", "says"),
    [("16\n", "was written by PostgreSQL 16; this is 18"), ("??", "PG_VERSION is unreadable")],
)
def test_data_of_another_version_is_told_in_one_line(folder, version, says):
    data = folder / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text(version)

    with pytest.raises(DidNotStart) as caught:
        Postgres(data, durable=False).start()

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_foreign_files_in_the_data_folder_are_left_alone(folder):
    data = folder / "postgres"
    data.mkdir()
    (data / "thesis.txt").write_text("years of work")

    with pytest.raises(DidNotStart, match="has files but no PG_VERSION"):
        Postgres(data, durable=False).start()

    assert (data / "thesis.txt").read_text() == "years of work"


def test_damaged_data_is_told_in_one_line(cluster, folder):
    server = Postgres(folder / "postgres", durable=False)
    (server.data / "global" / "pg_control").write_bytes(b"\0" * 8192)

    with pytest.raises(DidNotStart) as caught:
        server.start()

    assert "is damaged" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_it_starts_under_a_private_folder_whoever_starts_it(folder):
    folder.chmod(0o700)
    inside = folder / "home" / "data"
    server = Postgres(inside / "postgres", durable=False, secret="s")

    server.start()

    moved = os.geteuid() == 0
    assert server.psql("SELECT 1") == "1"
    assert (server.data != server.asked) == moved
    assert len(server.notes) == (1 if moved else 0)
    server.stop()
    again = Postgres(inside / "postgres", durable=False, secret="s")
    again.start()
    assert again.data == server.data
    again.stop()
    place.forget(server.asked)
    assert not server.data.exists()


def test_a_cluster_elsewhere_that_lost_its_note_is_set_aside(folder, monkeypatch):
    asked = folder / "data" / "postgres"
    asked.parent.mkdir()
    monkeypatch.setattr(place, "ELSEWHERE", (folder / "refuge",))
    monkeypatch.setattr(place, "can_enter", lambda user, path: False)
    home = place.data_for(None, asked)
    home.mkdir(parents=True)
    (home / "PG_VERSION").write_text("18")
    asked.with_name("postgres.place").unlink()

    again = place.data_for(None, asked)

    assert again == home
    assert not home.exists()
    assert Path(f"{home}.abandoned/PG_VERSION").exists()


def test_programs_are_copied_once_to_where_the_user_can_run_them(folder, monkeypatch):
    wheel = folder / "package" / "wheel"
    for part in ("bin", "lib", "share"):
        (wheel / part).mkdir(parents=True)
    (wheel / "bin" / "postgres").write_text("#!/bin/sh\n")
    (folder / "package.libs").mkdir()
    monkeypatch.setattr(place, "ELSEWHERE", (folder / "refuge",))
    monkeypatch.setattr(place, "can_enter", lambda user, path: False)

    first = place.programs_for(None, wheel)
    second = place.programs_for(None, wheel)

    assert first == second
    assert (first / "postgres").exists()
    assert (first.parents[2] / "package.libs").is_dir()
    assert len(list((folder / "refuge").iterdir())) == 1


def test_copied_programs_run(folder, monkeypatch):
    monkeypatch.setattr(place, "ELSEWHERE", (folder / "refuge",))
    monkeypatch.setattr(place, "can_enter", lambda user, path: False)

    programs = place.programs_for(None, WHEEL)

    told = subprocess.run([str(programs / "initdb"), "--version"], capture_output=True, text=True)
    assert told.stdout.startswith("initdb (PostgreSQL) 18")


def test_without_any_refuge_the_refusal_is_one_line(folder, monkeypatch):
    (folder / "file").touch()
    monkeypatch.setattr(place, "ELSEWHERE", (folder / "file" / "refuge",))
    monkeypatch.setattr(place, "can_enter", lambda user, path: False)

    with pytest.raises(DidNotStart, match="can enter neither"):
        place.data_for(None, folder / "postgres")


def test_a_cluster_that_became_unreachable_is_not_replaced(folder, monkeypatch):
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("18")
    monkeypatch.setattr(place, "can_enter", lambda user, path: False)

    with pytest.raises(DidNotStart, match="cannot enter"):
        place.data_for(None, folder / "postgres")
