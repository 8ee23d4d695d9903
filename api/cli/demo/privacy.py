"""Looking for what must not be there: personal data in logs and in the queue's file."""

from collections.abc import Iterable
from pathlib import Path

from api.cli.demo.people import Person


def leaks(data: Path, people: Iterable[Person]) -> list[str]:
    """Return where an ID number, a phone, a name or a token of `people` stands in clear.

    Read are the logs of every process and everything Valkey has written.
    """
    traces = [
        (kind, trace.encode())
        for person in people
        for kind, trace in (
            ("ID number", person.told["number"]),
            ("phone", person.told["phone"]),
            ("name", person.told["name"]),
            ("token", person.platform.token),
        )
        if trace
    ]
    read = [*data.glob("*.log"), *(file for file in (data / "valkey").rglob("*") if file.is_file())]
    return [
        f"{file.name} holds a {kind}"
        for file in read
        for kind in sorted({kind for kind, trace in traces if trace in file.read_bytes()})
    ]
