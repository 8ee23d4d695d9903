"""Notices as they were loaded.  Append-only: a correction is a newer revision of the same year."""

from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from storage.db import DB
from storage.ids import new_id


class CalendarNotice(Table, db=DB, tablename="calendar_notice"):
    """One loading of one year's notice (节假日安排通知); the greatest revision of a year is in force."""

    id = UUID(primary_key=True, default=new_id)
    revision = BigInt(unique=True)  # 1, 2, 3 … over all years, in the order of loading
    year = Integer(index=True)
    source = Text()  # the document, as the file names it
    loaded_by = UUID()  # person
    loaded_at = Timestamptz()

    calendar_notice_source_said = Check("source <> ''")


class CalendarDay(Table, db=DB, tablename="calendar_day"):
    """One day of a notice: off, or a weekend that is worked (调休)."""

    id = UUID(primary_key=True, default=new_id)
    notice = ForeignKey(CalendarNotice, null=False, on_delete=OnDelete.restrict)
    day = Date()  # in Asia/Shanghai
    works = Boolean()
    name = Varchar(40)  # the holiday it belongs to, in Chinese

    calendar_day_once_per_notice = Unique([notice, day])
