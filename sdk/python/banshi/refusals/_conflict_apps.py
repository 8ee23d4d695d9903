"""Conflict, of mini-apps: the state of things does not allow it."""

from banshi.refusals._base import Conflict


class AppAgreementMissing(Conflict):
    """The department and the vendor have not both signed what they answer for."""

    code, status, retryable = "APP_AGREEMENT_MISSING", 409, False


class AppAgreementOutdated(Conflict):
    """What is to be signed is another text than the one that was read."""

    code, status, retryable = "APP_AGREEMENT_OUTDATED", 409, False


class AppCredentialExists(Conflict):
    """The credentials were made before, and shown once."""

    code, status, retryable = "APP_CREDENTIAL_EXISTS", 409, False


class AppCredentialRotated(Conflict):
    """The secret was rotated meanwhile, and its successor shown to whoever did it."""

    code, status, retryable = "APP_CREDENTIAL_ROTATED", 409, False


class AppFilesRemoved(Conflict):
    """The version came to nothing long ago, and its files are gone."""

    code, status, retryable = "APP_FILES_REMOVED", 409, False


class AppHostTooOld(Conflict):
    """The citizen's host app is older than the mini-app needs: he is to update it to `needed` or …"""

    code, status, retryable = "APP_HOST_TOO_OLD", 409, False


class AppIdTaken(Conflict):
    """Somebody else registered this id first."""

    code, status, retryable = "APP_ID_TAKEN", 409, False


class AppInReview(Conflict):
    """Another version of the mini-app is being looked at; one at a time."""

    code, status, retryable = "APP_IN_REVIEW", 409, False


class AppNotApproved(Conflict):
    """Only a version that passed its review is given to citizens."""

    code, status, retryable = "APP_NOT_APPROVED", 409, False


class AppSuspended(Conflict):
    """An operator has switched the mini-app off."""

    code, status, retryable = "APP_SUSPENDED", 409, False


class AppTooMany(Conflict):
    """A team has as many mini-apps as it may have; `most` of them."""

    code, status, retryable = "APP_TOO_MANY", 409, False


class AppTooManyVersions(Conflict):
    """A mini-app had as many versions within 24 hours as it may; `after` says when the next may come."""

    code, status, retryable = "APP_TOO_MANY_VERSIONS", 409, False


class AppVersionExists(Conflict):
    """This version was handed in before with another manifest: versions never change."""

    code, status, retryable = "APP_VERSION_EXISTS", 409, False


class AppVersionKeyRevoked(Conflict):
    """The key that signed the version was revoked: nobody gets it any more, whatever is switched on."""

    code, status, retryable = "APP_VERSION_KEY_REVOKED", 409, False


class AppVersionMoveRefused(Conflict):
    """The version's state does not allow this."""

    code, status, retryable = "APP_VERSION_MOVE_REFUSED", 409, False
