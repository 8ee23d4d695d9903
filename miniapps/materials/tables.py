"""What a party's wallet remembers.  Indexes begin with `party_id`; `docs/adr/053` says which do not."""

from piccolo.columns import (
    UUID,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from miniapps.materials.rules import CertificateState, ObjectState, Source, Trust, UploadState
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class VaultObject(Table, db=DB, tablename="vault_object"):
    """Sealed bytes of one party.  The same bytes are stored once per party.

    The bytes are sealed with a key of their own, which is kept wrapped by the party's key of each
    retention class that may read it: erasable by the citizen, and archive once a case has used it.
    """

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    fingerprint = Bytea()  # HMAC-SM3 of the SHA-256 of the bytes as uploaded
    media_type = Varchar(40)
    size = Integer()  # bytes of the clear content
    state = Varchar(16, default=ObjectState.RESERVED)
    citizen_key = Bytea(null=True, default=None)
    archive_key = Bytea(null=True, default=None)
    created_at = Timestamptz()

    vault_object_is_stored_once = Unique([party_id, fingerprint])
    vault_object_state_is_known = Check(one_of("state", ObjectState))


class Material(Table, db=DB, tablename="material"):
    """A paper in the wallet, known by its kind and title; its content lies in versions."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    kind = Varchar(64)
    title = Varchar(80)
    hidden = Boolean(default=False)  # removed by the citizen
    created_at = Timestamptz()

    material_is_one_per_kind_and_title = Unique([party_id, kind, title])
    material_kind_is_given = Check("kind <> ''")


class MaterialVersion(Table, db=DB, tablename="material_version"):
    """One content of a material.  Never changed, but for the trust that a window check raises."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    material = ForeignKey(Material, null=False, on_delete=OnDelete.restrict, index=False)
    number = SmallInt()  # 1, 2, …
    object = ForeignKey(VaultObject, null=False, on_delete=OnDelete.restrict, index=False)
    trust = Varchar(1)
    created_by = UUID(default=None)  # the person who uploaded it
    created_at = Timestamptz()
    verified_by = UUID(null=True, default=None)  # the clerk who saw the original
    verified_for = UUID(null=True, default=None)  # his department
    verified_at = Timestamptz(null=True, default=None)
    evidence = Varchar(200, null=True, default=None)  # what was shown and compared

    material_version_number_is_unique = Unique([party_id, material, number])
    material_version_trust_is_known = Check(one_of("trust", Trust))


class Upload(Table, db=DB, tablename="material_upload"):
    """A file on its way from the phone through quarantine into the vault."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    person_id = UUID(default=None)
    idempotency_key = Varchar(64)
    kind = Varchar(64)
    title = Varchar(80)
    media_type = Varchar(40)
    size = Integer()  # bytes, exact
    fingerprint = Bytea()  # HMAC-SM3 of the SHA-256 the phone announced
    state = Varchar(16, default=UploadState.REQUESTED)
    reason = Varchar(40, null=True, default=None)  # why it was refused, a stable word
    starts = SmallInt(default=0)  # checks begun that had no end: a file that kills workers is refused
    version = ForeignKey(MaterialVersion, null=True, default=None, on_delete=OnDelete.restrict, index=False)
    requested_at = Timestamptz()
    expires_at = Timestamptz()
    settled_at = Timestamptz(null=True, default=None)

    material_upload_key_is_used_once = Unique([party_id, idempotency_key])
    material_upload_state_is_known = Check(one_of("state", UploadState))
    material_upload_available_has_version = Check("(state = 'available') = (version IS NOT NULL)")
    material_upload_refused_has_reason = Check("(state = 'refused') = (reason IS NOT NULL)")


class CertificateType(Table, db=DB, tablename="certificate_type"):
    """The number of a kind of certificate; the same for every party, so it bears no `party_id`."""

    id = UUID(primary_key=True, default=new_id)
    kind = Varchar(64, unique=True)
    serial = SmallInt(unique=True)  # 1–999

    certificate_type_serial_fits = Check("serial BETWEEN 1 AND 999")


class Certificate(Table, db=DB, tablename="certificate"):
    """An electronic certificate (电子证照): a record issued and signed by a department, level A."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    kind = Varchar(64)
    title = Varchar(80)
    number = Varchar(40)  # the issuer's own number (证照编号)
    identifier = Varchar(120)  # 证照标识, GB/T 36904
    facts = Bytea()  # JSON object of words, sealed
    issuer_id = UUID(default=None)  # department
    issuer_name = Varchar(120)
    case_id = UUID(default=None)
    issued_on = Date()
    valid_until = Date(null=True, default=None)  # last good day
    state = Varchar(16, default=CertificateState.NORMAL)
    revoked_at = Timestamptz(null=True, default=None)
    signature = Varchar(4000)  # compact JWS over the certificate's words
    created_at = Timestamptz()

    certificate_is_issued_once = Unique([party_id, case_id, kind])
    certificate_identifier_is_unique = Unique([party_id, identifier])
    certificate_state_is_stored = Check("state IN ('normal', 'revoked')")


class MaterialUse(Table, db=DB, tablename="material_use"):
    """A receipt: who used which material for what, until when (用证记录).  Rows are only ever added."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    source = Varchar(16)
    holding_id = UUID(default=None)
    kind = Varchar(64)
    title = Varchar(80)
    case_id = UUID(default=None)
    used_by = UUID(default=None)  # the person who caused the use
    department_id = UUID(null=True, default=None)  # whose staff may look while `until` lasts
    app_id = Varchar(64, null=True, default=None)
    purpose = Varchar(200)
    basis = Varchar(200, null=True, default=None)  # the norm that allows it
    until = Timestamptz()
    used_at = Timestamptz()

    material_use_is_noted_once = Unique([party_id, holding_id, case_id, department_id], nulls_distinct=False)
    material_use_source_is_known = Check(one_of("source", Source))
    material_use_has_purpose = Check("purpose <> ''")


TABLES = [VaultObject, Material, MaterialVersion, Upload, CertificateType, Certificate, MaterialUse]
