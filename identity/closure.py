"""Closure: whether staff may look at anybody's data now.  Without proof of the audit they may not."""

from identity.actor import Actor
from identity.errors import AuditBehind
from identity.roles import Role

NOT_STAFF = frozenset({Role.CITIZEN, Role.SERVICE})

_closed = False


def close_to_staff(closed: bool) -> None:
    """Let staff look at nobody's data in this process, or let them again: their looks could not be proven."""
    global _closed
    _closed = closed


def check_open(actor: Actor) -> None:
    """Raise AuditBehind when the actor is staff, and data is closed to staff."""
    if _closed and not actor.roles <= NOT_STAFF:
        raise AuditBehind
