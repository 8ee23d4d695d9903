"""The citizen on whose behalf the platform calls: what he lets the mini-app know, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from banshi.errors import ConsentNeeded, LevelNeeded


@dataclass(frozen=True, kw_only=True)
class Citizen:
    """Who it is, as this mini-app knows him and no other does."""

    sub: str  # pairwise subject
    level: int = 1  # real-name level 1–3
    scopes: frozenset[str] = frozenset()  # what he agreed to
    region: str = "330000"  # GB/T 2260
    elder: bool = False  # he uses elder mode
    claims: Mapping[str, Any] = field(default_factory=dict)  # what else the platform tells, by consent

    def may(self, scope: str) -> bool:
        """Say whether he agreed to `scope`."""
        return scope in self.scopes

    def require(self, scope: str, *, level: int = 1) -> None:
        """Refuse to go on without his consent to `scope`, or below a real-name level.

        Raises: ConsentNeeded, LevelNeeded.
        """
        if not self.may(scope):
            raise ConsentNeeded(scope=scope)
        if self.level < level:
            raise LevelNeeded(level=level)
