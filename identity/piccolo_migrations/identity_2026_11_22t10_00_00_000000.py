from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from enum import Enum
from piccolo.columns.column_types import SmallInt
from piccolo.columns.column_types import Text
from piccolo.columns.column_types import Timestamptz
from piccolo.columns.column_types import UUID
from piccolo.columns.column_types import Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check
from storage.ids import new_id

ID = "2026-11-22T10:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "levels and firms"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="identity", description=DESCRIPTION
    )

    manager.add_table(
        class_name="Firm", tablename="firm", schema=None, columns=None
    )

    manager.add_table(
        class_name="LevelRow", tablename="person_level", schema=None, columns=None
    )

    manager.add_column(
        table_class_name="Firm",
        tablename="firm",
        column_name="id",
        db_column_name="id",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": new_id,
            "null": False,
            "primary_key": True,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="Firm",
        tablename="firm",
        column_name="code",
        db_column_name="code",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 18,
            "default": "",
            "null": False,
            "primary_key": False,
            "unique": True,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="Firm",
        tablename="firm",
        column_name="name",
        db_column_name="name",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 120,
            "default": "",
            "null": False,
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

    manager.add_column(
        table_class_name="Firm",
        tablename="firm",
        column_name="kind",
        db_column_name="kind",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 20,
            "default": "",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": Enum(
                "FirmKind",
                {
                    "COMPANY": "company",
                    "SOLE_TRADER": "sole_trader",
                    "INSTITUTION": "institution",
                    "SOCIETY": "society",
                    "COOPERATIVE": "cooperative",
                },
            ),
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="Firm",
        tablename="firm",
        column_name="region",
        db_column_name="region",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 6,
            "default": "",
            "null": False,
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

    manager.add_column(
        table_class_name="Firm",
        tablename="firm",
        column_name="created_at",
        db_column_name="created_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": TimestamptzNow(),
            "null": False,
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

    manager.add_column(
        table_class_name="Firm",
        tablename="firm",
        column_name="closed_at",
        db_column_name="closed_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
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

    manager.add_column(
        table_class_name="LevelRow",
        tablename="person_level",
        column_name="id",
        db_column_name="id",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": new_id,
            "null": False,
            "primary_key": True,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="LevelRow",
        tablename="person_level",
        column_name="party_id",
        db_column_name="party_id",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": UUID4(),
            "null": False,
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

    manager.add_column(
        table_class_name="LevelRow",
        tablename="person_level",
        column_name="at",
        db_column_name="at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": TimestamptzNow(),
            "null": False,
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

    manager.add_column(
        table_class_name="LevelRow",
        tablename="person_level",
        column_name="was",
        db_column_name="was",
        column_class_name="SmallInt",
        column_class=SmallInt,
        params={
            "default": 0,
            "null": False,
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

    manager.add_column(
        table_class_name="LevelRow",
        tablename="person_level",
        column_name="became",
        db_column_name="became",
        column_class_name="SmallInt",
        column_class=SmallInt,
        params={
            "default": 0,
            "null": False,
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

    manager.add_column(
        table_class_name="LevelRow",
        tablename="person_level",
        column_name="method",
        db_column_name="method",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 20,
            "default": "",
            "null": False,
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

    manager.add_column(
        table_class_name="LevelRow",
        tablename="person_level",
        column_name="evidence_id",
        db_column_name="evidence_id",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 80,
            "default": "",
            "null": False,
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

    manager.add_column(
        table_class_name="LevelRow",
        tablename="person_level",
        column_name="reason",
        db_column_name="reason",
        column_class_name="Text",
        column_class=Text,
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

    manager.add_column(
        table_class_name="LevelRow",
        tablename="person_level",
        column_name="recorded_by",
        db_column_name="recorded_by",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": UUID4(),
            "null": False,
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
        table_class_name="Firm",
        tablename="firm",
        constraint_name="firm_kind_is_known",
        constraint_class=Check,
        params={
            "condition": "kind IN ('company', 'sole_trader', 'institution', 'society', 'cooperative')"
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="LevelRow",
        tablename="person_level",
        constraint_name="person_level_changes",
        constraint_class=Check,
        params={
            "condition": "was BETWEEN 0 AND 3 AND became BETWEEN 1 AND 3 AND was <> became"
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="LevelRow",
        tablename="person_level",
        constraint_name="person_level_falls_for_a_reason",
        constraint_class=Check,
        params={"condition": "became > was OR reason <> ''"},
        schema=None,
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
        constraint_name="staff_post_role_is_one_of_staff",
        schema=None,
    )

    manager.add_constraint(
        table_class_name="StaffPost",
        tablename="staff_post",
        constraint_name="staff_post_role_is_of_staff",
        constraint_class=Check,
        params={
            "condition": "role IN ('clerk', 'item_definer', 'operator', 'developer', 'maintainer', 'manager', 'auditor', 'village_agent')"
        },
        schema=None,
    )

    return manager
