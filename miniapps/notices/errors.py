"""What can be refused about notices.

NoticeNotFound   404  no such notice in the actor's inbox
"""

from banshi.errors import DomainError


class NoticeNotFound(DomainError):
    """There is no such notice, or it is somebody else's; the answer is the same."""

    code = "NOTICE_NOT_FOUND"
    status = 404
    text = "There is no notice {notice_id} that you may see."
