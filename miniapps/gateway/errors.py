"""Why a call does not reach the back end of a mini-app, or no answer comes back."""

from banshi.errors import DomainError


class ApiUnknown(DomainError):
    """The version that the citizen opened has no API of this name in its manifest."""

    code = "API_UNKNOWN"
    status = 404
    text = "{app_id} has no API {api}."


class AppOffline(DomainError):
    """No back end of the mini-app is connected at the moment."""

    code = "APP_OFFLINE"
    status = 503
    text = "No back end of {app_id} is connected."
    retryable = True


class AppBusy(DomainError):
    """All connections of the back end have as many calls under way as they may."""

    code = "APP_BUSY"
    status = 503
    text = "{app_id} has too many calls under way."
    retryable = True


class AppLost(DomainError):
    """The connection to the back end ended while the call was under way; whether it was done is unknown."""

    code = "APP_LOST"
    status = 502
    text = "The back end of {app_id} went away during the call."
    retryable = True


class AppSilent(DomainError):
    """The back end did not answer in time; whether it did what it was asked is unknown."""

    code = "APP_SILENT"
    status = 504
    text = "The back end of {app_id} did not answer within {seconds} s."
    retryable = True


class RelayRefused(DomainError):
    """The relay does not take this connection: `problem` says why."""

    code = "RELAY_REFUSED"
    status = 403
    text = "The relay does not take this connection: {problem}"
