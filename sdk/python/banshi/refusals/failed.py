"""Failed: the platform, or a back end behind it, failed."""

from banshi.refusals._base import Failed


class AppAnswerUnfit(Failed):
    """The back end answered what the API's `output` in the manifest does not say; its developers are …"""

    code, status, retryable = "APP_ANSWER_UNFIT", 502, False


class AppBusy(Failed):
    """All connections of the back end have as many calls under way as they may."""

    code, status, retryable = "APP_BUSY", 503, True


class AppFailed(Failed):
    """The back end answered something that is not its protocol."""

    code, status, retryable = "APP_FAILED", 502, False


class AppFileDamaged(Failed):
    """A file of a package is not what the package's list says: it is not served."""

    code, status, retryable = "APP_FILE_DAMAGED", 503, False


class AppLost(Failed):
    """The connection to the back end ended while the call was under way; whether it was done is …"""

    code, status, retryable = "APP_LOST", 502, True


class AppOffline(Failed):
    """No back end of the mini-app is connected at the moment."""

    code, status, retryable = "APP_OFFLINE", 503, True


class AppResting(Failed):
    """The back end failed too often just now: for some seconds calls are not passed on."""

    code, status, retryable = "APP_RESTING", 503, True


class AppSilent(Failed):
    """The back end did not answer in time; whether it did what it was asked is unknown."""

    code, status, retryable = "APP_SILENT", 504, True


class AppWrong(Failed):
    """The program and its manifest disagree; `problem` says how."""

    code, status, retryable = "APP_WRONG", 500, False


class AuditBehind(Failed):
    """The audit is unsealed for too long, so what staff looks at could not be proven: nobody looks."""

    code, status, retryable = "AUDIT_BEHIND", 503, True


class BrowserFailed(Failed):
    """The looking itself broke; it says nothing about the mini-app."""

    code, status, retryable = "BROWSER_FAILED", 503, True


class BrowserMissing(Failed):
    """There is no browser here, or it does not start; nothing was looked at."""

    code, status, retryable = "BROWSER_MISSING", 503, True


class CitizenNotCalling(Failed):
    """The mini-app acts for the citizen of a call, and this one did not come with any."""

    code, status, retryable = "CITIZEN_NOT_CALLING", 500, False


class Internal(Failed):
    """Our fault, already logged: quote the request id when you report it."""

    code, status, retryable = "INTERNAL", 500, False


class NetworkOff(Failed):
    """The simulator's network is switched off."""

    code, status, retryable = "NETWORK_OFF", 503, True


class NotPlayed(Failed):
    """The platform is played here, and not this part of it."""

    code, status, retryable = "NOT_PLAYED", 501, False


class SchemaUnfit(Failed):
    """The schema in the manifest cannot be used: it refers to what is not there, or to itself …"""

    code, status, retryable = "SCHEMA_UNFIT", 500, False


class Unavailable(Failed):
    """A neighbour system did not answer; the same call may work later."""

    code, status, retryable = "UNAVAILABLE", 503, True
