"""Reads of releases.  Developers see their team's, operators all; switches are for operators alone."""

from miniapps.release.queries.health import Health, health
from miniapps.release.queries.makers import makers_of
from miniapps.release.queries.offers import Choice, Setting, asked, called, calling
from miniapps.release.queries.standing import Held, hold, release, standings, steps
from miniapps.release.queries.switched import last, off, stops_of, switches
from miniapps.release.queries.trials import trials_of
from miniapps.release.queries.versions import approved, manifest_of, manifests_of, numbers

__all__ = [
    "Choice", "Health", "Held", "Setting", "approved", "asked", "called", "calling", "health", "hold",
    "last", "makers_of", "manifest_of", "manifests_of", "numbers", "off", "release", "standings", "steps",
    "stops_of", "switches", "trials_of",
]  # fmt: skip
