"""Unidentified: who asks must sign in, or more strongly."""

from banshi.refusals._base import Unidentified


class LevelNeeded(Unidentified):
    """The citizen must sign in more strongly: real-name level `level`."""

    code, status, retryable = "LEVEL_NEEDED", 401, False


class NotSignedIn(Unidentified):
    """There is no session, or it has expired or been revoked: sign in again."""

    code, status, retryable = "NOT_SIGNED_IN", 401, False


class NotVerified(Unidentified):
    """Nobody is known by these details, or they do not belong together: the answer is the same."""

    code, status, retryable = "NOT_VERIFIED", 401, False


class SessionTokenRefused(Unidentified):
    """The call does not come from the platform, or too late, or is meant for somebody else."""

    code, status, retryable = "SESSION_TOKEN_REFUSED", 401, False


class StepUpNeeded(Unidentified):
    """The sign-in is too weak or too long ago: sign in again with `acr_values` within `max_age` …"""

    code, status, retryable = "STEP_UP_NEEDED", 401, False


class WebhookSignatureRefused(Unidentified):
    """The delivery is not from the platform, was changed, or is too old."""

    code, status, retryable = "WEBHOOK_SIGNATURE_REFUSED", 401, False
