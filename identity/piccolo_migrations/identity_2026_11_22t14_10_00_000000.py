from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from enum import Enum
from piccolo.columns.column_types import Varchar
from piccolo.constraints import Check

ID = "2026-11-22T14:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = ""


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="identity", description=DESCRIPTION
    )

    manager.alter_column(
        table_class_name="Session",
        tablename="session",
        column_name="acting_as",
        db_column_name="acting_as",
        params={
            "choices": Enum(
                "Role",
                {
                    "CITIZEN": "citizen",
                    "CLERK": "clerk",
                    "ITEM_DEFINER": "item_definer",
                    "OPERATOR": "operator",
                    "DEVELOPER": "developer",
                    "MAINTAINER": "maintainer",
                    "MANAGER": "manager",
                    "AUDITOR": "auditor",
                    "SECURITY": "security",
                    "VILLAGE_AGENT": "village_agent",
                    "SERVICE": "service",
                },
            )
        },
        old_params={
            "choices": Enum(
                "Role",
                {
                    "CITIZEN": "citizen",
                    "CLERK": "clerk",
                    "ITEM_DEFINER": "item_definer",
                    "OPERATOR": "operator",
                    "DEVELOPER": "developer",
                    "MAINTAINER": "maintainer",
                    "MANAGER": "manager",
                    "AUDITOR": "auditor",
                    "VILLAGE_AGENT": "village_agent",
                    "SERVICE": "service",
                },
            )
        },
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    manager.alter_column(
        table_class_name="StaffPost",
        tablename="staff_post",
        column_name="role",
        db_column_name="role",
        params={
            "choices": Enum(
                "Role",
                {
                    "CITIZEN": "citizen",
                    "CLERK": "clerk",
                    "ITEM_DEFINER": "item_definer",
                    "OPERATOR": "operator",
                    "DEVELOPER": "developer",
                    "MAINTAINER": "maintainer",
                    "MANAGER": "manager",
                    "AUDITOR": "auditor",
                    "SECURITY": "security",
                    "VILLAGE_AGENT": "village_agent",
                    "SERVICE": "service",
                },
            )
        },
        old_params={
            "choices": Enum(
                "Role",
                {
                    "CITIZEN": "citizen",
                    "CLERK": "clerk",
                    "ITEM_DEFINER": "item_definer",
                    "OPERATOR": "operator",
                    "DEVELOPER": "developer",
                    "MAINTAINER": "maintainer",
                    "MANAGER": "manager",
                    "AUDITOR": "auditor",
                    "VILLAGE_AGENT": "village_agent",
                    "SERVICE": "service",
                },
            )
        },
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="StaffPost",
        tablename="staff_post",
        constraint_name="staff_post_role_is_of_staff",
        schema=None,
    )

    manager.add_constraint(
        table_class_name="StaffPost",
        tablename="staff_post",
        constraint_name="staff_post_role_is_known",
        constraint_class=Check,
        params={
            "condition": "role IN ('clerk', 'item_definer', 'operator', 'developer', 'maintainer', 'manager', 'auditor', 'security', 'village_agent')"
        },
        schema=None,
    )

    return manager
