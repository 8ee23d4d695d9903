"""How many calls there may be, as the platform's gateway counts them; here in one process."""

import math
import time

from banshi import calls
from banshi.calls import AppCrowded


class Quota:
    """The quota of one mini-app: `per_s` calls a second, and of each of its APIs half of that."""

    def __init__(self, per_s: float = calls.PER_S) -> None:
        self.per_s = per_s
        self._left: dict[str, tuple[float, float]] = {}  # by bucket: what was left, and when

    def take(self, app_id: str, api: str) -> None:
        """Count one call.  Raises: AppCrowded."""
        now = time.monotonic()
        for name, capacity, per_s in calls.buckets(app_id, api, self.per_s):
            left, at = self._left.get(name, (float(capacity), now))
            left = min(capacity, left + (now - at) * per_s)
            if left < 1:
                raise AppCrowded(app_id=app_id, retry_after_s=math.ceil((1 - left) / per_s))
            self._left[name] = (left - 1, now)
