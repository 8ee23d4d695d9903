"""Why a version is not given to citizens, or an app not opened."""

from banshi.errors import DomainError


class VersionNotReleasable(DomainError):
    """The version was switched off, or is what everybody has already."""

    code = "RELEASE_VERSION_REFUSED"
    text = "Version {version} cannot be released: it was switched off, or everybody has it already."


class CandidateUnderWay(DomainError):
    """Another version is being tried: roll it back first."""

    code = "RELEASE_UNDER_WAY"
    text = "Version {candidate} is being released. Roll it back first."


class ReleaseNotRising(DomainError):
    """The step adds nobody, and a release only rises; to take it back, roll back."""

    code = "RELEASE_NOT_RISING"
    text = "A release only rises: it is at {percent} % and in the regions [{regions}]."


class HostTooOld(DomainError):
    """The citizen's host app is older than the mini-app needs: he is to update it to `needed` or later."""

    code = "APP_HOST_TOO_OLD"
    text = "您的客户端版本太低，打不开“{name}”。请更新到 {needed} 或者更高版本后再试。"


class NotServedHere(DomainError):
    """The mini-app does not serve the citizen's region, or the one he chose; `places` says where it does."""

    code = "APP_NOT_SERVED_HERE"
    status = 403
    text = "“{name}”目前只在{places}提供服务。您要在那里办事的，请先切换地区。"


class SwitchNotFound(DomainError):
    """Nothing of this name is switched off."""

    code = "SWITCH_NOT_FOUND"
    status = 404
    text = "There is nothing called {target} to switch."
