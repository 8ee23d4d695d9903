"""How releases stand, each step of them, who has which version, and what is switched off."""

from piccolo.columns import UUID, Array, SmallInt, Text, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from miniapps.release.rules.rising import Stage
from miniapps.release.rules.steps import StepKind
from miniapps.release.rules.switches import SwitchKind
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class AppRelease(Table, db=DB, tablename="app_release"):
    """How the release of one mini-app stands; the stable version is `mini_app.released_id`.

    A trigger makes the row with the mini-app, so that both can be read and locked together.
    """

    id = UUID(primary_key=True, default=new_id)  # the mini-app's
    stage = Varchar(10, choices=Stage, default=Stage.NONE)
    previous_id = UUID(null=True, default=None)  # stable before the last one went to everyone
    candidate_id = UUID(null=True, default=None)
    percent = SmallInt(default=0)
    regions = Array(base_column=Varchar())  # GB/T 2260 codes
    withdrawn = Array(base_column=UUID())  # versions rolled back or halted, and not released since
    killed = Array(base_column=UUID())  # versions that are switched off
    watched_from = Timestamptz(null=True, default=None)  # since when the errors of the newest version count
    changed_at = Timestamptz(null=True, default=None)

    app_release_stage_is_known = Check(one_of("stage", Stage))
    app_release_percent_is_one = Check("percent BETWEEN 0 AND 100")


class ReleaseStep(Table, db=DB, tablename="release_step"):
    """One step of a release, up or down; never changed, never removed."""

    id = UUID(primary_key=True, default=new_id)
    app = UUID()  # the mini-app's row
    version_id = UUID()
    kind = Varchar(10, choices=StepKind)
    stage = Varchar(10, choices=Stage)  # after it, as all that follows
    percent = SmallInt()
    regions = Array(base_column=Varchar())
    person_id = UUID()  # who did it, or the worker
    reason = Text(default="")
    key = Varchar(200, null=True, default=None)  # of whoever may have to repeat it
    asked = Varchar(64, null=True, default=None)  # SHA-256 of what was asked under the key
    at = Timestamptz()

    release_step_once = Unique(["app", "key"])
    release_step_kind_is_known = Check(one_of("kind", StepKind))
    release_step_stage_is_known = Check(one_of("stage", Stage))


class AppPin(Table, db=DB, tablename="app_pin"):
    """Which version a session opened first: it keeps that."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    session_id = UUID()
    app = UUID()  # the mini-app's row
    version_id = UUID()
    opened_at = Timestamptz()

    app_pin_once = Unique(["party_id", "session_id", "app"])


class AppTrial(Table, db=DB, tablename="app_trial"):
    """That a tester of the platform (体验官) gets a mini-app's versions on trial; gone when he does not."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    app = UUID()  # the mini-app's row
    given_by = UUID()
    given_at = Timestamptz()
    ends_at = Timestamptz()  # with his time as a tester

    app_trial_once = Unique(["party_id", "app"])


class AppSwitch(Table, db=DB, tablename="app_switch"):
    """Something an operator switched off, and perhaps on again."""

    id = UUID(primary_key=True, default=new_id)
    kind = Varchar(10, choices=SwitchKind)
    target = Varchar(64)  # as `SwitchKind` says
    reason = Varchar(500)  # for the file
    notice = Varchar(200)  # for citizens to read
    off_by = UUID()
    off_at = Timestamptz()
    on_by = UUID(null=True, default=None)
    on_at = Timestamptz(null=True, default=None)

    app_switch_kind_is_known = Check(one_of("kind", SwitchKind))
    app_switch_is_on_whole = Check("(on_by IS NULL) = (on_at IS NULL)")
