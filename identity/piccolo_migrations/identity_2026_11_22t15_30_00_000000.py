"""Clients may be told by a webhook what a citizen took back; the secret it is signed with is sealed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Bytea
from piccolo.columns.column_types import Text
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check

ID = "2026-11-22T15:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "webhooks of clients"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    for name, kind in (("webhook_uri", Text), ("webhook_sealed", Bytea)):
        manager.add_column(
            table_class_name="OidcClient",
            tablename="oidc_client",
            column_name=name,
            db_column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params={
                "default": None,
                "null": True,
                "primary_key": False,
                "unique": False,
                "index": False,
                "index_method": IndexMethod.btree,
                "choices": None,
                "db_column_name": None,
                "secret": False,
            },
            schema=None,
        )

    manager.add_constraint(
        table_class_name="OidcClient",
        tablename="oidc_client",
        constraint_name="oidc_client_webhook_has_a_secret",
        constraint_class=Check,
        params={"condition": "(webhook_uri IS NULL) = (webhook_sealed IS NULL)"},
        schema=None,
    )

    return manager
