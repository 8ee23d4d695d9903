"""The copies that were asked for."""

from piccolo.columns import UUID, BigInt, Bytea, Integer, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from miniapps.privacy.rules import ExportState
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class DataExport(Table, db=DB, tablename="data_export"):
    """One copy of all data of one person, as an encrypted archive for a day."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    state = Varchar(10, default=ExportState.ASKED)
    done = Integer(default=0)  # parts and files that are in it already
    total = Integer(default=0)  # of so many
    size = BigInt(null=True, default=None)  # bytes of the clear archive
    digest = Varchar(64, null=True, default=None)  # SHA-256 of the clear archive
    key = Bytea(null=True, default=None)  # of the file, wrapped by the citizen's key; null when over
    asked_at = Timestamptz()
    ready_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)

    data_export_state_is_known = Check(one_of("state", ExportState))
    data_export_ready_is_whole = Check(
        "state <> 'ready' OR (key IS NOT NULL AND size IS NOT NULL AND digest IS NOT NULL)"
    )


TABLES = [DataExport]
