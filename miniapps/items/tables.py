"""The catalogue: items, their immutable versions, and the index that finds them.

Catalogue rows belong to nobody, so they carry no party.
"""

from piccolo.columns import JSONB, UUID, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from storage.db import DB
from storage.ids import new_id


class Item(Table, db=DB, tablename="item"):
    """One service item of the catalogue (事项), whatever its version."""

    id = UUID(primary_key=True, default=new_id)
    code = Varchar(12, unique=True)  # 基本编码
    name = Varchar(200)  # of the current version, or of the first draft
    agency = Varchar(40)
    current_id = UUID(null=True, default=None)  # the published ItemVersion; null before and after publication

    item_code_is_twelve_digits = Check("code ~ '^[0-9]{12}$'")


class ItemVersion(Table, db=DB, tablename="item_version"):
    """One numbered text of an item and what it compiled to.  After publication nothing in it changes."""

    id = UUID(primary_key=True, default=new_id)
    item = ForeignKey(Item, null=False, on_delete=OnDelete.restrict)
    number = Integer()  # 1, 2, 3 … within the item
    text = Text()
    digest = Varchar(64)  # SHA-256 of the text, hexadecimal
    compiled = JSONB()
    defined_by = UUID()
    defined_at = Timestamptz()
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)

    item_version_number_is_positive = Check("number > 0")
    item_version_is_published_by_someone = Check("(published_at IS NULL) = (published_by IS NULL)")
    item_version_publisher_is_not_definer = Check("published_by <> defined_by")
