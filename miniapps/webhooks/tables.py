"""Where news go, and every piece of news on its way."""

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Bytea, Integer, Text, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from miniapps.webhooks.rules import DeliveryState, Off, Outcome, Right
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class WebhookAddress(Table, db=DB, tablename="webhook_address"):
    """Where one client is told: a mini-app's in an environment, or one outside."""

    id = UUID(primary_key=True, default=new_id)
    client_id = Varchar(64, unique=True)
    url = Text()
    registered_at = Timestamptz()
    failing_since = Timestamptz(null=True, default=None)  # since when it took nothing; null: it takes
    slow = Boolean(default=False)  # it lets us wait, and is told beside the others
    off = Varchar(8, null=True, choices=Off, default=None)  # why it gets nothing any more
    off_at = Timestamptz(null=True, default=None)

    webhook_address_off_is_known = Check(one_of("off", Off))
    webhook_address_off_is_whole = Check("(off IS NULL) = (off_at IS NULL)")


class WebhookDelivery(Table, db=DB, tablename="webhook_delivery"):
    """One piece of news for one client, kept for thirty days."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(null=True, default=None)  # whose news it is; null: of nobody, or of one erased since
    client_id = Varchar(64)
    line = UUID()  # what is in one line is sent in order: the party as the client knows it
    seq = BigInt()  # from the sequence webhook_seq
    type = Varchar(40)
    body = Bytea()  # sealed with the citizen's key, or the master key where there is none
    test = Boolean(default=False)
    state = Varchar(10, choices=DeliveryState, default=DeliveryState.WAITING)
    failures = Integer(default=0)  # since it was planned, or asked for again
    tries = JSONB(default="[]")  # as `rules.Try`, the last of them
    made_at = Timestamptz()
    next_at = Timestamptz(null=True, default=None)  # null: not before the one ahead in the line is over
    leased_until = Timestamptz(null=True, default=None)  # by the database's clock: somebody sends it
    ended_at = Timestamptz(null=True, default=None)

    webhook_delivery_state_is_known = Check(one_of("state", DeliveryState))
    webhook_delivery_ends_once = Check("(state = 'waiting') = (ended_at IS NULL)")


class DataQuestion(Table, db=DB, tablename="data_question"):
    """What a citizen wanted of one mini-app that holds data of him, and its answer; it names no party."""

    id = UUID(primary_key=True, default=new_id)
    app_id = Varchar(39)
    sub = Varchar(32)  # the citizen, as the mini-app knows him
    wants = Varchar(8, choices=Right)
    asked_at = Timestamptz()
    due_at = Timestamptz()
    answered_at = Timestamptz(null=True, default=None)
    outcome = Varchar(8, null=True, choices=Outcome, default=None)

    data_question_want_is_known = Check(one_of("wants", Right))
    data_question_outcome_is_known = Check(one_of("outcome", Outcome))
    data_question_answer_is_whole = Check("(answered_at IS NULL) = (outcome IS NULL)")


TABLES = [WebhookAddress, WebhookDelivery, DataQuestion]
