"""The inbox, and what mini-apps wrote into it."""

from piccolo.columns import JSONB, UUID, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from storage.db import DB
from storage.ids import new_id


class Notice(Table, db=DB, tablename="notice"):
    """One thing a person, firm or department was told (消息).  No ID or phone number stands in it."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # whose inbox
    key = Varchar(160)  # what it is about, e.g. "case.decided:<case id>"; once per party
    kind = Varchar(80)  # dotted, e.g. "trip.zero": with `parameters` enough for any language
    parameters = JSONB()  # string to string
    title = Varchar(60)  # in zh-CN
    body = Varchar(1000)
    link = Varchar(300, null=True, default=None)  # a path of our own pages
    app_id = Varchar(64, null=True, default=None)  # the mini-app it came through, which may see it too
    told_at = Timestamptz()
    read_at = Timestamptz(null=True, default=None)

    notice_once_per_party_and_key = Unique([party_id, key])
    notice_title_and_body_said = Check("title <> '' AND body <> ''")
    notice_link_stays_inside = Check("link IS NULL OR link LIKE '/%'")


class AppMark(Table, db=DB, tablename="app_mark"):
    """That a mini-app wrote to a party, muted or not: against telling twice, and too often."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    app_id = Varchar(64)
    key = Varchar(100)  # the mini-app's own
    digest = Varchar(64)  # SHA-256 of what it said, in hexadecimal
    told_at = Timestamptz()

    app_mark_once = Unique([party_id, app_id, key])


class AppMute(Table, db=DB, tablename="app_mute"):
    """A mini-app that a party does not want to hear."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    app_id = Varchar(64)
    muted_at = Timestamptz()

    app_mute_once = Unique([party_id, app_id])
