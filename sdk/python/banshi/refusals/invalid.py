"""Invalid: what it says is wrong: mend it."""

from banshi.refusals._base import Invalid


class AppPackageNeeded(Invalid):
    """Here every version brings its pages in a package."""

    code, status, retryable = "APP_PACKAGE_NEEDED", 422, False


class AppPackageUnsigned(Invalid):
    """No living key of the team signed the package."""

    code, status, retryable = "APP_PACKAGE_UNSIGNED", 422, False


class AppScopeNotDeclared(Invalid):
    """The consent names a scope that the manifest does not ask for."""

    code, status, retryable = "APP_SCOPE_NOT_DECLARED", 422, False


class AppUpstreamRefused(Invalid):
    """Back ends are not called at this address: `problem` says why."""

    code, status, retryable = "APP_UPSTREAM_REFUSED", 422, False


class CalendarFileInvalid(Invalid):
    """A notice file has mistakes; nothing of it was loaded."""

    code, status, retryable = "CALENDAR_FILE_INVALID", 422, False


class CaseAnswersMissing(Invalid):
    """`questions` lists the ids of the questions still to answer."""

    code, status, retryable = "CASE_ANSWERS_MISSING", 422, False


class CaseBeneficiaryRefused(Invalid):
    """Online one may apply for oneself only; at a window for another person who is known here."""

    code, status, retryable = "CASE_BENEFICIARY_REFUSED", 422, False


class CaseDeliveryNotOffered(Invalid):
    """The item does not deliver its result in this way."""

    code, status, retryable = "CASE_DELIVERY_NOT_OFFERED", 422, False


class CaseFormInvalid(Invalid):
    """`problems` lists field and fault, separated by semicolons."""

    code, status, retryable = "CASE_FORM_INVALID", 422, False


class CaseForwardRefused(Invalid):
    """A case is reported to another organ."""

    code, status, retryable = "CASE_FORWARD_REFUSED", 422, False


class CaseItemNotOffered(Invalid):
    """The item is published, but not for this region."""

    code, status, retryable = "CASE_ITEM_NOT_OFFERED", 422, False


class CaseMaterialsMissing(Invalid):
    """`kinds` lists the material kinds that nothing satisfies yet."""

    code, status, retryable = "CASE_MATERIALS_MISSING", 422, False


class CaseMatterNotListed(Invalid):
    """Only matters that the law or the item lists stop the clocks. Source: 行政许可法 Art. 45."""

    code, status, retryable = "CASE_MATTER_NOT_LISTED", 422, False


class CaseNotForThisParty(Invalid):
    """The item serves persons or firms only (服务对象), and the party is of the other kind."""

    code, status, retryable = "CASE_NOT_FOR_THIS_PARTY", 422, False


class CasePersonUnknown(Invalid):
    """A window receives for persons whose identity the platform has once verified."""

    code, status, retryable = "CASE_PERSON_UNKNOWN", 422, False


class CaseReasonMissing(Invalid):
    """This act needs its reason (or the notice of the matter) in writing."""

    code, status, retryable = "CASE_REASON_MISSING", 422, False


class CaseRightOrganMissing(Invalid):
    """不予受理 for want of competence must name the organ to turn to."""

    code, status, retryable = "CASE_RIGHT_ORGAN_MISSING", 422, False


class CaseWayNotOffered(Invalid):
    """The item does not allow this way for this material, or the thing chosen is not held."""

    code, status, retryable = "CASE_WAY_NOT_OFFERED", 422, False


class ClientInvalid(Invalid):
    """A client cannot be added like this: `problem` says what is wrong and how to mend it."""

    code, status, retryable = "CLIENT_INVALID", 422, False


class CreditCodeRefused(Invalid):
    """Not a unified social credit code (统一社会信用代码): form or check character."""

    code, status, retryable = "CREDIT_CODE_REFUSED", 422, False


