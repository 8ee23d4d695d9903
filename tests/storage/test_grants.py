"""What each database role may do with each table: declared here, whole, so that a new table is a decision."""

import asyncpg
import pytest

from storage.embedded.postgres import Postgres

LETTERS = {"SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d", "TRUNCATE": "T", "TRIGGER": "t"}

APPENDED = "ra"  # never changed, never removed
KEPT = "raw"  # changed, never removed
FREE = "rawd"

APP = {
    APPENDED: {
        "audit_head", "audit_link", "audit_row", "calendar_day", "calendar_notice", "case_command",
        "case_decision", "case_event",
        "app_defect_note", "shelf_edition",
        "item_version", "material_use", "mini_app_signature", "mini_app_version", "mini_app_webhook_secret",
        "person_level", "release_step", "team_key", "trip_answer", "trip_verdict",
        "trip_verdict_reason", "visit",
    },
    KEPT: {
        "access_objection", "app_defect", "app_look", "app_note", "app_release", "app_review", "app_score",
        "app_switch", "app_tester", "audit_boundary", "data_export",
        "case_authorisation", "case_clock", "case_correction", "case_material", "case_stop", "certificate",
        "certificate_type", "commitment_bar", "consent", "department", "division", "firm",
        "item", "item_topic", "mandate", "mandate_nod", "material", "material_version", "mini_app",
        "network_identity", "oidc_client", "oidc_client_secret", "party_key", "person", "signing_key",
        "staff_post", "team", "team_member", "vault_object", "wire_client",
    },
    FREE: {
        "app_quota", "app_store_command", "app_upstream", "app_value",
        "mini_app_object", "mini_app_upload",
        "app_complaint", "app_mark", "app_mute", "app_rating", "shelf_draft", "shelf_entry", "shelf_placing",
        "app_halt", "app_pin", "app_problem", "app_token", "app_trial", "app_usage", "app_version_halt",
        "app_visitor", "scope_halt",
        "case_file", "clock_shift", "dead_letter", "job", "job_tally",
        "known_device", "material_upload", "notice", "oidc_grant", "oidc_pushed", "oidc_question",
        "oidc_refresh", "oidc_replay", "oidc_request", "outbox", "passkey", "passkey_challenge", "qr_sign_in",
        "queue_epoch", "sandbox_message", "session", "sign_in_failure", "sms_code",
        "data_question", "webhook_address", "webhook_delivery", "wire_pass", "wire_secret", "wire_seen",
    },
    "": {"migration"},
}  # fmt: skip
COLUMNS = {  # the few that may change in rows that otherwise never do
    "audit_head": {"stored_at"},
    "item_version": {"state", "published_by", "published_at", "withdrawn_at"},
    "mini_app_signature": {"withdrawn_at", "withdrawn_by", "reason"},
    "mini_app_version": {"state", "reviewed_by", "reviewed_at", "reason", "is_stopped", "removed_at"},
    "mini_app_webhook_secret": {"ends_at"},
    "team_key": {"retired_at", "revoked_at", "reason"},
    "trip_verdict": {"latest"},
}
UNREAD = {
    "app_quota", "app_store_command", "app_upstream", "app_value", "app_visitor",
    "app_complaint", "app_defect", "app_defect_note", "app_rating", "app_tester", "app_trial",
    "shelf_draft",
    "access_objection", "app_token", "data_export", "audit_boundary", "audit_head", "audit_link",
    "known_device", "migration", "mini_app_webhook_secret",
    "network_identity", "oidc_client", "oidc_client_secret", "oidc_grant", "oidc_pushed", "oidc_question",
    "oidc_refresh", "oidc_replay", "oidc_request", "party_key", "passkey", "passkey_challenge", "qr_sign_in",
    "sandbox_message", "session", "sign_in_failure", "signing_key", "sms_code", "wire_pass",
    "data_question", "webhook_address", "webhook_delivery", "wire_secret", "wire_seen",
}  # fmt: skip
"""What the role of compiled reads has no business with: keys, and proofs of who one is."""
UNREAD_COLUMNS = {  # sealed, blind, or a wrapped key; the rest of these tables it may read
    "case_file": {"content"},
    "certificate": {"facts"},
    "material_upload": {"fingerprint"},
    "person": {
        "is_minor",
        "name_sealed",
        "number_blind",
        "number_sealed",
        "phone_blind",
        "phone_sealed",
        "self_supporting_at",
    },
    "trip_answer": {"remark"},
    "vault_object": {"archive_key", "citizen_key", "fingerprint"},
    "visit": {"door", "place_words"},
}

