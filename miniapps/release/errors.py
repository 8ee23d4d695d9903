"""Why a version is not given to citizens, or an app not opened."""

from banshi.errors import DomainError


class VersionNotReleasable(DomainError):
    """The version is not approved, was switched off, or is what everybody has already."""

    code = "RELEASE_VERSION_REFUSED"
    text = (
        "Version {version} cannot be released: it must be approved, not switched off, and not in use by all."
    )


class CandidateUnderWay(DomainError):
    """Another version is being tried: roll it back first."""

    code = "RELEASE_UNDER_WAY"
    text = "Version {candidate} is being released. Roll it back first."


class ReleaseNotRising(DomainError):
    """The step adds nobody, and a release only rises; to take it back, roll back."""

    code = "RELEASE_NOT_RISING"
    text = "A release only rises: it is at {percent} % and in the regions [{regions}]."


class ReleaseKeyReused(DomainError):
    """The idempotency key was used for another step."""

    code = "RELEASE_KEY_REUSED"
    text = "This idempotency key was used for something else."


class SwitchNotFound(DomainError):
    """Nothing of this name is switched off."""

    code = "SWITCH_NOT_FOUND"
    status = 404
    text = "There is nothing called {target} to switch."
