"""Leaving the data as it was found: what a bench wrote has ids of its own time and goes."""

import time

import asyncpg

TABLES = (
    "case_material case_clock case_event case_command material_use material_upload audit_row notice job"
    " app_token session outbox case_file"
    " oidc_request oidc_grant oidc_refresh oidc_question consent known_device person_level"
).split()


def moment() -> str:
    """Return the least id of a row made from now on (UUIDv7)."""
    ms = f"{time.time_ns() // 1_000_000:012x}"
    return f"{ms[:8]}-{ms[8:]}-7000-8000-000000000000"


async def since(url: str, first: str) -> None:
    """Delete every row of the tables that benches write to whose id is `first` or greater."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")  # nobody is told, nothing is asked
        for table in TABLES:
            if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table):
                await connection.execute(f"DELETE FROM {table} WHERE id >= $1", first)
    finally:
        await connection.close()
