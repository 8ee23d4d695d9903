"""What a mini-app may write to its citizen, and how often, for the platform and the simulator alike."""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from banshi.errors import DomainError, InvalidInput
from banshi.manifest import Manifest

LONGEST_TITLE, LONGEST_BODY = 30, 200  # characters
MOST, WITHIN = 5, timedelta(days=1)  # so many notices of one mini-app to one citizen, in any such time

ID_CARD = r"\d{17}[\dXx]|\d{15}"
MOBILE = r"(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}"
NUMBER = re.compile(rf"(?<![0-9A-Za-z])(?:{ID_CARD}|{MOBILE})(?![0-9A-Za-z])")
"""ID card and mobile numbers that stand alone; the 21 digits of a case number are neither."""

LINK = re.compile(
    r"://|(?<![0-9A-Za-z])www\.|[0-9A-Za-z-]\.[A-Za-z]{2,}|\d{1,3}(?:\.\d{1,3}){3}", re.IGNORECASE
)
UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}  # Unicode categories of what is not seen, or turns text round
KEY = re.compile(r"[!-~]{1,100}")


class NoticeUnfit(DomainError):
    """A notice cannot be told like this: `field` says which part of it, `problem` what and how to mend it."""

    code = "NOTICE_UNFIT"
    status = 422
    text = "{field}: {problem}"


class NoticesSpent(DomainError):
    """The citizen was told enough by this mini-app for a day; come back in `retry_after_s` seconds."""

    code = "NOTICES_SPENT"
    status = 429
    text = "This mini-app has told the citizen enough for a day. Come back in {retry_after_s} s."
    retryable = True


class NoticeDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """A notice to be told: plain text, and perhaps the page of the mini-app that it leads to."""

    title: str  # to 30 characters; the mini-app's name is put before it
    body: str  # to 200
    page: str | None = None  # as the manifest's `pages` has it


def fit(made: Manifest, draft: NoticeDraft) -> NoticeDraft:
    """Return the notice as it may be told by the mini-app of this manifest.

    Raises: NoticeUnfit.
    """
    title = _plain("title", draft.title, LONGEST_TITLE)
    if any(each in title for each in "【】"):  # in which the name of who writes is set
        raise NoticeUnfit(field="title", problem="leave 【 and 】 out: the mini-app's name is set in them")
    if draft.page is not None and draft.page not in made.pages:
        raise NoticeUnfit(field="page", problem="this is none of the manifest's `pages`")
    return NoticeDraft(title, _plain("body", draft.body, LONGEST_BODY, breaks=True), draft.page)


def check_key(key: str) -> None:
    """Check an idempotency key.  Raises: InvalidInput."""
    if not KEY.fullmatch(key):
        raise InvalidInput(field="idempotencyKey", problem="give 1 to 100 characters of ASCII, no spaces")


def check_room(told: Collection[datetime], *, now: datetime) -> None:
    """Check that one more may be told, when others were told at `told`.  Raises: NoticesSpent."""
    lately = sorted(at for at in told if at > now - WITHIN)
    if len(lately) >= MOST:
        wait = lately[-MOST] + WITHIN - now
        raise NoticesSpent(retry_after_s=max(1, -(-wait // timedelta(seconds=1))))


def _plain(field: str, text: str, longest: int, *, breaks: bool = False) -> str:
    said = text.strip()
    if not 0 < len(said) <= longest:
        raise NoticeUnfit(field=field, problem=f"write 1 to {longest} characters")
    if any(unicodedata.category(each) in UNSEEN and not (breaks and each == "\n") for each in said):
        raise NoticeUnfit(field=field, problem="leave out what is not seen, and line breaks of a title")
    same = unicodedata.normalize("NFKC", said)  # so that wide digits and letters are no way round
    if NUMBER.search(same):
        raise NoticeUnfit(field=field, problem="leave out ID and mobile numbers: it is read on lock screens")
    if LINK.search(same):
        raise NoticeUnfit(field=field, problem="leave out addresses: name a page of the mini-app in `page`")
    return said