TABLES = """
SELECT c.relname AS name, p.word FROM pg_class c, unnest($2::text[]) AS p (word)
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace
  AND has_table_privilege($1, c.oid, p.word)
"""
CHANGEABLE = """
SELECT c.relname AS name, a.attname AS part FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
  AND has_column_privilege('app', c.oid, a.attnum, 'UPDATE')
  AND NOT has_table_privilege('app', c.oid, 'UPDATE')
"""
UNREADABLE = """
SELECT c.relname AS name, a.attname AS part FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
  AND NOT has_column_privilege('plan', c.oid, a.attnum, 'SELECT') AND NOT a.attisdropped
"""
SEALED_BUT_READ = """
SELECT c.relname || '.' || a.attname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.atttypid = 'bytea'::regtype
  AND has_column_privilege('plan', c.oid, a.attnum, 'SELECT')
"""


@pytest.fixture
async def owner(postgres: Postgres, database: str):
    connection = await asyncpg.connect(postgres.url("owner", database))
    yield connection
    await connection.close()


async def granted(owner: asyncpg.Connection, role: str) -> dict[str, str]:
    names = await owner.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    found = {row["relname"]: set() for row in names}
    for row in await owner.fetch(TABLES, role, list(LETTERS)):
        found[row["name"]].add(LETTERS[row["word"]])
    return {name: "".join(each for each in "rawdTt" if each in letters) for name, letters in found.items()}


async def test_the_server_may_do_with_each_table_what_is_declared(owner):
    declared = {name: letters for letters, names in APP.items() for name in names}

    assert await granted(owner, "app") == declared


async def test_of_rows_that_never_change_a_few_columns_do(owner):
    found: dict[str, set[str]] = {}
    for row in await owner.fetch(CHANGEABLE):
        found.setdefault(row["name"], set()).add(row["part"])

    assert found == COLUMNS


async def test_compiled_reads_read_and_see_neither_keys_nor_sign_ins(owner):
    found = await granted(owner, "plan")

    assert set(found.values()) == {"r", ""}
    assert {name for name, letters in found.items() if not letters} == UNREAD | set(UNREAD_COLUMNS)


async def test_compiled_reads_see_no_sealed_column_where_the_others_are_of_use(owner):
    found: dict[str, set[str]] = {}
    for row in await owner.fetch(UNREADABLE):
        found.setdefault(row["name"], set()).add(row["part"])

    assert {name: parts for name, parts in found.items() if name not in UNREAD} == UNREAD_COLUMNS


async def test_compiled_reads_see_no_bytes(owner):
    assert await owner.fetch(SEALED_BUT_READ) == [], (
        "whatever is sealed, blind or a key is bytea, and little else"
    )


async def test_the_role_of_the_audit_only_adds(owner):
    found = await granted(owner, "audit")

    assert {name: letters for name, letters in found.items() if letters} == {"audit_row": "a"}


@pytest.mark.parametrize("role", ["app", "plan", "audit"])
async def test_no_role_of_the_server_makes_or_owns_anything(owner, role):
    [row] = await owner.fetch(
        "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls AS mighty,"
        " has_schema_privilege(rolname, 'public', 'CREATE') AS builds,"
        " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) AS owns"
        " FROM pg_roles WHERE rolname = $1",
        role,
    )

    assert not any(row.values())
