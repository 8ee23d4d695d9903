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
from miniapps.items.queries._search import search
from miniapps.items.queries._versions import (
    compiled,
    in_force,
    lock_unindexed,
    published,
    version,
    versions,
)

__all__ = [
    "Offer", "around", "catalog", "compiled", "described", "in_force", "lock_unindexed", "offers",
    "published", "search", "texts", "topics", "version", "versions",
]  # fmt: skip
