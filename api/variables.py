"""The variables `BANSHI_*`: name, shape, example, default; each is declared here and nowhere else."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api import shapes
from api.shapes import Shape, number, one_of, some_of

Values = dict[str, Any]

GIVEN = "(given)"  # no default: it must be


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """One variable and the field of Settings it fills.

    `default` None means that it must be given; in one, `{port}` stands for BANSHI_PORT and `{s3}` for the
    endpoint.
    `production` is the default there where it differs; GIVEN means that there is none.
    """

    name: str
    section: str  # of Settings; "" for Settings itself
    field: str
    shape: Shape
    example: str
    default: str | None
    production: str | None

    def default_in(self, mode: str) -> str | None:
        """Return the text that stands in for an absent value, None if there is none."""
        if mode != "production" or self.production is None:
            return self.default
        return None if self.production == GIVEN else self.production

    def complaint(self, raw: str | None) -> str:
        """Say in one line what is wrong, what is expected, and an example; never the value (secrets)."""
        wrong = "is missing" if raw is None else "has an odd value"
        return f"{self.name} {wrong}: it is {self.shape.words}, e.g. {self.name}={self.example}"


def _v(
    name: str,
    path: str,
    shape: Shape,
    example: str,
    default: str | None = None,
    production: str | None = None,
) -> Variable:
    section, _, field = path.rpartition(".")
    return Variable(
        name=f"BANSHI_{name}",
        section=section,
        field=field,
        shape=shape,
        example=example,
        default=default,
        production=production,
    )


A_KEY = "ZXhhbXBsZTogb3BlbnNzbCByYW5kIC1iYXNlNjQgMzI="
A_DATABASE = "secret@db.internal:5432/banshi"

RUNNING = (
    _v("MODE", "mode", one_of("embedded", "production"), "production", "embedded"),
    _v("HOST", "host", shapes.PLAIN, "127.0.0.1", "127.0.0.1"),
    _v("PORT", "port", number(1, 65535), "8000", "8000"),
    _v("PROCESSES", "processes", number(1, 64), "2", "2"),
    _v("DATA", "data", shapes.FOLDER, ".banshi", ".banshi"),
)
EDGE = (
    _v(
        "PUBLIC_URL",
        "public_url",
        shapes.ORIGIN,
        "https://banshi.example",
        "http://127.0.0.1:{port}",
        GIVEN,
    ),
    _v(
        "FILES_URL",
        "files_url",
        shapes.ORIGIN,
        "https://files.example",
        "http://files.localhost:{port}",
        GIVEN,
    ),
    _v("APPS_HOST", "apps_host", shapes.HOST_PORT, "apps.banshi.example", "apps.localhost:{port}", GIVEN),
    _v("TRUSTED_PROXIES", "trusted_proxies", shapes.NETWORKS, "10.0.0.0/8,192.0.2.7", ""),
    _v("OUTGOING_PORTS", "outgoing_ports", shapes.PORTS, "443,8443", "443"),
    _v("CORS_ORIGINS", "cors_origins", shapes.ORIGINS, "https://www.banshi.example", ""),
)
SERVERS = (
    _v("DATABASE_URL", "database.url", shapes.POSTGRES, f"postgresql://app:{A_DATABASE}"),
    _v("DATABASE_OWNER_URL", "database.owner_url", shapes.POSTGRES, f"postgresql://owner:{A_DATABASE}", ""),
    _v(
        "PLAN_DATABASE_URL",
        "plan_database",
        shapes.POSTGRES,
        f"postgresql://plan:{A_DATABASE}",
        "",
        GIVEN,  # compiled reads by a role that may only read
    ),
    _v("REDIS_URL", "queue.url", shapes.REDIS, "redis://:secret@redis.internal:6379/0"),
    _v("S3_ENDPOINT", "objects.endpoint", shapes.S3, "s3.internal:9000"),
    _v("S3_PUBLIC_ENDPOINT", "objects.public_endpoint", shapes.S3, "https://s3.banshi.example", "{s3}"),
    _v("S3_REGION", "objects.region", shapes.PLAIN, "us-east-1", "us-east-1"),
    _v("S3_ACCESS_KEY", "objects.access_key", shapes.PLAIN, "banshi"),
    _v("S3_SECRET_KEY", "objects.secret_key", shapes.PLAIN, "a-long-random-word"),
    _v("S3_BUCKET", "objects.bucket", shapes.BUCKET, "banshi", "banshi"),
)
SAFETY = (
    _v("MASTER_KEY", "seal.master_key", shapes.KEY, A_KEY),
    _v("INDEX_KEY", "seal.index_key", shapes.KEY, A_KEY),
    _v("TOKEN_KEY", "seal.token_key", shapes.KEY, A_KEY),
    _v("SEAL", "seal.algorithm", one_of("aes", "sm4"), "sm4", "aes"),
    _v("SIGNING", "signing", one_of("es256", "sm2"), "sm2", "es256"),
    _v("SCAN", "scan", one_of("structure", "clamd"), "clamd", "structure", "clamd"),
    _v("CLAMD", "clamd", shapes.HOST_PORT, "clamd.internal:3310", "127.0.0.1:3310"),
    _v("CHROMIUM", "chromium", shapes.PLAIN, "/usr/bin/chromium", ""),
    _v("CHROMIUM_SANDBOX", "chromium_sandbox", one_of("on", "off"), "on", "on"),
    _v(
        "CHROMIUM_NAMESPACES",
        "chromium_namespaces",
        one_of("required", "tried"),
        "required",
        "tried",
        "required",  # a stranger's page is opened beside the data of citizens
    ),
    _v("CLOCK", "clock", one_of("system", "shift"), "system", "shift", "system"),
    _v("VERIFIER", "verifier", one_of("sandbox", "none"), "none", "sandbox", "none"),
    _v(
        "STAFF_SECOND_FACTOR",
        "staff_second_factor",
        one_of("required", "off"),
        "required",
        "off",
        "required",  # personas of the sandbox have no passkeys
    ),
    _v("TEAM_STORAGE_MIB", "team_storage_mib", number(20, 1_048_576), "2048", "2048"),
    _v("APP_VERSIONS_A_DAY", "app_versions_a_day", number(1, 1000), "50", "50"),
    _v("ENDED_FILES_DAYS", "ended_files_days", number(1, 3650), "30", "30"),
    _v("APP_CALLS_PER_S", "app_calls_per_s", number(1, 1_000_000), "2000", "2000"),
    _v("SESSION_IDLE_MINUTES", "session_idle_minutes", number(1, 1440), "30", "30"),
    _v("AUDIT_FOLDER", "audit_folder", shapes.FOLDER, "/mnt/audit/heads", ""),
    _v("AUDIT_PATIENCE_HOURS", "audit_patience_hours", number(0, 720), "4", "4"),
    _v("SESSION_HOURS", "session_hours", number(1, 720), "12", "12"),
)
TECHNIQUES = (
    "fragments",
    "batching",
    "held",
    "hot",
    "direct",
    "verdicts",
    "gc",
    "compression",
    "generic",
    "groups",
    "awake",
    "huge",
)
SPEED = (
    _v("GRAPHQL_PATHS", "paths", shapes.PATHS, "generated,ordinary", "plan,generated,ordinary"),
    _v("SWITCHED_OFF", "switched_off", some_of(*TECHNIQUES), "verdicts,compression", ""),
)
VARIABLES = RUNNING + EDGE + SERVERS + SAFETY + SPEED

PRIVATE = frozenset({"BANSHI_GO_FD", "BANSHI_READY_FD", "BANSHI_LISTEN_FD"})
"""Between the supervisor and its children; not for people."""


def read_all(env: Mapping[str, str]) -> tuple[Values, list[str]]:
    """Return the value of every variable that is well, and one complaint for each that is not."""
    mode = env.get("BANSHI_MODE") or "embedded"
    standing = {"port": env.get("BANSHI_PORT") or "8000", "s3": env.get("BANSHI_S3_ENDPOINT", "")}
    values: Values = {}
    problems = []
    for variable in VARIABLES:
        default = variable.default_in(mode)
        text = env.get(variable.name) or (default and default.format(**standing))
        if text is None:
            problems.append(variable.complaint(None))
            continue
        try:
            values[variable.name] = variable.shape.read(text) if text else variable.shape.empty
        except ValueError:
            if env.get(variable.name):  # else its default repeats another variable, which is complained about
                problems.append(variable.complaint(text))
    return values, problems + _misspelt(env)


def _misspelt(env: Mapping[str, str]) -> list[str]:
    """Find variables that look like ours and are not; passed over in silence they would do nothing."""
    known = PRIVATE | {variable.name for variable in VARIABLES}
    odd = sorted(name for name in env if name.startswith("BANSHI_") and name not in known)
    return [f"{name} is no setting (misspelt?): `banshi config list` shows them all" for name in odd]
