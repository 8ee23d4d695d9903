"""What is told of how mini-apps do."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class AppTroubled(Event):
    """A version passed a limit; told again each minute while it does."""

    type: ClassVar[str] = "app.troubled"
    app_id: str
    app_version: str
    key: str  # of `rules.limits.KEYS`
    at: datetime
