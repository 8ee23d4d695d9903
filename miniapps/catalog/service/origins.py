"""Where mini-apps live: each on an origin of its own, below one host name that is nobody else's."""

from dataclasses import dataclass

from banshi.manifest import Manifest


@dataclass(frozen=True)
class OriginsSettings:
    """`host` is the name below which they live, with a port where it is not the usual one."""

    scheme: str = "http"
    host: str = "apps.localhost:8000"
    packages_only: bool = False  # no pages elsewhere: so in production


_settings = OriginsSettings()


def configure(settings: OriginsSettings) -> None:
    """Tell this process where mini-apps live."""
    global _settings
    _settings = settings


def packages_only() -> bool:
    """Say whether every version must bring its pages in a package."""
    return _settings.packages_only


def origin(app_id: str) -> str:
    """Return the origin of a mini-app, e.g. https://rent-app.apps.example."""
    return f"{_settings.scheme}://{app_id}.{_settings.host}"


def entry(made: Manifest) -> str:
    """Return the address of a version's start page."""
    return f"{origin(made.id)}/{made.version}/{made.home}" if made.is_packaged else made.entry
