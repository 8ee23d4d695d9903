"""Forward migrations: one runner at a time, each migration and its record in one transaction."""

import importlib
import os
import re
from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.conf.apps import AppConfig, AppRegistry

from storage.db import DB, execute, fetch, transaction

os.environ.setdefault("PICCOLO_CONF", "storage.piccolo_conf")

LOCK = 0x62616E73  # any number, the same in every process

LEDGER = (
    "CREATE TABLE IF NOT EXISTS migration (id serial PRIMARY KEY, name varchar(200) NOT NULL DEFAULT '',"
    " app_name varchar(200) NOT NULL DEFAULT '', ran_on timestamp NOT NULL DEFAULT current_timestamp)"
)
"""Piccolo's own table of what ran, in Piccolo's shape, so that its commands agree with ours."""


def app_configs() -> list[AppConfig]:
    """Return every part that has tables, lowest first."""
    registry: AppRegistry = importlib.import_module("storage.piccolo_conf").APP_REGISTRY
    return [importlib.import_module(name).APP_CONFIG for name in registry.apps]


async def migrate() -> list[str]:
    """Bring the database up to the code; return the names of the migrations that ran.

    Needs `storage.db.connect` with the owner's address and a pool of at least two.
    A second runner waits at an advisory lock and then finds nothing to do.
    """
    async with DB.lent() as guard:
        await guard.execute("SELECT pg_advisory_lock($1)", LOCK)
        try:
            await execute(LEDGER)
            ran = {
                (row["app_name"], row["name"]) for row in await fetch("SELECT app_name, name FROM migration")
            }
            todo = [(config, path) for config in app_configs() for path in _files(config)]
            return [
                await _run(config, path) for config, path in todo if (config.app_name, _id(path)) not in ran
            ]
        finally:
            await guard.execute("SELECT pg_advisory_unlock($1)", LOCK)


def _files(config: AppConfig) -> list[Path]:
    return sorted(Path(config.resolved_migrations_folder_path).glob("*_[0-9]*.py"))


def _id(path: Path) -> str:
    """Return the ID that stands in the file; Piccolo's ledger holds it, not the file's name."""
    found = re.search(r'^ID = "(.+)"$', path.read_text(), re.MULTILINE)
    assert found, f"{path} has no ID"
    return found.group(1)


async def _run(config: AppConfig, path: Path) -> str:
    folder = config.migrations_folder_path if isinstance(config.migrations_folder_path, str) else ""
    package = ".".join([*Path(folder).relative_to(Path(__file__).parent.parent).parts, path.stem])
    async with transaction():
        manager = await importlib.import_module(package).forwards()
        if isinstance(manager, MigrationManager):
            await manager.run()
        await execute("INSERT INTO migration (name, app_name) VALUES ($1, $2)", _id(path), config.app_name)
    return f"{config.app_name}: {_id(path)}"
