"""The catalogue: items and their immutable versions.

Catalogue rows belong to nobody, so they carry no party.
"""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    Boolean,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check
from piccolo.table import Table

from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class TSVector(Text):
    """PostgreSQL's search document.  Written by SQL only; Piccolo selects leave it out."""

    @property
    def column_type(self) -> str:
        """The name PostgreSQL knows it by."""
        return "TSVECTOR"


class VersionState(StrEnum):
    """Where a version stands.  Only a published one is offered; a case keeps the one it began under."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Item(Table, db=DB, tablename="item"):
    """One service item of the catalogue (事项), whatever its version: what lists show, and what finds it."""

    id = UUID(primary_key=True, default=new_id)
    code = Varchar(12, unique=True)  # 基本编码
    name = Varchar(200)  # of the version in force; before that, of the first draft
    agency = Varchar(40)
    current_id = UUID(null=True, default=None)  # the ItemVersion in force
    regions = Array(Varchar(6), default=list)  # GB/T 2260 codes of the places that offer it
    life_events = Array(Varchar(20), default=list)  # the first is the ItemTopic it is shown under
    summary = Text(default="")  # this and the next five, of the version in force: lists read no compiled text
    kind = Varchar(20)
    target = Varchar(6)  # person, firm or both
    instant = Boolean(default=False)  # 即办件
    declared_trips = Integer(default=0)
    sample = Boolean(default=False)
    indexed_id = UUID(null=True, default=None)  # the version that the next three describe
    pinyin = Text(default="")  # "shehuibaozhangka"
    initials = Text(default="")  # "shbzk"
    document = TSVector(null=True, default=None, secret=True)

    item_code_is_twelve_digits = Check("code ~ '^[0-9]{12}$'")


class ItemTopic(Table, db=DB, tablename="item_topic"):
    """One life event (人生大事) that items are gathered under; `seed` keeps step with the vocabulary."""

    code = Varchar(20, primary_key=True)  # "birth"
    name = Varchar(20)  # 出生
    place = SmallInt()  # 1, 2, 3 … in the order of showing
    for_elders = Boolean(default=False)  # shown in elder mode


class ItemVersion(Table, db=DB, tablename="item_version"):
    """One numbered text of an item and what it compiled to.  After publication neither changes."""

    id = UUID(primary_key=True, default=new_id)
    item = ForeignKey(Item, null=False, on_delete=OnDelete.restrict)
    number = Integer()  # 1, 2, 3 … within the item
    state = Varchar(12, choices=VersionState, default=VersionState.DRAFT)
    text = Text()
    digest = Varchar(64)  # SHA-256 of the text, hexadecimal
    compiled = JSONB()
    defined_by = UUID()
    defined_at = Timestamptz()
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)  # or superseded

    item_version_number_is_positive = Check("number > 0")
    item_version_state_is_known = Check(one_of("state", VersionState))
    item_version_draft_is_not_published = Check("(state = 'draft') = (published_at IS NULL)")
    item_version_publisher_is_recorded = Check("(published_at IS NULL) = (published_by IS NULL)")
    item_version_publisher_is_not_definer = Check("published_by <> defined_by")
