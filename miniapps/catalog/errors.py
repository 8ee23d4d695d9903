"""Why a mini-app is not submitted, released or opened."""

from banshi.errors import DomainError, RateLimited


class AppNotFound(DomainError):
    """No such mini-app, or not one this caller may see."""

    code = "APP_NOT_FOUND"
    status = 404
    text = "There is no mini-app {app} that you may see."


class AppIdTaken(DomainError):
    """Somebody else registered this id first."""

    code = "APP_ID_TAKEN"
    text = "The id {app_id} is taken. Choose another."


class TooManyApps(DomainError):
    """A team has as many mini-apps as it may have; `most` of them."""

    code = "APP_TOO_MANY"
    text = "A team has at most {most} mini-apps. Use one it has, or ask the platform for another team."


class TeamStorageFull(DomainError):
    """The packages of a team take as many bytes as they may; in time those that came to nothing go."""

    code = "TEAM_STORAGE_FULL"
    text = (
        "Your team's packages have {used} of at most {most} bytes, and this one has {size} more. Make it"
        " smaller, wait for those of withdrawn and refused versions to go after {days} days, or ask the"
        " platform for more."
    )


class UploadsUnderWay(RateLimited):
    """As many packages come in as may at once, of a mini-app, team or person, or of all; come back soon."""

    code = "UPLOADS_UNDER_WAY"
    text = "Too many packages are on their way in. Come back in {retry_after_s} s."


class TooManyVersions(DomainError):
    """A mini-app had as many versions within 24 hours as it may; `after` says when the next may come."""

    code = "APP_TOO_MANY_VERSIONS"
    text = (
        "{app_id} had {used} versions within 24 hours, of at most {most}. Try things with `miniapp dev` and"
        " `miniapp check`, and hand the next one in after {after}."
    )


class FilesRemoved(DomainError):
    """The version came to nothing long ago, and its files are gone."""

    code = "APP_FILES_REMOVED"
    text = "The files of version {version} of {app_id} are gone. Hand it in under another number."


class VersionExists(DomainError):
    """This version was handed in before with another manifest: versions never change."""

    code = "APP_VERSION_EXISTS"
    text = "Version {version} of {app_id} exists with other contents. Raise the version."


class VersionMoveRefused(DomainError):
    """The version's state does not allow this."""

    code = "APP_VERSION_MOVE_REFUSED"
    text = "A {now} version cannot become {to}."


class AppInReview(DomainError):
    """Another version of the mini-app is being looked at; one at a time."""

    code = "APP_IN_REVIEW"
    text = "Version {version} of {app_id} is in review. Wait for the outcome, or withdraw it."


class NotApproved(DomainError):
    """Only a version that passed its review is given to citizens."""

    code = "APP_NOT_APPROVED"
    text = "Version {version} of {app_id} is {state}, not approved."


class OwnRelease(DomainError):
    """Who hands a version in may not review it."""

    code = "APP_OWN_RELEASE"
    status = 403
    text = "You handed this version in; another person reviews it."


class AppSuspended(DomainError):
    """An operator has switched the mini-app off."""

    code = "APP_SUSPENDED"
    text = "{app_id} is switched off: {reason}"


class AppConsentMissing(DomainError):
    """The citizen has not agreed to what the mini-app needs; `scopes` lists what is missing."""

    code = "APP_CONSENT_MISSING"
    status = 403
    text = "{app_id} needs your consent to: {scopes}."


class ScopeNotDeclared(DomainError):
    """The consent names a scope that the manifest does not ask for."""

    code = "APP_SCOPE_NOT_DECLARED"
    status = 422
    text = "{app_id} does not ask for {scope}."


class PackageNeeded(DomainError):
    """Here every version brings its pages in a package."""

    code = "APP_PACKAGE_NEEDED"
    status = 422
    text = "{app_id} names the entry {entry}, which needs a package with it. Send it to /apps/packages."


class PackageUnsigned(DomainError):
    """No living key of the team signed the package."""

    code = "APP_PACKAGE_UNSIGNED"
    status = 422
    text = "The package is signed by key {key_id}, which is no living key of your team."


class FileDamaged(DomainError):
    """A file of a package is not what the package's list says: it is not served."""

    code = "APP_FILE_DAMAGED"
    status = 503
    text = "This file cannot be served now."


class KeyNotFound(DomainError):
    """No such key, or not one of the team."""

    code = "TEAM_KEY_NOT_FOUND"
    status = 404
    text = "Your team has no key {key}."


class KeyRevoked(DomainError):
    """A key that was revoked never counts again."""

    code = "TEAM_KEY_REVOKED"
    text = "Key {key_id} was revoked. Make a new one."


class VersionKeyRevoked(DomainError):
    """The key that signed the version was revoked: nobody gets it any more, whatever is switched on."""

    code = "APP_VERSION_KEY_REVOKED"
    text = "The key that signed version {version} of {app_id} was revoked. Sign it anew as another version."


class AgreementMissing(DomainError):
    """The department and the vendor have not both signed what they answer for."""

    code = "APP_AGREEMENT_MISSING"
    text = "The agreement on {app_id} is not signed by: {sides}."


class AgreementOutdated(DomainError):
    """What is to be signed is another text than the one that was read."""

    code = "APP_AGREEMENT_OUTDATED"
    text = "The text has changed. Read version {version}, whose SHA-256 is {sha256}."


class AgreementSameHand(DomainError):
    """One person may not sign for both sides."""

    code = "APP_AGREEMENT_SAME_HAND"
    status = 403
    text = "You signed for the other side; another person signs for this one."


class TeamOwnerNeeded(DomainError):
    """Only an owner of the team may bind it."""

    code = "TEAM_OWNER_NEEDED"
    status = 403
    text = "Only an owner of the team may do this."


class CredentialExists(DomainError):
    """The credentials were made before, and shown once."""

    code = "APP_CREDENTIAL_EXISTS"
    text = "{client_id} has its credentials. If they are lost, rotate them."


class CredentialNotFound(DomainError):
    """Nothing to rotate: the credentials were never made."""

    code = "APP_CREDENTIAL_NOT_FOUND"
    status = 404
    text = "{client_id} has no credentials yet."


class CredentialRotated(DomainError):
    """The secret was rotated meanwhile, and its successor shown to whoever did it."""

    code = "APP_CREDENTIAL_ROTATED"
    text = "{client_id} was given another secret meanwhile. If it was not noted down, rotate it again."
