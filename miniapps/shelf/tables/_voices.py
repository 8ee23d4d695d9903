"""What citizens say of mini-apps.  Who said it never reaches the developer."""

from piccolo.columns import UUID, SmallInt, Text, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from miniapps.shelf.rules import CommentState, ComplaintState, Concern, DefectState, Severity
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class AppRating(Table, db=DB, tablename="app_rating"):
    """One party's stars for one mini-app, and the words beside them (评价)."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    app_id = Varchar(39)
    stars = SmallInt()
    comment = Varchar(500, default="")
    comment_state = Varchar(8, choices=CommentState, default=CommentState.NONE)
    refusal = Varchar(200, default="")  # why the comment is not shown, for who wrote it
    rated_at = Timestamptz()

    app_rating_once = Unique(["party_id", "app_id"])
    app_rating_stars_are_five = Check("stars BETWEEN 1 AND 5")
    app_rating_comment_state_is_known = Check(one_of("comment_state", CommentState))
    app_rating_comment_agrees = Check("(comment = '') = (comment_state = 'none')")


class AppComplaint(Table, db=DB, tablename="app_complaint"):
    """What somebody complains of in a mini-app (投诉)."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    app_id = Varchar(39)
    version = Varchar(20)  # that he opened last, else the one that citizens got
    concern = Varchar(10, choices=Concern)
    text = Varchar(1000)
    state = Varchar(8, choices=ComplaintState, default=ComplaintState.OPEN)
    answer = Varchar(1000, default="")
    complained_at = Timestamptz()
    answered_at = Timestamptz(null=True, default=None)
    key = Varchar(80)  # idempotency key

    app_complaint_once_per_key = Unique(["party_id", "key"])
    app_complaint_concern_is_known = Check(one_of("concern", Concern))
    app_complaint_state_is_known = Check(one_of("state", ComplaintState))
    app_complaint_answer_is_whole = Check("(state = 'answered') = (answered_at IS NOT NULL)")


class AppTester(Table, db=DB, tablename="app_tester"):
    """That a person tries mini-apps for the platform (体验官), in a region and until a day."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    region = Varchar(6)  # GB/T 2260
    appointed_by = UUID()
    appointed_at = Timestamptz()
    ends_at = Timestamptz()  # brought forward when he is dismissed

    app_tester_time_goes_forward = Check("ends_at >= appointed_at")


class AppDefect(Table, db=DB, tablename="app_defect"):
    """What a tester found wrong with a mini-app (缺陷)."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the tester
    app_id = Varchar(39)
    team_id = UUID()  # of the mini-app, which never changes hands
    version = Varchar(20)
    region = Varchar(6)  # where he tried it
    severity = Varchar(8, choices=Severity)
    title = Varchar(60)
    steps = Text()
    state = Varchar(12, choices=DefectState, default=DefectState.NEW)
    duplicate_of = UUID(null=True, default=None)
    fixed_in = Varchar(20, default="")  # the version that mends it, as the team says
    reported_at = Timestamptz()
    moved_at = Timestamptz()
    key = Varchar(80)

    app_defect_once_per_key = Unique(["party_id", "key"])
    app_defect_severity_is_known = Check(one_of("severity", Severity))
    app_defect_state_is_known = Check(one_of("state", DefectState))
    app_defect_duplicate_names_another = Check(
        "(state = 'duplicate') = (duplicate_of IS NOT NULL) AND duplicate_of IS DISTINCT FROM id"
    )
