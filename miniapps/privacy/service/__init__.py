"""The verbs: a copy of everything, and to be erased."""

from miniapps.privacy.service._erasure import erase_me
from miniapps.privacy.service._exports import ask, build, link, open_link, remove

__all__ = ["ask", "build", "erase_me", "link", "open_link", "remove"]
