"""What the applicant filled in, sealed: erasable while a draft, archived once submitted."""

import msgspec

from identity import keys
from identity.keys import Retention
from miniapps.cases.rules import CaseState, Content
from miniapps.cases.tables import Case
from storage import seal as sealing


async def seal(case: Case, content: Content, *, retention: Retention | None = None) -> bytes:
    """Return the content sealed for this case under the party's key."""
    kept = retention or _retention(case)
    key = await keys.data_key(case.party_id, kept)
    return sealing.seal(msgspec.json.encode(content), key, aad=_aad(case, kept))


async def open_(case: Case) -> Content:
    """Return the content of a case that a query has let the actor see."""
    kept = _retention(case)
    key = await keys.data_key(case.party_id, kept)
    return msgspec.json.decode(sealing.open_(case.content, key, aad=_aad(case, kept)), type=Content)


def _retention(case: Case) -> Retention:
    return Retention.CITIZEN if case.state == CaseState.DRAFT else Retention.ARCHIVE


def _aad(case: Case, retention: Retention) -> bytes:
    return f"case:{case.id}:content:{retention}".encode()
