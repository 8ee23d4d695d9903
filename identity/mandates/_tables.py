"""The table of mandates, and which of them are in force."""

from piccolo.columns import UUID, Array, Boolean, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from identity.mandates._rules import MandateState
from identity.roles import MandateKind
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class Mandate(Table, db=DB, tablename="mandate"):
    """One right of one person to act for one party."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the principal: a person or a firm
    delegate_id = UUID()  # the person who may act
    kind = Varchar(20, choices=MandateKind)
    state = Varchar(12, choices=MandateState, default=MandateState.PROPOSED)
    scopes = Array(base_column=Varchar())
    codes = Array(base_column=Varchar(), null=True, default=None)  # catalogue codes of items; null: all
    post_id = UUID(null=True, default=None)  # 村级代办: the post he does it from; it ends with it
    proposed_by = UUID()  # the person
    by_principal = Boolean()  # whose side it came from: the other one accepts
    proposed_at = Timestamptz()
    accepted_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz()
    consent_until = Timestamptz(null=True, default=None)  # 监护: until the ward consents himself (14)
    ground = Varchar(20, null=True, default=None)  # 监护: why
    evidence_id = Varchar(80, null=True, default=None)  # of what rests on a register
    ended_at = Timestamptz(null=True, default=None)
    ended_by = UUID(null=True, default=None)

    mandate_kind_is_known = Check(one_of("kind", MandateKind))
    mandate_state_is_known = Check(one_of("state", MandateState))
    mandate_is_for_another = Check("party_id <> delegate_id")
    mandate_active_is_accepted = Check("state <> 'active' OR accepted_at IS NOT NULL")
    mandate_village_has_a_post = Check("(kind = 'village') = (post_id IS NOT NULL)")
    mandate_of_a_register_has_evidence = Check(
        "kind NOT IN ('representative', 'guardian') OR evidence_id IS NOT NULL"
    )


IN_FORCE = (
    "SELECT m.id, m.party_id, m.kind, m.scopes, m.codes, m.expires_at, coalesce(o.region, f.region) AS region"
    " FROM mandate m LEFT JOIN person o ON o.id = m.party_id LEFT JOIN firm f ON f.id = m.party_id"
    " LEFT JOIN staff_post v ON v.id = m.post_id"
    " WHERE m.state = 'active' AND o.erased_at IS NULL AND f.closed_at IS NULL"
    " AND (m.post_id IS NULL OR v.ended_at IS NULL)"
)
"""The mandates that are in force but for their time: add `AND m.id = … AND m.expires_at > …`."""
