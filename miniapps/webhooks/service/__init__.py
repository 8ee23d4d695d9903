"""Verbs of webhooks: plan, send, register addresses, send again, forget."""

from miniapps.webhooks.service._addresses import register, remove, turn_on
from miniapps.webhooks.service._again import replay, replay_since, try_out
from miniapps.webhooks.service._asking import answer, answer_by_client, ask_all, watch_questions
from miniapps.webhooks.service._keeping import forget, remind, sweep, tell_off
from miniapps.webhooks.service._news import HEARD, of_case, of_grant, of_version, of_withdrawal
from miniapps.webhooks.service._sending import send_due

__all__ = [
    "HEARD", "answer", "answer_by_client", "ask_all", "forget", "of_case", "of_grant", "of_version",
    "of_withdrawal", "register", "remind", "remove", "replay", "replay_since", "send_due", "sweep",
    "tell_off", "try_out", "turn_on", "watch_questions",
]  # fmt: skip
