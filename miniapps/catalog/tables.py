"""Rows of the catalogue.  They belong to no citizen: reference tables in a sharded database."""

from piccolo.columns import (
    JSONB,
    UUID,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from miniapps.catalog.rules import AppState, Environment, Side, VersionState
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class MiniApp(Table, db=DB, tablename="mini_app"):
    """A mini-app: its id never changes hands (小程序)."""

    id = UUID(primary_key=True, default=new_id)
    app_id = Varchar(39, unique=True)  # also the OAuth client_id
    name = Varchar(20)  # of the released version, or of the first one
    purpose = Varchar(200)
    department = Varchar(100)  # the accountable department (主管单位)
    operator = Varchar(100)
    team_id = UUID(index=True)  # who makes it: a team of developers, or an organ with developers of its own
    department_id = UUID(
        null=True, default=None
    )  # of the organ that the newest manifest names, if we know it
    state = Varchar(12, choices=AppState, default=AppState.NEW)
    state_reason = Text(default="")
    released_id = UUID(null=True, default=None)  # the version citizens get
    created_at = Timestamptz()

    mini_app_state_is_known = Check(one_of("state", AppState))


class MiniAppVersion(Table, db=DB, tablename="mini_app_version"):
    """One version: its manifest never changes."""

    id = UUID(primary_key=True, default=new_id)
    app = ForeignKey(MiniApp, null=False, on_delete=OnDelete.restrict)
    team_id = UUID()  # of the mini-app, which never changes hands
    department_id = UUID(null=True, default=None)  # of the department that its manifest names
    version = Varchar(20)
    manifest = JSONB()
    text = Text()
    state = Varchar(12, choices=VersionState, default=VersionState.SUBMITTED)
    package_sha256 = Varchar(64, null=True, default=None)  # null: its pages lie on its developers' own host
    package_size = Integer(null=True, default=None)  # bytes of the zip
    listing = Text(null=True, default=None)  # `_banshi/files.json`, to the byte
    signature = Text(null=True, default=None)  # `_banshi/signature.json`
    key_id = Varchar(32, null=True, default=None)  # of the key that signed the listing
    submitted_by = UUID()  # the person
    submitted_at = Timestamptz()
    reviewed_by = UUID(null=True, default=None)
    reviewed_at = Timestamptz(null=True, default=None)
    reason = Text(default="")  # of the review, shown to the developer
    is_stopped = Boolean(default=False)  # by a switch: its files are not served while this is so
    removed_at = Timestamptz(null=True, default=None)  # since when its package and files are gone

    mini_app_version_number = Unique(["app", "version"])
    mini_app_version_state_is_known = Check(one_of("state", VersionState))
    mini_app_version_package_is_whole = Check(
        "num_nulls(package_sha256, package_size, listing, signature, key_id) IN (0, 5)"
    )


class AppObject(Table, db=DB, tablename="mini_app_object"):
    """A package or a file of packages in the object store, and of how many versions it is."""

    key = Varchar(140, primary_key=True)  # its name there
    uses = Integer(default=0)  # versions; 0: one may be on its way in
    touched_at = Timestamptz()  # when it was last announced or counted, by the database's clock

    mini_app_object_uses_are_counted = Check("uses >= 0")


class AppUpload(Table, db=DB, tablename="mini_app_upload"):
    """A version of a mini-app on its way in, and how many bytes it will take of its team's; one at a time."""

    id = UUID(primary_key=True, default=new_id)  # the mini-app's
    team_id = UUID()
    hold = UUID()  # the upload's own; another one cannot end it
    size = Integer()  # bytes of the zip
    ends_at = Timestamptz()  # by the database's clock: from then on it holds nothing, its process has died


class TeamKey(Table, db=DB, tablename="team_key"):
    """A public key that a team's packages are signed with."""

    id = UUID(primary_key=True, default=new_id)
    team_id = UUID()
    key_id = Varchar(32)  # the first half of the SHA-256 of the key, in hexadecimal
    public_key = Varchar(64)  # Ed25519, in hexadecimal
    name = Varchar(40)
    added_by = UUID()  # the person
    added_at = Timestamptz()
    retired_at = Timestamptz(null=True, default=None)  # it signs nothing new; what it signed goes on
    revoked_at = Timestamptz(null=True, default=None)  # nothing that it ever signed is served any more
    reason = Text(default="")  # of the revocation

    team_key_once = Unique(["team_id", "key_id"])


class AppSignature(Table, db=DB, tablename="mini_app_signature"):
    """That one side of an agreement on a mini-app has signed it, until it withdraws."""

    id = UUID(primary_key=True, default=new_id)
    app = ForeignKey(MiniApp, null=False, on_delete=OnDelete.restrict)
    side = Varchar(12, choices=Side)
    signer_id = UUID()  # the organ or the team that is bound by it
    signed_by = UUID()  # the person
    role = Varchar(20)  # in which he signed
    text_version = Varchar(10)
    text_sha256 = Varchar(64)
    signed_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)
    withdrawn_by = UUID(null=True, default=None)
    reason = Text(default="")  # of the withdrawal

    mini_app_signature_side_is_known = Check(one_of("side", Side))


class WebhookSecret(Table, db=DB, tablename="mini_app_webhook_secret"):
    """A secret that deliveries to a mini-app's back end are signed with; several overlap while it changes."""

    id = UUID(primary_key=True, default=new_id)
    app = ForeignKey(MiniApp, null=False, on_delete=OnDelete.restrict)
    environment = Varchar(12, choices=Environment)
    sealed = Bytea()
    created_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)

    mini_app_webhook_secret_environment_is_known = Check(one_of("environment", Environment))
