"""What the wallet refuses.  Texts a citizen may meet are Chinese; clients translate by `code`.

DomainError
├── TypeNotTaken     422  a kind of file the wallet does not take
├── TooLarge         422  empty, or larger than its kind may be
├── TooManyUploads   429  too many uploads are under way: retryable
├── UploadMissing    409  nothing has arrived in quarantine yet: retryable
├── UploadLapsed     409  the form was not used in time
├── AlreadyVerified  409  only level C is raised by showing the original
├── OwnMaterial      403  a clerk does not vouch for his own papers
├── NotIssuer        403  certificates come from departments
└── SessionNeeded    403  files are handed to a signed-in person, never to a mini-app
"""

from banshi.errors import DomainError


class TypeNotTaken(DomainError):
    """The wallet takes a few kinds of files only; `taken` lists them."""

    code = "MATERIAL_TYPE_NOT_TAKEN"
    status = 422
    text = "暂不接收 {media_type} 类型的文件，请上传：{taken}。"


class TooLarge(DomainError):
    """An upload has between one byte and the limit of its kind."""

    code = "MATERIAL_TOO_LARGE"
    status = 422
    text = "文件大小为 {size} 字节，应在 1 到 {limit} 字节之间。"


class TooManyUploads(DomainError):
    """A party may have `most` uploads under way; finish some, or wait until their forms lapse."""

    code = "MATERIAL_TOO_MANY_UPLOADS"
    status = 429
    text = "同时上传的文件不能超过 {most} 个，请稍后再试。"
    retryable = True


class UploadMissing(DomainError):
    """The file has not arrived at the form's address yet."""

    code = "MATERIAL_UPLOAD_MISSING"
    text = "文件尚未传完，请上传后再提交。"
    retryable = True


class UploadLapsed(DomainError):
    """The form was not used in time: ask for a new one."""

    code = "MATERIAL_UPLOAD_LAPSED"
    text = "上传已超时，请重新上传。"


class AlreadyVerified(DomainError):
    """The material has level `trust`; only an unchecked upload (C) is raised by showing the original."""

    code = "MATERIAL_ALREADY_VERIFIED"
    text = "该材料可信等级为 {trust}，不需要核验原件。"


class OwnMaterial(DomainError):
    """Nobody compares his own upload with its original: a colleague does."""

    code = "MATERIAL_IS_YOUR_OWN"
    status = 403
    text = "不能核验本人的材料，请由其他工作人员核验。"


class NotIssuer(DomainError):
    """Only a department issues certificates, and only the one that issued it revokes it."""

    code = "CERTIFICATE_NOT_ISSUER"
    status = 403
    text = "只有颁发部门可以颁发或注销证照。"


class SessionNeeded(DomainError):
    """A download link is made for a person's own session, never for a mini-app."""

    code = "MATERIAL_SESSION_NEEDED"
    status = 403
    text = "请登录后在本人账号中查看文件。"
