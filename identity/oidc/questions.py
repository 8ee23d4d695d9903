"""Questions: how many different things one client may ask about one person.

A predicate answers yes or no, but who may ask again and again with other values learns the value: after
seventeen halvings of a list of regions, or by trying one person after the other.  So different questions
are counted; the same one again is free.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID as Id

from piccolo.columns import UUID, Bytea, Timestamptz, Varchar
from piccolo.table import Table

from identity.oidc.errors import SentBack
from storage.db import DB, fetch
from storage.ids import new_id
from storage.seal import blind

MOST = 10  # different questions
SPAN = timedelta(days=30)


class OidcQuestion(Table, db=DB, tablename="oidc_question"):
    """That a client asked something about a person; what it was is kept blind."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    client_id = Varchar(64)
    question = Bytea()
    asked_at = Timestamptz()


_ASK = """
WITH held AS (
  SELECT question FROM oidc_question WHERE party_id = $1 AND client_id = $2 AND asked_at > $4
), fresh AS (
  SELECT q FROM unnest($3::bytea[]) AS asked (q) WHERE q NOT IN (SELECT question FROM held)
), allowed AS (
  SELECT (SELECT count(*) FROM held) + (SELECT count(*) FROM fresh) <= $6 AS yes
), noted AS (
  INSERT INTO oidc_question (id, party_id, client_id, question, asked_at)
  SELECT gen_random_uuid(), $1, $2, q, $5 FROM fresh, allowed WHERE allowed.yes
)
SELECT yes FROM allowed
"""


async def count(person_id: Id, client_id: str, asked: Iterable[str], *, now: datetime) -> None:
    """Count these questions, in a transaction that holds the person's lock.

    Raises: SentBack when they would be too many; then none of them counts.
    """
    hashes = [blind(f"{client_id}\0{question}", purpose="oidc.question") for question in dict.fromkeys(asked)]
    if not hashes:
        return
    [row] = await fetch(_ASK, person_id, client_id, hashes, now - SPAN, now, MOST)
    if not row["yes"]:
        raise SentBack("access_denied", "too many different questions about this person; ask again later")


async def sweep(*, now: datetime) -> None:
    """Forget questions that count no longer."""
    await fetch("DELETE FROM oidc_question WHERE asked_at < $1", now - SPAN)
