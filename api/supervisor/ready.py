"""What a child and its supervisor say to each other: "go, with this environment", and "ready"."""

import contextlib
import os

import msgspec


def await_go() -> None:
    """Wait for the rest of the environment; without a supervisor return at once.

    A child is started before the servers' addresses are known, so that it loads its modules meanwhile.
    """
    asked = os.environ.pop("BANSHI_GO_FD", None)
    if asked:
        with open(int(asked), "rb") as pipe:
            os.environ.update(msgspec.json.decode(pipe.read(), type=dict[str, str]))


def report_ready() -> None:
    """Say that this process is of use, once; without a supervisor nothing happens."""
    asked = os.environ.pop("BANSHI_READY_FD", None)
    if asked:
        with contextlib.suppress(OSError):
            os.write(int(asked), b"ready\n")
            os.close(int(asked))
