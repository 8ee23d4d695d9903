"""What the slice refuses.

DomainError
├── ExportTooSoon    429  a copy was asked for within the last day
├── ExportNotFound   404  no such copy of yours, or it is not ready, or no longer there
├── OnlyOneself      403  not in a post, by a mandate or through a mini-app
└── ErasureRefused   409  something open must come to its end first
"""

from banshi.errors import DomainError


class ExportTooSoon(DomainError):
    """One copy a day: making it opens everything that is sealed."""

    code = "EXPORT_TOO_SOON"
    status = 429
    text = "每天可以导出一次个人信息，请在 {hours} 小时后再试。"
    retryable = True


class ExportNotFound(DomainError):
    """No such copy, somebody else's, not ready yet, or removed after its day."""

    code = "EXPORT_NOT_FOUND"
    status = 404
    text = "没有找到可以下载的个人信息副本，请重新导出。"


class OnlyOneself(DomainError):
    """These rights are a person's own: neither a post, nor a mandate, nor a mini-app exercises them."""

    code = "ONLY_ONESELF"
    status = 403
    text = "请以本人身份登录后办理。"


class ErasureRefused(DomainError):
    """Something must come to its end first; `problem` says what."""

    code = "ERASURE_REFUSED"
    status = 409
    text = "暂时不能注销：{problem}。"
