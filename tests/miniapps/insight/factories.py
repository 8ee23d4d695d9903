"""What happened to versions of mini-apps, to so many people."""

from uuid import UUID

from miniapps.insight.rules.counting import What
from miniapps.insight.service.noting import note

APP = "rent-app"


def happened(version: str, *, app_id: str = APP, ms: float | None = None, **done: int) -> None:
    """So many things, each to another person: of `call=20, call_error=2` two of the twenty met an error."""
    for name, n in done.items():
        what = What[name.upper()]
        for number in range(n):
            note(app_id, version, what, by=UUID(int=number + 1), ms=ms if what is What.CALL else None)