class InvalidInput(Invalid):
    """An argument is malformed: `field` says which, `problem` what and how to mend it."""

    code, status, retryable = "INVALID_INPUT", 422, False


class ItemTextInvalid(Invalid):
    """The text does not compile; `problems` lists every fault as `file:line:column: error[rule] …`."""

    code, status, retryable = "ITEM_TEXT_INVALID", 422, False


class MandateRefused(Invalid):
    """The law or the platform lets nobody give or take such a mandate."""

    code, status, retryable = "MANDATE_REFUSED", 422, False


class ManifestRefused(Invalid):
    """The manifest is not well-formed; `faults` lists everything wrong with it."""

    code, status, retryable = "MANIFEST_REFUSED", 422, False


class MaterialTooLarge(Invalid):
    """An upload has between one byte and the limit of its kind."""

    code, status, retryable = "MATERIAL_TOO_LARGE", 422, False


class MaterialTypeNotTaken(Invalid):
    """The wallet takes a few kinds of files only; `taken` lists them."""

    code, status, retryable = "MATERIAL_TYPE_NOT_TAKEN", 422, False


class NoticeUnfit(Invalid):
    """A notice cannot be told like this: `field` says which part of it, `problem` what and how to …"""

    code, status, retryable = "NOTICE_UNFIT", 422, False


class NumberCharacters(Invalid):
    """A character that this kind of number does not contain."""

    code, status, retryable = "NUMBER_CHARACTERS", 422, False


class NumberChecksum(Invalid):
    """The check digit does not follow from the rest."""

    code, status, retryable = "NUMBER_CHECKSUM", 422, False


class NumberDate(Invalid):
    """The birthday inside the number does not exist in the calendar."""

    code, status, retryable = "NUMBER_DATE", 422, False


class NumberFuture(Invalid):
    """The birthday inside the number has not come yet."""

    code, status, retryable = "NUMBER_FUTURE", 422, False


class NumberLength(Invalid):
    """Neither 18 characters nor an older form of 15."""

    code, status, retryable = "NUMBER_LENGTH", 422, False


class NumberRegion(Invalid):
    """The leading digits have not the form of any region that ever issued numbers."""

    code, status, retryable = "NUMBER_REGION", 422, False


class PackageRefused(Invalid):
    """The package cannot be taken; `findings` lists everything against it."""

    code, status, retryable = "PACKAGE_REFUSED", 422, False


class PasskeyRefused(Invalid):
    """What the authenticator sent does not fit what was asked for, or came too late: begin again."""

    code, status, retryable = "PASSKEY_REFUSED", 422, False


class ReviewReasonsNeeded(Invalid):
    """A refusal cites at least one rule, says what is wrong, and where that is to be seen."""

    code, status, retryable = "REVIEW_REASONS_NEEDED", 422, False


class ShelfRefused(Invalid):
    """The shelf as changed would not hold together; `problems` says all that is wrong, in Chinese."""

    code, status, retryable = "SHELF_REFUSED", 422, False


class StoredValueTooLarge(Invalid):
    """A value is more than a store takes under one key: what is large belongs into your own back end."""

    code, status, retryable = "STORED_VALUE_TOO_LARGE", 422, False


class TripEvidenceMissing(Invalid):
    """A visit that staff or a machine records must name the ticket or record that shows it."""

    code, status, retryable = "TRIP_EVIDENCE_MISSING", 422, False


class TripSourceRefused(Invalid):
    """A citizen speaks for himself, staff for their counters and machines."""

    code, status, retryable = "TRIP_SOURCE_REFUSED", 422, False


class TripTimeRefused(Invalid):
    """The visit lies after now, or more than a year before the case was opened."""

    code, status, retryable = "TRIP_TIME_REFUSED", 422, False


class WebhookRefused(Invalid):
    """The address is not one that the platform sends to."""

    code, status, retryable = "WEBHOOK_REFUSED", 422, False
