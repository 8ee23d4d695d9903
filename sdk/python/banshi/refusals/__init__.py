"""The refusals of a platform, one class for each code, in a module for each kind.

    from banshi.refusals import conflict, Missing

    except conflict.CaseSecondCorrection: …
    except Missing: …

PlatformError
├── NoAnswer    nothing usable came back within the tries allowed
└── Refused     the platform said no; `code` is stable and documented, `retryable` and `docs_url` help
    ├── Unidentified: who asks must sign in, or more strongly
    │   LevelNeeded, NotSignedIn, NotVerified, SessionTokenRefused, StepUpNeeded,
    │   WebhookSignatureRefused
    ├── Denied: who asks may not do this
    │   AppAgreementSameHand, AppConsentMissing, AppConsentNeeded, AppItemNotServed,
    │   AppNotServedHere, AppOwnRelease, CaseCommitmentBarred, CaseNotApplicant, CaseNotCompetent,
    │   CaseOwnMatter, CertificateNotIssuer, ClockFixed, ConnectionRefused, ConsentNeeded,
    │   DefectOwnApp, FormExpired, GuardianHandsIn, GuardianNeeded, ItemOwnPublication,
    │   MandateNotHeld, MandateNotPassedOn, MaterialIsYourOwn, MaterialSessionNeeded, NodNeeded,
    │   NotGuardian, NotRepresentative, NotSelfSupporting, OnlyOneself, OutsideMandate,
    │   OwnConsentNeeded, OwnLook, OwnPost, PlaintextNeeded, PostNotHeld, RelayRefused,
    │   ReviewNotForYou, ScopeMissing, SecondFactorNeeded, TeamOwnerNeeded, TesterNeeded,
    │   TripAnswerNotYours, WireConsentNeeded, WireForCitizens, WireForFirms, WirePaused
    │   └── ConsentWanted: AppConsentNeeded and ScopeMissing
    ├── Missing: there is nothing that the caller may see
    │   ApiUnknown, AppCredentialNotFound, AppNotFound, CaseNotFound, ClientNotFound,
    │   ComplaintNotFound, DataQuestionNotFound, DefectNotFound, DepartmentNotFound,
    │   ExportNotFound, ItemNotFound, MandateNotFound, NodNotFound, NoticeNotFound, NotFound,
    │   PasskeyNotFound, PathUnknown, PersonNotFound, QrNotFound, RatingNotFound, RequestUnknown,
    │   ReviewNotFound, SessionNotFound, ShelfEditionNotFound, SwitchNotFound, TeamKeyNotFound,
    │   TeamNotFound, TesterNotFound, WebhookDeliveryNotFound, WebhookNotFound, WireUnknown
    ├── Malformed: the request itself is wrong
    │   BadRequest, BodyTooLarge, CallTooLarge, DocumentRequired, DocumentUnknown,
    │   FieldOneAtATime, GraphqlInvalid, GraphqlSyntax, MethodNotAllowed, NotAcceptable,
    │   OauthRequestRefused, OperationTooCostly, OperationTooLarge, PersistedQueryMismatch,
    │   PersistedQueryNotFound, PersistedQueryNotSupported, UnsupportedMediaType,
    │   VariablesInvalid, WireCallbackRefused
    ├── Invalid: what it says is wrong: mend it
    │   AppPackageNeeded, AppPackageUnsigned, AppScopeNotDeclared, AppUpstreamRefused,
    │   CalendarFileInvalid, CaseAnswersMissing, CaseBeneficiaryRefused, CaseDeliveryNotOffered,
    │   CaseFormInvalid, CaseForwardRefused, CaseItemNotOffered, CaseMaterialsMissing,
    │   CaseMatterNotListed, CaseNotForThisParty, CasePersonUnknown, CaseReasonMissing,
    │   CaseRightOrganMissing, CaseWayNotOffered, ClientInvalid, CreditCodeRefused, InvalidInput,
    │   ItemTextInvalid, MandateRefused, ManifestRefused, MaterialTooLarge, MaterialTypeNotTaken,
    │   NoticeUnfit, NumberCharacters, NumberChecksum, NumberDate, NumberFuture, NumberLength,
    │   NumberRegion, PackageRefused, PasskeyRefused, ReviewReasonsNeeded, ShelfRefused,
    │   StoredValueTooLarge, TripEvidenceMissing, TripSourceRefused, TripTimeRefused,
    │   WebhookRefused
    ├── Busy: too often; come back later
    │   AppCrowded, ExportTooSoon, MaterialTooManyUploads, NoticesSpent, RateLimited,
    │   SignInLocked, UploadsUnderWay
    ├── Failed: the platform, or a back end behind it, failed
    │   AppAnswerUnfit, AppBusy, AppFailed, AppFileDamaged, AppLost, AppOffline, AppResting,
    │   AppSilent, AppWrong, AuditBehind, BrowserFailed, BrowserMissing, CitizenNotCalling,
    │   Internal, NetworkOff, NotPlayed, SchemaUnfit, Unavailable
    └── Conflict: the state of things does not allow it
        AppAgreementMissing, AppAgreementOutdated, AppCredentialExists, AppCredentialRotated,
        AppFilesRemoved, AppHostTooOld, AppIdTaken, AppInReview, AppNotApproved, AppSuspended,
        AppTooMany, AppTooManyVersions, AppVersionExists, AppVersionKeyRevoked,
        AppVersionMoveRefused, CaseExtensionRefused, CaseMoveRefused, CasePapersOutstanding,
        CaseSecondCorrection, CaseTooLateToAsk, CitizenInvented, DefectMoveRefused,
        ErasureRefused, IdempotencyKeyReused, ItemVersionNotDraft, MandateMoveRefused,
        MaterialAlreadyVerified, MaterialUploadLapsed, MaterialUploadMissing,
        NetworkIdentityTaken, ObjectionSettled, PartyErased, PostsConflict, QrMismatch,
        RatingNotOpened, ReleaseNotRising, ReleaseUnderWay, ReleaseVersionRefused,
        ReviewAppealRefused, ReviewNotClaimed, ReviewOver, ReviewTaken, ShelfDraftChanged,
        ShelfNothingDrafted, StoredValueChanged, StoreFull, TeamKeyRevoked, TeamLastOwner,
        TeamStorageFull, TripCaseIsDraft, TripNotYetJudged, WireCodeTaken

A code that this SDK does not know is a plain `Refused`.  Written by `banshi graphql errors`.
"""

from banshi.refusals import busy, conflict, denied, failed, invalid, malformed, missing, unidentified
from banshi.refusals._base import (
    Busy,
    Conflict,
    ConsentWanted,
    Denied,
    Failed,
    Invalid,
    Malformed,
    Missing,
    NoAnswer,
    PlatformError,
    Refused,
    Unidentified,
)

OF_CODE: dict[str, type[Refused]] = {
    kind.code: kind
    for module in (busy, conflict, denied, failed, invalid, malformed, missing, unidentified)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Refused) and "code" in vars(kind)
}
"""The class of each code."""

__all__ = [
    "OF_CODE",
    "Busy",
    "Conflict",
    "ConsentWanted",
    "Denied",
    "Failed",
    "Invalid",
    "Malformed",
    "Missing",
    "NoAnswer",
    "PlatformError",
    "Refused",
    "Unidentified",
    "busy",
    "conflict",
    "denied",
    "failed",
    "invalid",
    "malformed",
    "missing",
    "unidentified",
]
