"""Settings: read once from the environment, typed, every problem told at once.

Only this file knows the names of the variables; `docs/deploy.md` explains each (a test compares).
Lower packages get their section handed to them by the composition roots.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

import msgspec

from api.shapes import KEY
from api.variables import VARIABLES, Values, read_all
from identity.signers import Family
from storage.settings import DatabaseSettings, ObjectsSettings, QueueSettings, SealSettings

Mode = Literal["embedded", "production"]

LOOPBACK = ("127.0.0.1", "::1", "localhost")
ONLY_LOOPBACK = (
    "BANSHI_HOST may only be 127.0.0.1 in embedded mode, where anybody signs in as anybody:"
    " set BANSHI_MODE=production to serve others"
)
Scan = Literal["structure", "clamd"]
ClockMode = Literal["system", "shift"]
VerifierName = Literal["sandbox", "none"]
SecondFactor = Literal["required", "off"]

REFUSED_IN_PRODUCTION = {
    "BANSHI_SCAN": ("structure", "files would reach the vault without a virus scan; give clamd"),
    "BANSHI_CLOCK": ("shift", "statutory clocks must not be movable; give system"),
    "BANSHI_VERIFIER": ("sandbox", "its persons are invented; give none until a real verifier is connected"),
}


class BadSettings(Exception):
    """The environment cannot be used; the message has one line for each problem."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a process is told from outside."""

    database: DatabaseSettings
    queue: QueueSettings
    objects: ObjectsSettings
    seal: SealSettings
    mode: Mode = "embedded"
    host: str = "127.0.0.1"  # the address the API listens on
    port: int = 8000
    processes: int = 2  # API processes
    data: Path = Path(".banshi")  # logs, and in embedded mode the servers' data and secrets
    public_url: str = "http://127.0.0.1:8000"  # where phones reach the API, no slash at the end
    files_url: str = "http://files.localhost:8000"  # the file door: an origin of its own
    apps_host: str = "apps.localhost:8000"  # mini-apps live at <app-id>.<apps_host>
    trusted_proxies: tuple[str, ...] = ()  # networks whose X-Forwarded-For is believed
    outgoing_ports: tuple[int, ...] = (443,)  # of addresses that others gave us
    cors_origins: tuple[str, ...] = ()  # origins of first-party pages
    scan: Scan = "structure"
    clamd: str = "127.0.0.1:3310"  # host:port of the virus scanner, used by scan="clamd"
    chromium: str = ""  # opens the pages of mini-apps in review; "": by its usual names
    chromium_sandbox: Literal["on", "off"] = "on"  # Chromium's own; off where the container is the wall
    chromium_namespaces: Literal["required", "tried"] = "tried"  # of the kernel, around all of Chromium
    team_storage_mib: int = 2048  # of packages that a team may store
    app_versions_a_day: int = 50  # of one mini-app
    app_calls_per_s: int = 2000  # citizens' calls of one mini-app
    ended_files_days: int = 30  # that files of refused and withdrawn versions stay
    clock: ClockMode = "shift"
    verifier: VerifierName = "sandbox"
    signing: Family = "es256"  # of audit heads, certificates and answers; ID tokens are always es256
    staff_second_factor: SecondFactor = "off"
    session_idle_minutes: int = 30  # a session without requests ends after so long
    session_hours: int = 12  # and any session after so long
    audit_folder: Path | Literal[""] = ""  # signed heads of the audit go here, too
    audit_patience_hours: int = 4  # without a stored head, before staff may not look any longer; 0: for ever
    plan_database: str = ""  # the database as role `plan`, for compiled reads; "" means as `database.url`
    paths: tuple[str, ...] = ("plan", "generated", "ordinary")  # on which operations may run, fastest first
    switched_off: tuple[str, ...] = ()  # of api.variables.TECHNIQUES, for measuring what each brings

    @property
    def production(self) -> bool:
        """Say whether real citizens are served."""
        return self.mode == "production"

    @property
    def plan_url(self) -> str:
        """Return the address of the database for compiled reads."""
        return self.plan_database or self.database.url

    def uses(self, technique: str) -> bool:
        """Say whether one of `api.variables.TECHNIQUES` is on."""
        return technique not in self.switched_off

    @classmethod
    def read(cls, env: Mapping[str, str]) -> Self:
        """Return the settings that `env` holds; an empty variable counts as absent.

        Raises:
            BadSettings: one line per problem, each naming the variable, its shape and an example.
        """
        values, problems = read_all(env)
        problems += _refusals(values)
        if problems:
            raise BadSettings(problems)
        try:
            seal = SealSettings(**_section(values, "seal"))
        except ValueError as error:
            raise BadSettings([f"BANSHI_MASTER_KEY, _INDEX_KEY, _TOKEN_KEY: {error}"]) from error
        return cls(
            database=DatabaseSettings(**_section(values, "database")),
            queue=QueueSettings(**_section(values, "queue")),
            objects=ObjectsSettings(**_section(values, "objects")),
            seal=seal,
            **_section(values, ""),
        )

    def as_env(self) -> dict[str, str]:
        """Return the variables that make `read` answer these settings again, for a child process."""
        found = {}
        for variable in VARIABLES:
            part = getattr(self, variable.section) if variable.section else self
            found[variable.name] = variable.shape.write(getattr(part, variable.field))
        return {name: text for name, text in found.items() if text}


def _section(values: Values, section: str) -> Values:
    return {variable.field: values[variable.name] for variable in VARIABLES if variable.section == section}


def _refusals(values: Values) -> list[str]:
    if values.get("BANSHI_MODE") != "production":
        return [] if values.get("BANSHI_HOST", "127.0.0.1") in LOOPBACK else [ONLY_LOOPBACK]
    copied = [v.name for v in VARIABLES if v.shape is KEY and values.get(v.name) == KEY.read(v.example)]
    return [
        f"{name} is the published example: make your own with `openssl rand -base64 32`" for name in copied
    ] + [
        f"{name}={bad} is refused in production: {why}"
        for name, (bad, why) in REFUSED_IN_PRODUCTION.items()
        if values.get(name) == bad
    ]
