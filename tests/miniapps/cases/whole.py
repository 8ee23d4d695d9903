"""A case is wholly a draft or wholly submitted, and every row of a submission is its own party's."""

from uuid import UUID

from miniapps.cases.service._keys import digest_of
from storage.db import fetch

LEFT = """
SELECT 'command' AS what, party_id FROM case_command WHERE case_id = $1 AND digest = $2
UNION ALL SELECT 'material', party_id FROM case_material WHERE case_id = $1
UNION ALL SELECT 'receipt', party_id FROM material_use WHERE case_id = $1
UNION ALL SELECT 'clock', party_id FROM case_clock WHERE case_id = $1
UNION ALL SELECT 'event', party_id FROM case_event WHERE case_id = $1
UNION ALL SELECT 'audit', party_id FROM audit_row WHERE object = 'case/' || $1 AND act = 'case.submit'
UNION ALL SELECT 'fact', party_id FROM outbox WHERE payload ->> 'case_id' = $1::text
UNION ALL SELECT 'fact', (payload ->> 'party_id')::uuid FROM outbox WHERE payload ->> 'case_id' = $1::text
"""

OF_SUBMISSION = {"command": 1, "material": 2, "receipt": 2, "clock": 1, "event": 1, "audit": 1, "fact": 4}
"""What a submission with two materials leaves; a fact counts for its column and for its payload."""

STRANGE = """
SELECT m.id FROM case_material m LEFT JOIN material_use u ON u.id = m.receipt_id
WHERE m.case_id = $1 AND (u.case_id IS DISTINCT FROM m.case_id OR u.holding_id IS DISTINCT FROM m.holding_id)
"""


async def state_of(case_id: UUID) -> str:
    """Return "gone", "draft" or "submitted"; fails when the case is neither quite the one nor the other."""
    case_id = UUID(str(case_id))
    cases = await fetch("SELECT * FROM case_file WHERE id = $1", case_id)
    rows = await fetch(
        LEFT.replace("'case/' || $1", "'case/' || $1::text"), case_id, digest_of("submit", str(case_id))
    )
    left = {what: sum(row["what"] == what for row in rows) for what in {row["what"] for row in rows}}
    if not cases or cases[0]["state"] == "draft":
        assert left == {}
        return "draft" if cases else "gone"
    [case] = cases
    assert left == OF_SUBMISSION
    assert {row["party_id"] for row in rows} == {case["party_id"]}
    assert await fetch(STRANGE, case_id) == []
    assert case["number"] and case["department_id"] and case["received_at"] == case["complete_at"]
    return str(case["state"])
