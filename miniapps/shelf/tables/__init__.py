"""Rows of the shelf: its layout, which is nobody's, and what parties say of mini-apps."""

from miniapps.shelf.tables._layout import (
    AppScore,
    DefectNote,
    ShelfDraft,
    ShelfEdition,
    ShelfEntry,
    ShelfPlacing,
)
from miniapps.shelf.tables._voices import AppComplaint, AppDefect, AppRating, AppTester

__all__ = [
    "AppComplaint",
    "AppDefect",
    "AppRating",
    "AppScore",
    "AppTester",
    "DefectNote",
    "ShelfDraft",
    "ShelfEdition",
    "ShelfEntry",
    "ShelfPlacing",
]
