"""Reads of the catalogue.  What is in force is everybody's; drafts are for definers and operators."""

from miniapps.items.queries._offers import (
    Offer,
    around,
    catalog,
    described,
    offers,
    texts,
    topics,
)
from miniapps.items.queries._regions import OFFERED_IN, RegionsUsed
from miniapps.items.queries._search import search
from miniapps.items.queries._versions import (
    CURRENT,
    compiled,
    lock_unindexed,
    published,
    remembered,
    version,
    versions,
)

__all__ = [
    "CURRENT", "OFFERED_IN", "Offer", "RegionsUsed", "around", "catalog", "compiled", "described",
    "lock_unindexed", "offers", "published", "remembered", "search", "texts", "topics", "version", "versions",
]  # fmt: skip
