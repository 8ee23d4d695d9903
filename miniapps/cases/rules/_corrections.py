"""Asking for what is missing: everything at once, and only once."""

from collections.abc import Collection, Sequence

import msgspec

from miniapps.cases.errors import ReasonMissing, SecondCorrection
from miniapps.cases.rules._states import Verb


class Defect(msgspec.Struct, frozen=True):
    """One thing to mend: the material kind (or form field) and what is wrong, in words for the applicant."""

    kind: str
    problem: str


def check_correction(defects: Sequence[Defect], *, earlier: int, newly_handed: Collection[str]) -> bool:
    """Say whether the notice is a further one, which is flagged.

    Shape: `earlier` notices were sent; `newly_handed` are the kinds handed in since the last of them.
    Raises: ReasonMissing when it names nothing; SecondCorrection when a further notice names something that
        could have been named before: that would hide delay (假按时).
    Source: 行政许可法 Art. 32: one notice naming everything.
    """
    if not defects or not all(defect.kind and defect.problem for defect in defects):
        raise ReasonMissing(verb=Verb.ASK_CORRECTION)
    stale = sorted({defect.kind for defect in defects} - set(newly_handed))
    if earlier and stale:
        raise SecondCorrection(kinds=", ".join(stale))
    return earlier > 0
