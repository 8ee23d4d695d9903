"""Whether the migrations are in step with the tables: `python -m storage.drift` (needs black).

Piccolo does not notice a changed condition under the same name of a Check, so this compares those itself.
"""

import asyncio
import sys

from piccolo.apps.migrations.auto.diffable_table import DiffableTable
from piccolo.apps.migrations.auto.schema_snapshot import SchemaSnapshot
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.conf.apps import AppConfig
from piccolo.constraints import Constraint

from storage.migrations import app_configs


async def pending_changes() -> list[str]:
    """Return what `scripts/new-migration` would write, one line per change; needs no database."""
    return [change for config in app_configs() for change in await _pending(config)]


async def _pending(config: AppConfig) -> list[str]:
    manager = AutoMigrationManager(auto_input="y")
    found = [
        f"{config.app_name}: {statement.strip().splitlines()[0]}"
        for statements in await manager.get_alter_statements(config)
        for statement in statements.statements
    ]
    snapshot = SchemaSnapshot(await manager.get_migration_managers(app_config=config)).get_snapshot()
    return found + [f"{config.app_name}: {name}" for name in _changed(config, snapshot)]


def _changed(config: AppConfig, migrated: list[DiffableTable]) -> list[str]:
    """Return the constraints whose text differs although their name does not: give them a new name."""
    before = {(table.tablename, name): ddl for table in migrated for name, ddl in _texts(table.constraints)}
    return [
        f"constraint {name} of {table._meta.tablename} has another text: rename it"
        for table in config.table_classes
        for name, ddl in _texts(table._meta.constraints)
        if before.get((table._meta.tablename, name), ddl) != ddl
    ]


def _texts(constraints: list[Constraint]) -> list[tuple[str, str]]:
    return [(constraint._meta.name, constraint.ddl) for constraint in constraints]


if __name__ == "__main__":
    sys.exit("\n".join(asyncio.run(pending_changes())) or 0)
