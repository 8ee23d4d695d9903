"""The verbs of inboxes: telling, reading, what mini-apps write, and who does not want to hear from them."""

from miniapps.notices.service._from_apps import Sent, mute, send, unmute
from miniapps.notices.service._inbox import (
    mark_all_read,
    mark_read,
    seed,
    sweep,
    tell,
    tell_of,
    tell_of_answer,
    tell_of_device,
    tell_of_lost_passkey,
    tell_of_mandate,
    tell_of_network_identity,
    tell_of_objection,
    tell_of_passkey,
)

__all__ = [
    "Sent", "mark_all_read", "mark_read", "mute", "seed", "send", "sweep", "tell", "tell_of",
    "tell_of_answer", "tell_of_device", "tell_of_lost_passkey", "tell_of_mandate", "tell_of_network_identity",
    "tell_of_objection", "tell_of_passkey", "unmute",
]  # fmt: skip
