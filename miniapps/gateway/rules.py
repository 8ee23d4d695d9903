"""Over which connections a call goes.  No I/O, no clock."""

from uuid import UUID

MOST_FRAME = 1024 * 1024  # bytes of anything on a relay connection
SANDBOX = "--sandbox"  # what the client ids of sandbox credentials end in


def live(app_id: str) -> str:
    """Return the channel of citizens' calls to a mini-app."""
    return f"live:{app_id}"


def trial(app_id: str) -> str:
    """Return the channel of a mini-app's sandbox credentials."""
    return f"trial:{app_id}"


def bench(person_id: UUID, app_id: str) -> str:
    """Return the channel of a developer who runs a mini-app at his own desk: nobody else calls there."""
    return f"{desk(person_id)}{app_id}"


def desk(person_id: UUID) -> str:
    """Return how the channels of a developer begin."""
    return f"bench:{person_id.hex}:"
