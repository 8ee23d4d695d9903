"""Conflict: the state of things does not allow it."""

from banshi.refusals._base import Conflict
from banshi.refusals._conflict_apps import AppAgreementMissing as AppAgreementMissing
from banshi.refusals._conflict_apps import AppAgreementOutdated as AppAgreementOutdated
from banshi.refusals._conflict_apps import AppCredentialExists as AppCredentialExists
from banshi.refusals._conflict_apps import AppCredentialRotated as AppCredentialRotated
from banshi.refusals._conflict_apps import AppFilesRemoved as AppFilesRemoved
from banshi.refusals._conflict_apps import AppHostTooOld as AppHostTooOld
from banshi.refusals._conflict_apps import AppIdTaken as AppIdTaken
from banshi.refusals._conflict_apps import AppInReview as AppInReview
from banshi.refusals._conflict_apps import AppNotApproved as AppNotApproved
from banshi.refusals._conflict_apps import AppSuspended as AppSuspended
from banshi.refusals._conflict_apps import AppTooMany as AppTooMany
from banshi.refusals._conflict_apps import AppTooManyVersions as AppTooManyVersions
from banshi.refusals._conflict_apps import AppVersionExists as AppVersionExists
from banshi.refusals._conflict_apps import AppVersionKeyRevoked as AppVersionKeyRevoked
from banshi.refusals._conflict_apps import AppVersionMoveRefused as AppVersionMoveRefused


class CaseExtensionRefused(Conflict):
    """`why` says whether the law allows none, none more, or the time is over."""

    code, status, retryable = "CASE_EXTENSION_REFUSED", 409, False


class CaseMoveRefused(Conflict):
    """The state of the case does not allow the act."""

    code, status, retryable = "CASE_MOVE_REFUSED", 409, False


class CasePapersOutstanding(Conflict):
    """A case closes only when the papers that were to follow are there."""

    code, status, retryable = "CASE_PAPERS_OUTSTANDING", 409, False


class CaseSecondCorrection(Conflict):
    """Everything missing is told once; a further notice may only name papers handed in since."""

    code, status, retryable = "CASE_SECOND_CORRECTION", 409, False


class CaseTooLateToAsk(Conflict):
    """The days for asking or declining ended on `due_on`: by silence the case is accepted."""

    code, status, retryable = "CASE_TOO_LATE_TO_ASK", 409, False


class CitizenInvented(Conflict):
    """A developer invented this citizen at his desk: the platform has nothing of his."""

    code, status, retryable = "CITIZEN_INVENTED", 409, False


class DefectMoveRefused(Conflict):
    """The defect's state does not lead there, or another side moves it."""

    code, status, retryable = "DEFECT_MOVE_REFUSED", 409, False


class ErasureRefused(Conflict):
    """Something must come to its end first; `problem` says what."""

    code, status, retryable = "ERASURE_REFUSED", 409, False


class IdempotencyKeyReused(Conflict):
    """The idempotency key stands for another command: take a new one."""

    code, status, retryable = "IDEMPOTENCY_KEY_REUSED", 409, False


class ItemVersionNotDraft(Conflict):
    """Only a draft can be published: a superseded or withdrawn text is defined anew."""

    code, status, retryable = "ITEM_VERSION_NOT_DRAFT", 409, False


class MandateMoveRefused(Conflict):
    """The mandate is past that, or it is the other side's to do."""

    code, status, retryable = "MANDATE_MOVE_REFUSED", 409, False


class MaterialAlreadyVerified(Conflict):
    """The material has level `trust`; only an unchecked upload (C) is raised by showing the original."""

    code, status, retryable = "MATERIAL_ALREADY_VERIFIED", 409, False


class MaterialUploadLapsed(Conflict):
    """The form was not used in time: ask for a new one."""

    code, status, retryable = "MATERIAL_UPLOAD_LAPSED", 409, False


class MaterialUploadMissing(Conflict):
    """The file has not arrived at the form's address yet."""

    code, status, retryable = "MATERIAL_UPLOAD_MISSING", 409, True


