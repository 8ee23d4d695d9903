"""How the shelf is laid out.  These rows belong to nobody: reference tables in a sharded database."""

from piccolo.columns import JSONB, UUID, Array, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from miniapps.items.tables import TSVector
from storage.db import DB
from storage.ids import new_id


class ShelfEdition(Table, db=DB, tablename="shelf_edition"):
    """What citizens saw from `published_at` until the next edition.  Rows are only ever added."""

    id = UUID(primary_key=True, default=new_id)
    number = Integer(unique=True)  # 1, 2, 3 …; the largest is in force
    front = JSONB()  # rules.Front
    placings = JSONB()  # list of rules.Placing
    note = Varchar(200)  # what was changed and why, for the operators who come after
    restores = Integer(null=True, default=None)  # the number of the edition that this one brings back
    published_by = UUID()
    published_at = Timestamptz()
    key = Varchar(80, unique=True)  # idempotency key of the operator who published

    shelf_edition_number_is_positive = Check("number > 0")


class ShelfDraft(Table, db=DB, tablename="shelf_draft"):
    """The edition in the making, one for all operators; gone when it is published or thrown away."""

    place = SmallInt(primary_key=True, default=1)  # there is one
    revision = UUID(default=new_id)  # another with each change: whoever changes says which he saw
    based_on = Integer()  # the edition in force when it was begun; 0: none
    front = JSONB()
    placings = JSONB()
    edited_by = UUID()
    edited_at = Timestamptz()

    shelf_draft_is_one = Check("place = 1")


class ShelfEntry(Table, db=DB, tablename="shelf_entry"):
    """What finds a mini-app: made by a worker from the manifest that citizens get."""

    app_id = Varchar(39, primary_key=True)
    version_id = UUID()  # the version that this describes
    name = Varchar(20)
    purpose = Varchar(200)
    department = Varchar(100)
    regions = Array(Varchar(6), default=list)  # GB/T 2260
    min_host_version = Varchar(13, default="1.0")  # of the host app, such as 3.2
    document = TSVector(null=True, default=None, secret=True)


class ShelfPlacing(Table, db=DB, tablename="shelf_placing"):
    """Where a mini-app stands in the edition in force: rules.Placing as columns."""

    app_id = Varchar(39, primary_key=True)
    place = Integer(null=True, default=None)
    categories = Array(Varchar(40), default=list)
    life_events = Array(Varchar(40), default=list)
    least_level = SmallInt(default=0)
    ages = Array(Varchar(8), default=list)


class AppScore(Table, db=DB, tablename="app_score"):
    """How often a mini-app was given how many stars."""

    app_id = Varchar(39, primary_key=True)
    ones = Integer(default=0)
    twos = Integer(default=0)
    threes = Integer(default=0)
    fours = Integer(default=0)
    fives = Integer(default=0)

    app_score_counts = Check("least(ones, twos, threes, fours, fives) >= 0")


class DefectNote(Table, db=DB, tablename="app_defect_note"):
    """One step of a defect, or something said about it; whoever said it stands in the audit.  Only added."""

    id = UUID(primary_key=True, default=new_id)
    defect_id = UUID()
    side = Varchar(8)  # rules.Side
    state = Varchar(12)  # the state after it
    text = Text(default="")
    at = Timestamptz()
