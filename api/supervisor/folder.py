"""The data folder: its lock, its secrets, and the note that tells other commands where the servers are."""

import fcntl
import os
import secrets
import shutil
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import msgspec

from storage.embedded.trouble import DidNotStart

LEAST_FREE_MIB = 200
KEYS = ("BANSHI_MASTER_KEY", "BANSHI_INDEX_KEY", "BANSHI_TOKEN_KEY")


class Secrets(msgspec.Struct, frozen=True):
    """What this folder's servers and ciphertexts are locked with; made once, never printed."""

    postgres: str
    valkey: str
    s3: str
    keys: dict[str, str]


class DataFolder:
    """`BANSHI_DATA`, held by one supervisor at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._held: int | None = None

    @property
    def note(self) -> Path:
        """The file that tells where the running servers are, `run.json`."""
        return self.path / "run.json"

    def hold(self) -> None:
        """Take the folder; the kernel gives it back when this process ends, however it ends.

        Raises:
            DidNotStart: another supervisor has it, it cannot be written to, or its disk is nearly full.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DidNotStart(f"{self.path} cannot be used as data folder: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise DidNotStart(f"{self.path} is in use: Banshi already runs there ({self._where()})") from None
        self._held = lock
        self._check_space()

    def let_go(self) -> None:
        """Remove the note and give the folder back."""
        if self._held is not None:
            self.note.unlink(missing_ok=True)
            os.close(self._held)
            self._held = None

    def secrets(self) -> Secrets:
        """Return this folder's secrets, made at the first call; the file has mode 0600."""
        file = self.path / "secrets.json"
        if file.exists():
            try:
                return msgspec.json.decode(file.read_bytes(), type=Secrets)
            except (msgspec.DecodeError, OSError) as error:
                raise DidNotStart(
                    f"{file} is damaged: without it nothing sealed can be opened; restore it"
                ) from error
        keys = {name: b64encode(secrets.token_bytes(32)).decode() for name in KEYS}
        words = [secrets.token_hex(20) for _ in range(3)]
        made = Secrets(postgres=words[0], valkey=words[1], s3=words[2], keys=keys)
        write_private(file, msgspec.json.encode(made))
        return made

    def announce(self, env: Mapping[str, str]) -> None:
        """Leave a note for the other commands: the environment that the children run with."""
        write_private(self.note, msgspec.json.encode({"pid": os.getpid(), "env": dict(env)}))

    def _where(self) -> str:
        note = read_note(self.path)
        return (
            f"http://127.0.0.1:{note.env.get('BANSHI_PORT')}, pid {note.pid}"
            if note
            else "it is starting or stopping"
        )

    def _check_space(self) -> None:
        free = shutil.disk_usage(self.path).free // 2**20
        if free < LEAST_FREE_MIB:
            raise DidNotStart(
                f"the disk that holds {self.path} is full: {free} MiB are free, {LEAST_FREE_MIB} are needed"
            )


class Note(msgspec.Struct, frozen=True):
    """What a running supervisor tells: its pid and its children's environment."""

    pid: int
    env: dict[str, str]


def read_note(folder: Path) -> Note | None:
    """Return the note that the supervisor of `folder` left, None when nothing runs there."""
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None  # we got the lock, so nobody has it: the note is a dead one's
    except FileNotFoundError:
        return None
    except OSError:
        pass
    try:
        return msgspec.json.decode((folder / "run.json").read_bytes(), type=Note)
    except (OSError, msgspec.DecodeError):
        return None


def write_private(file: Path, content: bytes) -> None:
    """Write a whole file with mode 0600, so that a reader sees the old one or the new one."""
    making = file.with_name(f"{file.name}.{os.getpid()}")
    with open(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    making.rename(file)
