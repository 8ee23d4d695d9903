"""Verbs of webhooks: plan, send, register addresses, send again, forget."""

from miniapps.webhooks.service._addresses import register, remove
from miniapps.webhooks.service._again import replay, replay_since, try_out
from miniapps.webhooks.service._asking import answer, answer_by_client, ask_all, watch_questions
from miniapps.webhooks.service._keeping import forget, remind, sweep, tell_off
from miniapps.webhooks.service._news import of_case, of_grant, of_version, of_withdrawal
from miniapps.webhooks.service._sending import send_due

__all__ = [
    "answer", "answer_by_client", "ask_all", "forget", "of_case", "of_grant", "of_version", "of_withdrawal",
    "register", "remind", "remove", "replay", "replay_since", "send_due", "sweep", "tell_off", "try_out",
    "watch_questions",
]  # fmt: skip
