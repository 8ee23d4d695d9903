"""Missing: there is nothing that the caller may see."""

from banshi.refusals._base import Missing


class ApiUnknown(Missing):
    """The version that the citizen opened has no API of this name in its manifest."""

    code, status, retryable = "API_UNKNOWN", 404, False


class AppCredentialNotFound(Missing):
    """Nothing to rotate: the credentials were never made."""

    code, status, retryable = "APP_CREDENTIAL_NOT_FOUND", 404, False


class AppNotFound(Missing):
    """No such mini-app, or not one this caller may see."""

    code, status, retryable = "APP_NOT_FOUND", 404, False


class CaseNotFound(Missing):
    """There is no such case, or it is somebody else's: the answer is the same."""

    code, status, retryable = "CASE_NOT_FOUND", 404, False


class ClientNotFound(Missing):
    """There is no such client of the OpenID Provider, or it has no secret to change."""

    code, status, retryable = "CLIENT_NOT_FOUND", 404, False


class ComplaintNotFound(Missing):
    """No such complaint, or somebody else's."""

    code, status, retryable = "COMPLAINT_NOT_FOUND", 404, False


class DataQuestionNotFound(Missing):
    """No such question of a citizen's, or not one to this mini-app."""

    code, status, retryable = "DATA_QUESTION_NOT_FOUND", 404, False


class DefectNotFound(Missing):
    """No such defect, or not one you may see."""

    code, status, retryable = "DEFECT_NOT_FOUND", 404, False


class DepartmentNotFound(Missing):
    """No office of the agency is responsible for the region, up to the province."""

    code, status, retryable = "DEPARTMENT_NOT_FOUND", 404, False


class ExportNotFound(Missing):
    """No such copy, somebody else's, not ready yet, or removed after its day."""

    code, status, retryable = "EXPORT_NOT_FOUND", 404, False


class ItemNotFound(Missing):
    """No item with this code is published, or no version has this id."""

    code, status, retryable = "ITEM_NOT_FOUND", 404, False


class MandateNotFound(Missing):
    """No such mandate, or one between others."""

    code, status, retryable = "MANDATE_NOT_FOUND", 404, False


class NodNotFound(Missing):
    """No such question, or it is somebody else's or settled."""

    code, status, retryable = "NOD_NOT_FOUND", 404, False


class NoticeNotFound(Missing):
    """There is no such notice, or it is somebody else's; the answer is the same."""

    code, status, retryable = "NOTICE_NOT_FOUND", 404, False


class NotFound(Missing):
    """Nothing the caller may see has this id; also said of what belongs to somebody else."""

    code, status, retryable = "NOT_FOUND", 404, False


class PasskeyNotFound(Missing):
    """No such passkey, or it is somebody else's."""

    code, status, retryable = "PASSKEY_NOT_FOUND", 404, False


class PathUnknown(Missing):
    """Nothing is served at this path."""

    code, status, retryable = "PATH_UNKNOWN", 404, False


class PersonNotFound(Missing):
    """Nobody is known by this, or nobody of whom it could be said: the answer is the same."""

    code, status, retryable = "PERSON_NOT_FOUND", 404, False


class QrNotFound(Missing):
    """No such request to sign in by QR code, or it is over, or somebody else's: show a new one."""

    code, status, retryable = "QR_NOT_FOUND", 404, False


class RatingNotFound(Missing):
    """No comment with this id waits for an operator, or no rating of yours."""

    code, status, retryable = "RATING_NOT_FOUND", 404, False


class RequestUnknown(Missing):
    """No such request of this browser is waiting: it never was, is over, or took too long."""

    code, status, retryable = "REQUEST_UNKNOWN", 404, False


class ReviewNotFound(Missing):
    """No such review, look of the machine or picture, or not one that this caller may see."""

    code, status, retryable = "REVIEW_NOT_FOUND", 404, False


class SessionNotFound(Missing):
    """No such session, or it is somebody else's."""

    code, status, retryable = "SESSION_NOT_FOUND", 404, False


class ShelfEditionNotFound(Missing):
    """No edition has this number."""

    code, status, retryable = "SHELF_EDITION_NOT_FOUND", 404, False


class SwitchNotFound(Missing):
    """Nothing of this name is switched off."""

    code, status, retryable = "SWITCH_NOT_FOUND", 404, False


class TeamKeyNotFound(Missing):
    """No such key, or not one of the team."""

    code, status, retryable = "TEAM_KEY_NOT_FOUND", 404, False


class TeamNotFound(Missing):
    """No such team, membership or invitation, or it is not yours to handle."""

    code, status, retryable = "TEAM_NOT_FOUND", 404, False


class TesterNotFound(Missing):
    """No such tester, or his time has ended."""

    code, status, retryable = "TESTER_NOT_FOUND", 404, False


class WebhookDeliveryNotFound(Missing):
    """No such delivery, or not one of a mini-app of the team."""

    code, status, retryable = "WEBHOOK_DELIVERY_NOT_FOUND", 404, False


class WebhookNotFound(Missing):
    """No address was registered for this environment."""

    code, status, retryable = "WEBHOOK_NOT_FOUND", 404, False


class WireUnknown(Missing):
    """No client speaks this wire under this code: never did, or was switched off."""

    code, status, retryable = "WIRE_UNKNOWN", 404, False