class NetworkIdentityTaken(Conflict):
    """The 网络身份 is linked to another account, or the account to another 网络身份."""

    code, status, retryable = "NETWORK_IDENTITY_TAKEN", 409, False


class ObjectionSettled(Conflict):
    """The objection was answered already; an answer is not changed."""

    code, status, retryable = "OBJECTION_SETTLED", 409, False


class PartyErased(Conflict):
    """The key of this party was destroyed; what it sealed cannot be read by anyone."""

    code, status, retryable = "PARTY_ERASED", 410, False


class PostsConflict(Conflict):
    """One person may not hold both posts: who writes a thing does not release it."""

    code, status, retryable = "POSTS_CONFLICT", 409, False


class QrMismatch(Conflict):
    """The number chosen is not the one that the other screen shows; the request has ended."""

    code, status, retryable = "QR_MISMATCH", 409, False


class RatingNotOpened(Conflict):
    """Only who has opened a mini-app within half a year rates it, or complains of it."""

    code, status, retryable = "RATING_NOT_OPENED", 409, False


class ReleaseNotRising(Conflict):
    """The step adds nobody, and a release only rises; to take it back, roll back."""

    code, status, retryable = "RELEASE_NOT_RISING", 409, False


class ReleaseUnderWay(Conflict):
    """Another version is being tried: roll it back first."""

    code, status, retryable = "RELEASE_UNDER_WAY", 409, False


class ReleaseVersionRefused(Conflict):
    """The version was switched off, or is what everybody has already."""

    code, status, retryable = "RELEASE_VERSION_REFUSED", 409, False


class ReviewAppealRefused(Conflict):
    """A version is looked at again once, after it was refused."""

    code, status, retryable = "REVIEW_APPEAL_REFUSED", 409, False


class ReviewNotClaimed(Conflict):
    """Only who has claimed a review decides it."""

    code, status, retryable = "REVIEW_NOT_CLAIMED", 409, False


class ReviewOver(Conflict):
    """The review was decided, or its version was withdrawn."""

    code, status, retryable = "REVIEW_OVER", 409, False


class ReviewTaken(Conflict):
    """Another reviewer has claimed it, until the time told."""

    code, status, retryable = "REVIEW_TAKEN", 409, False


class ShelfDraftChanged(Conflict):
    """Somebody changed the draft since it was read: read it again, then change or publish."""

    code, status, retryable = "SHELF_DRAFT_CHANGED", 409, False


class ShelfNothingDrafted(Conflict):
    """There is no draft."""

    code, status, retryable = "SHELF_NOTHING_DRAFTED", 409, False


class StoredValueChanged(Conflict):
    """The value is not at the revision that was named: read it again; `revision` is empty when it is …"""

    code, status, retryable = "STORED_VALUE_CHANGED", 409, False


class StoreFull(Conflict):
    """The mini-app keeps all that it may of this citizen: delete something first."""

    code, status, retryable = "STORE_FULL", 409, False


class TeamKeyRevoked(Conflict):
    """A key that was revoked never counts again."""

    code, status, retryable = "TEAM_KEY_REVOKED", 409, False


class TeamLastOwner(Conflict):
    """A team keeps at least one owner."""

    code, status, retryable = "TEAM_LAST_OWNER", 409, False


class TeamStorageFull(Conflict):
    """The packages of a team take as many bytes as they may; in time those that came to nothing go."""

    code, status, retryable = "TEAM_STORAGE_FULL", 409, False


class TripCaseIsDraft(Conflict):
    """A draft may still be thrown away; its visits are recorded once it is handed in, with their own …"""

    code, status, retryable = "TRIP_CASE_IS_DRAFT", 409, False


class TripNotYetJudged(Conflict):
    """The verdict comes when the case is closed."""

    code, status, retryable = "TRIP_NOT_YET_JUDGED", 409, False


class WireCodeTaken(Conflict):
    """The code, or the callback that stands for it, is another client's on this wire."""

    code, status, retryable = "WIRE_CODE_TAKEN", 409, False
