"""compose.yaml, docs/deploy.md and docs/roles.sql agree with the code."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import yaml

from api.settings import Settings
from api.variables import VARIABLES
from storage.embedded.postgres import ROLES, Postgres

ROOT = Path(__file__).parents[2]
SETTINGS = {variable.name for variable in VARIABLES}
EXAMPLES = {variable.name: variable.example for variable in VARIABLES}


def named_in(text: str) -> set[str]:
    return set(re.findall(r"BANSHI_[A-Z0-9_]*[A-Z0-9]", text))


def filled(value: str) -> str:
    """Fill `${NAME:?why}` the way compose does: examples for settings, a word for passwords."""

    def given(found: re.Match[str]) -> str:
        name, rest = found.group(1), found.group(2) or ""
        if rest.startswith(":-"):
            return rest[2:]
        return KEYS.get(name) or EXAMPLES.get(name) or "some-password"

    return re.sub(r"\$\{(\w+)([^}]*)\}", given, value)


KEYS = {
    "BANSHI_MASTER_KEY": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
    "BANSHI_INDEX_KEY": "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=",
    "BANSHI_TOKEN_KEY": "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=",
}


def test_every_variable_in_compose_and_dockerfile_is_a_setting():
    named = named_in((ROOT / "compose.yaml").read_text()) | named_in((ROOT / "Dockerfile").read_text())

    assert named <= SETTINGS


def test_every_setting_is_documented_and_every_documented_one_exists():
    assert named_in((ROOT / "docs" / "deploy.md").read_text()) == SETTINGS


def test_compose_gives_each_service_settings_that_production_accepts():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    for name in ("migrate", "api", "worker"):
        env = {key: filled(str(value)) for key, value in services[name]["environment"].items()}
        settings = Settings.read(env)
        assert settings.production
        assert bool(settings.database.owner_url) == (name == "migrate")


def test_compose_waits_for_what_each_service_needs():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    assert set(services["migrate"]["depends_on"]) == {"postgres", "valkey", "objects"}
    for name in services["migrate"]["depends_on"]:
        assert "healthcheck" in services[name]
    for name in ("api", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_no_secret_in_compose_has_a_default():
    text = (ROOT / "compose.yaml").read_text()

    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|KEY)\w*)(:-)", text)

    assert secrets == []


def test_roles_sql_makes_the_four_roles_on_a_bare_cluster():
    home = Path(tempfile.mkdtemp(prefix="banshi-test-", dir="/tmp"))
    home.chmod(0o755)
    server = Postgres(home / "postgres", durable=False)
    server.launch()
    server.server.wait(server._accepts)
    passwords = {f"{role.upper()}_PASSWORD": f"it's {role}" for role in ROLES}

    where = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres", "postgres"]
    done = subprocess.run(
        [
            str(server.bin / "psql"),
            "-Xq",
            "-v",
            "ON_ERROR_STOP=1",
            "-f",
            str(ROOT / "docs/roles.sql"),
            *where,
        ],
        env={**os.environ, **passwords},
        capture_output=True,
        text=True,
    )

    roles = server.psql("SELECT rolname FROM pg_roles WHERE NOT rolsuper AND rolcanlogin")
    owner = server.psql(
        "SELECT rolname FROM pg_database d JOIN pg_roles r ON r.oid = datdba WHERE datname = 'banshi'"
    )
    server.stop()
    shutil.rmtree(home)
    assert done.returncode == 0, done.stderr
    assert set(roles.split()) == set(ROLES)
    assert owner == "owner"
