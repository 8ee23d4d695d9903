"""How much waits for operators."""

from dataclasses import dataclass

from identity.actor import Actor, check_operator
from storage.db import fetch

_PENDING = """
SELECT (SELECT count(*) FROM app_rating WHERE comment_state = 'waiting') AS comments,
  (SELECT count(*) FROM app_complaint WHERE state = 'open') AS complaints,
  (SELECT count(*) FROM app_defect WHERE state IN ('new', 'fixed')) AS defects
"""


@dataclass(frozen=True)
class Pending:
    """Comments and complaints that wait, and defects to confirm or to close."""

    comments: int
    complaints: int
    defects: int


async def pending(actor: Actor) -> Pending:
    """Return how much waits; of nobody's words a thing is told.

    Raises: ScopeMissing.
    """
    check_operator(actor)
    [row] = await fetch(_PENDING)
    return Pending(**row)
