"""Settings: every variable is read, every problem told, nothing dangerous passes in production."""

import base64

import pytest

from api.settings import BadSettings, Settings
from api.variables import VARIABLES

KEYS = {
    name: base64.b64encode(bytes([number]) * 32).decode()
    for number, name in enumerate(["BANSHI_MASTER_KEY", "BANSHI_INDEX_KEY", "BANSHI_TOKEN_KEY"])
}
EMBEDDED = KEYS | {
    "BANSHI_DATABASE_URL": "postgresql://app@127.0.0.1:5432/banshi",
    "BANSHI_REDIS_URL": "redis://127.0.0.1:6379/0",
    "BANSHI_S3_ENDPOINT": "127.0.0.1:9000",
    "BANSHI_S3_ACCESS_KEY": "banshi",
    "BANSHI_S3_SECRET_KEY": "secret-of-tests",
}
PRODUCTION = EMBEDDED | {
    "BANSHI_MODE": "production",
    "BANSHI_PLAN_DATABASE_URL": "postgresql://plan@127.0.0.1:5432/banshi",
    "BANSHI_PUBLIC_URL": "https://banshi.example",
    "BANSHI_FILES_URL": "https://files.example",
    "BANSHI_APPS_HOST": "apps.banshi.example",
}


def problems_of(env: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        Settings.read(env)
    return caught.value.problems


def test_embedded_mode_needs_only_the_servers_and_keys():
    settings = Settings.read(EMBEDDED | {"BANSHI_PORT": "8123", "HOME": "/nowhere"})

    assert settings.public_url == "http://127.0.0.1:8123"
    assert settings.apps_host == "apps.localhost:8123"
    assert settings.objects.public_endpoint == "127.0.0.1:9000"
    assert settings.seal.index_key == b"\x01" * 32
    assert (settings.scan, settings.clock, settings.verifier) == ("structure", "shift", "sandbox")
    assert not settings.production


def test_production_has_safe_defaults():
    settings = Settings.read(PRODUCTION)

    assert (settings.scan, settings.clock, settings.verifier) == ("clamd", "system", "none")
    assert settings.staff_second_factor == "required"
    assert settings.production


def test_all_problems_are_told_at_once_with_shape_and_example():
    env = {**PRODUCTION, "BANSHI_PORT": "http", "BANSHI_REDIS_URL": "127.0.0.1"}
    del env["BANSHI_DATABASE_URL"]

    problems = problems_of(env)

    assert problems == [
        "BANSHI_PORT has an odd value: it is a whole number from 1 to 65535, e.g. BANSHI_PORT=8000",
        "BANSHI_DATABASE_URL is missing: it is postgresql://role:password@host:port/database, "
        "e.g. BANSHI_DATABASE_URL=postgresql://app:secret@db.internal:5432/banshi",
        "BANSHI_REDIS_URL has an odd value: it is redis://:password@host:port/number, "
        "e.g. BANSHI_REDIS_URL=redis://:secret@redis.internal:6379/0",
    ]


@pytest.mark.parametrize(
    "dangerous", ["BANSHI_SCAN=structure", "BANSHI_CLOCK=shift", "BANSHI_VERIFIER=sandbox"]
)
def test_production_refuses_what_is_made_for_trying_out(dangerous):
    name, value = dangerous.split("=")

    (problem,) = problems_of(PRODUCTION | {name: value})

    assert problem.startswith(f"{dangerous} is refused in production")


def test_production_has_no_default_for_a_secret():
    secrets = {"MASTER_KEY", "INDEX_KEY", "TOKEN_KEY", "S3_SECRET_KEY", "S3_ACCESS_KEY", "DATABASE_URL"}

    for name in secrets:
        (problem,) = problems_of({k: v for k, v in PRODUCTION.items() if k != f"BANSHI_{name}"})
        assert problem.startswith(f"BANSHI_{name} is missing")


def test_production_refuses_the_published_example_key():
    example = next(v.example for v in VARIABLES if v.name == "BANSHI_MASTER_KEY")

    (problem,) = problems_of(PRODUCTION | {"BANSHI_MASTER_KEY": example})

    assert "published example" in problem


def test_one_key_in_two_offices_is_refused():
    (problem,) = problems_of(EMBEDDED | {"BANSHI_INDEX_KEY": EMBEDDED["BANSHI_TOKEN_KEY"]})

    assert "differ" in problem


def test_a_complaint_never_shows_the_value():
    problems = problems_of(EMBEDDED | {"BANSHI_MASTER_KEY": "c2hvcnQ=", "BANSHI_DATABASE_URL": "hunter2"})

    assert len(problems) == 2
    assert not any("c2hvcnQ" in line or "hunter2" in line for line in problems)


def test_a_misspelt_variable_is_told():
    (problem,) = problems_of(EMBEDDED | {"BANSHI_PROT": "8000"})

    assert problem.startswith("BANSHI_PROT is no setting")


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_the_example_of_each_variable_has_its_shape(variable):
    value = variable.shape.read(variable.example)

    assert variable.shape.read(variable.shape.write(value)) == value


@pytest.mark.parametrize(
    "odd",
    [
        "BANSHI_PORT=0",
        "BANSHI_PUBLIC_URL=https://banshi.example/app",
        "BANSHI_PUBLIC_URL=banshi.example",
        "BANSHI_PUBLIC_URL=https://banshi.example:99999",
        "BANSHI_TRUSTED_PROXIES=10.0.0.0/8,proxy",
        "BANSHI_TOKEN_KEY=not base64!",
        "BANSHI_S3_BUCKET=X",
        "BANSHI_S3_ENDPOINT=s3 internal",
        "BANSHI_GRAPHQL_PATHS=plan",
        "BANSHI_GRAPHQL_PATHS=ordinary,plan",
        "BANSHI_SWITCHED_OFF=warmth",
    ],
)
def test_an_odd_value_is_refused(odd):
    name, _, value = odd.partition("=")

    (problem,) = problems_of(EMBEDDED | {name: value})

    assert problem.startswith(f"{name} has an odd value")


def test_compiled_reads_have_a_role_of_their_own_where_one_is_given():
    plan = "postgresql://plan@127.0.0.1:5432/banshi"

    assert Settings.read(EMBEDDED).plan_url == EMBEDDED["BANSHI_DATABASE_URL"]
    assert Settings.read(EMBEDDED | {"BANSHI_PLAN_DATABASE_URL": plan}).plan_url == plan


def test_techniques_and_paths_are_switched_off_by_name():
    given = {"BANSHI_SWITCHED_OFF": "hot, gc", "BANSHI_GRAPHQL_PATHS": "generated, ordinary"}

    settings = Settings.read(EMBEDDED | given)

    assert settings.paths == ("generated", "ordinary")
    assert (settings.uses("hot"), settings.uses("gc"), settings.uses("verdicts")) == (False, False, True)
    assert Settings.read(EMBEDDED).switched_off == ()


def test_settings_go_to_a_child_through_its_environment_unchanged():
    given = PRODUCTION | {"BANSHI_TRUSTED_PROXIES": "10.1.2.3, 192.0.2.0/24", "BANSHI_SEAL": "sm4"}
    settings = Settings.read(given)

    assert Settings.read(settings.as_env()) == settings
    assert settings.trusted_proxies == ("10.1.2.3/32", "192.0.2.0/24")


def test_embedded_mode_serves_nobody_but_this_machine():
    with pytest.raises(BadSettings, match="BANSHI_HOST may only be"):
        Settings.read({**EMBEDDED, "BANSHI_HOST": "0.0.0.0"})
