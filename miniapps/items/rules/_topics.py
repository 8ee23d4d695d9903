"""The topics that items are shown under: the life events of the vocabulary, in its order."""

import msgspec

from miniapps.items.rules._vocabulary import LIFE_EVENTS

FOR_ELDERS = frozenset({"health", "insurance", "disability", "old_age"})
"""What the old come for: seeing a doctor, pensions and insurance, aids, provision for old age."""


class Topic(msgspec.Struct, frozen=True):
    """One life event (人生大事)."""

    code: str  # "birth"
    name: str  # 出生
    place: int  # 1, 2, 3 … in the order of showing
    for_elders: bool = False  # shown in elder mode


TOPICS = tuple(
    Topic(code, name, place, code in FOR_ELDERS)
    for place, (name, code) in enumerate(LIFE_EVENTS.words.items(), start=1)
)
