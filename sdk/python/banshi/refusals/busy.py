"""Busy: too often; come back later."""

from banshi.refusals._base import Busy


class AppCrowded(Busy):
    """Too many citizens call the mini-app, or this API of it, at the moment."""

    code, status, retryable = "APP_CROWDED", 429, True


class ExportTooSoon(Busy):
    """One copy a day: making it opens everything that is sealed."""

    code, status, retryable = "EXPORT_TOO_SOON", 429, True


class MaterialTooManyUploads(Busy):
    """A party may have `most` uploads under way; finish some, or wait until their forms lapse."""

    code, status, retryable = "MATERIAL_TOO_MANY_UPLOADS", 429, True


class NoticesSpent(Busy):
    """The citizen was told enough by this mini-app for a day; come back in `retry_after_s` seconds."""

    code, status, retryable = "NOTICES_SPENT", 429, True


class RateLimited(Busy):
    """Too many tries in too short a time; come back in `retry_after_s` seconds."""

    code, status, retryable = "RATE_LIMITED", 429, True


class SignInLocked(Busy):
    """Too many failed tries for this number, whether or not anybody is known by it."""

    code, status, retryable = "SIGN_IN_LOCKED", 429, True


class UploadsUnderWay(Busy):
    """As many packages come in as may at once, of a mini-app, team or person, or of all; come back …"""

    code, status, retryable = "UPLOADS_UNDER_WAY", 429, True
