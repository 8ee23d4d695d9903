"""Tables of the old wires."""

from enum import StrEnum

from piccolo.columns import UUID, Array, Boolean, Bytea, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id

CODE_CHARACTERS = 64
CLIENT_CHARACTERS = 48


class Wire(StrEnum):
    """Which of the old ways of signing on a client speaks."""

    TICKET = "ticket"  # 个人: simpleauth with a service code, a password and MD5
    UNIFIED = "unified"  # 统一: ticketId and appId ("IRS V2")
    LEGAL = "legal"  # 法人: ssotoken
    BCDSG = "bcdsg"  # the same three behind the gateway, signed with AK and SK


class WireClient(Table, db=DB, tablename="wire_client"):
    """That a client may use one wire under one code: a service code, an appId, or an access key (AK)."""

    id = UUID(primary_key=True, default=new_id)
    client_id = Varchar(CLIENT_CHARACTERS)  # under which consents and audit rows are kept
    wire = Varchar(10, choices=Wire)
    code = Varchar(CODE_CHARACTERS)
    name = Varchar(80)  # what the citizen reads
    operator = Varchar(120)  # the accountable unit
    callbacks = Array(base_column=Varchar())  # the first is the one meant when none is named
    callers = Array(base_column=Varchar())  # networks its servers call from; empty: any
    test_users_only = Boolean()  # before listing: hands out invented persons
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)

    wire_client_wire_is_known = Check(one_of("wire", Wire))
    wire_client_code_once_per_wire = Unique([wire, code])


class WireSecret(Table, db=DB, tablename="wire_secret"):
    """A password (servicepwd, SK): sealed, not hashed, since MD5 and HMAC are reckoned from itself."""

    id = UUID(primary_key=True, default=new_id)
    wire_client = UUID()
    sealed = Bytea()
    created_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)  # null: until it is rotated


class WirePass(Table, db=DB, tablename="wire_pass"):
    """One ticket for one client, and the token it was redeemed for; dies with session and consent."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    wire_client = UUID()
    ticket_hash = Bytea(unique=True)
    session_id = UUID()
    acting_for = UUID()  # himself, or the firm he acts for
    delegation_id = UUID(null=True, default=None)
    level = SmallInt()  # real-name level of the sign-in
    consent_id = UUID()
    issued_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    token_hash = Bytea(null=True, default=None, unique=True)
    token_until = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)  # somebody else showed the ticket

    wire_pass_level_is_known = Check("level BETWEEN 1 AND 3")
    wire_pass_token_comes_of_use = Check(
        "(used_at IS NULL) = (token_hash IS NULL) AND (used_at IS NULL) = (token_until IS NULL)"
    )


class WireSeen(Table, db=DB, tablename="wire_seen"):
    """A signature that was used, and by whom first, for as long as its time would still be believed."""

    digest = Bytea(primary_key=True)
    caller = Bytea()
    at = Timestamptz()
