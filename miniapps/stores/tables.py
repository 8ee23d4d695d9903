"""What is kept, and the commands that were carried out lately."""

from piccolo.columns import UUID, Bytea, Date, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from banshi.stores import MOST_VALUE
from storage.db import DB
from storage.ids import new_id


class StoredValue(Table, db=DB, tablename="app_value"):
    """What one mini-app keeps of one party under one key."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    app_id = Varchar(39)
    store_id = UUID()  # of the consent by which it was kept; under another it is not there any more
    key = Varchar(64)
    value = Bytea()  # JSON, sealed with the citizen's key
    size = SmallInt()  # bytes of the JSON
    revision = UUID()  # the id of the command that wrote it
    changed_at = Timestamptz()
    touched_on = Date()  # local date on which the mini-app wrote or read it last

    app_value_key_is_unique = Unique(["party_id", "app_id", "key"])
    app_value_size_fits = Check(f"size BETWEEN 1 AND {MOST_VALUE}")


class StoreCommand(Table, db=DB, tablename="app_store_command"):
    """An idempotency key of a mini-app for one party, remembered for a day."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    app_id = Varchar(39)
    key = Varchar(80)
    digest = Bytea()  # blind, of verb and arguments

    app_store_command_key_is_unique = Unique(["party_id", "app_id", "key"])


TABLES = [StoredValue, StoreCommand]
