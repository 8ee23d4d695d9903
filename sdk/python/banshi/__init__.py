"""Speaks: what a mini-app and the platform must agree on, usable alone.

from banshi import Citizen, MiniApp, events
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from banshi.serving import Citizen, MiniApp

__all__ = ["Citizen", "MiniApp"]


def __getattr__(name: str) -> Any:
    """Load what serves a mini-app when it is asked for: the platform itself needs the rest alone."""
    if name in __all__:
        return getattr(import_module("banshi.serving"), name)
    raise AttributeError(name)
