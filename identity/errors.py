"""What identity refuses.  Texts a citizen may meet are Chinese; clients translate by `code`.

DomainError
├── NumberRefused        422  an identity number that cannot be one; a subclass says what is wrong
├── NotVerified          401  the details do not belong together, or nobody is known by them
├── StepUpNeeded         401  the sign-in is not strong or fresh enough for this
├── SecondFactorNeeded   403  acting in a post needs a passkey beside the identity proof
├── PlaintextNeeded      403  this needs name and number, and the account is only a pseudonym
├── GuardianNeeded       403  under fourteen: a parent or guardian acts
├── SignInLocked         429  too many failed tries for this number
├── PostNotHeld          403  the acting context asked for is not the person's
├── PostsConflict        409  two posts that one person may not hold together
├── OwnPost              403  nobody appoints or dismisses himself
├── OwnLook              403  nobody answers an objection to his own look
├── ObjectionSettled     409  it was answered already
├── SessionNotFound      404  no such session of yours
├── QrNotFound           404  no such request to sign in by QR code, or it is over
├── QrMismatch           409  the number chosen is not the one the other screen shows
├── PasskeyNotFound      404  no such passkey of yours
├── PasskeyRefused       422  what the authenticator sent cannot be registered
├── NetworkIdentityTaken 409  the 网络身份 or the account is linked already
├── ConsentNeeded        403  the citizen has not granted the mini-app what it asks
├── PersonNotFound       404  nobody of whom this could be said
├── AuditBehind          503  looks could not be proven now, so staff must wait
├── PartyErased          410  the party's key was destroyed: what it sealed is gone for good
├── ClientNotFound       404  no such client of the provider, or it has no secret
├── ClientInvalid        422  what was told of a new client makes no sense, or is not allowed
└── DepartmentNotFound   404  no office of that agency is responsible for that region
"""

from banshi.errors import DomainError


class NumberRefused(DomainError):
    """An identity or credit number that cannot exist; subclasses say why."""

    status = 422


class NumberLength(NumberRefused):
    """Neither 18 characters nor an older form of 15."""

    code = "NUMBER_LENGTH"
    text = "证件号码应为 18 位（旧式 15 位），请检查是否漏输或多输。"


class NumberCharacters(NumberRefused):
    """A character that this kind of number does not contain."""

    code = "NUMBER_CHARACTERS"
    text = "证件号码含有不应出现的字符，请只输入数字，末位可以是 X。"


class NumberRegion(NumberRefused):
    """The leading digits have not the form of any region that ever issued numbers."""

    code = "NUMBER_REGION"
    text = "证件号码前几位不是有效的地区代码，请检查是否输错。"


class NumberDate(NumberRefused):
    """The birthday inside the number does not exist in the calendar."""

    code = "NUMBER_DATE"
    text = "证件号码中的出生日期不存在，请检查是否输错。"


class NumberFuture(NumberRefused):
    """The birthday inside the number has not come yet."""

    code = "NUMBER_FUTURE"
    text = "证件号码中的出生日期尚未到来，请检查是否输错。"


class NumberChecksum(NumberRefused):
    """The check digit does not follow from the rest."""

    code = "NUMBER_CHECKSUM"
    text = "证件号码的校验位不符，请检查是否输错。"


class CreditCodeRefused(NumberRefused):
    """Not a unified social credit code (统一社会信用代码): form or check character."""

    code = "CREDIT_CODE_REFUSED"
    text = "统一社会信用代码不正确，请检查是否输错。"


class NotVerified(DomainError):
    """Nobody is known by these details, or they do not belong together: the answer is the same."""

    code = "NOT_VERIFIED"
    status = 401
    text = "未能核实您的身份，请检查姓名、证件号码和核验信息后重试。"


class StepUpNeeded(DomainError):
    """The sign-in is too weak or too long ago: sign in again with `acr_values` within `max_age` seconds.

    Source: RFC 9470, 3 (hence 401); `max_age` is empty when any time will do.
    """

    code = "STEP_UP_NEEDED"
    status = 401
    text = "办理此事需要更高强度的身份核验，请重新核验身份后继续。"


class SecondFactorNeeded(DomainError):
    """Staff act in a post only after proving who they are and showing a passkey, in the same session.

    Source: GB/T 22239-2019, 8.1.4.1 d): two factors, one of them cryptographic.
    """

    code = "SECOND_FACTOR_NEEDED"
    status = 403
    text = "以“{acting_as}”岗位办理业务，需要在本次登录中再用通行密钥核验一次。"


class PlaintextNeeded(DomainError):
    """This cannot be done under a pseudonym: `basis` says which rule or consent asks for name and number.

    Source: 国家网络身份认证公共服务管理办法 (公安部等六部门令第 173 号): asked again only where law or a
    consent of its own needs it.
    """

    code = "PLAINTEXT_NEEDED"
    status = 403
    text = "办理此事需要您的姓名和身份证号码，依据：{basis}。请用身份证登录，或者把网络身份关联到您的账号。"


class QrNotFound(DomainError):
    """No such request to sign in by QR code, or it is over, or somebody else's: show a new one."""

    code = "QR_NOT_FOUND"
    status = 404
    text = "二维码已失效，请在要登录的设备上刷新二维码后重试。"


class QrMismatch(DomainError):
    """The number chosen is not the one that the other screen shows; the request has ended."""

    code = "QR_MISMATCH"
    text = "您选的数字与要登录的设备上显示的不一致，这次登录已被取消。如果二维码是别人发给您的，请不要再扫。"


class PasskeyNotFound(DomainError):
    """No such passkey, or it is somebody else's."""

    code = "PASSKEY_NOT_FOUND"
    status = 404
    text = "没有找到这个通行密钥。"


class PasskeyRefused(DomainError):
    """What the authenticator sent does not fit what was asked for, or came too late: begin again."""

    code = "PASSKEY_REFUSED"
    status = 422
    text = "通行密钥没有添加成功，请重新开始。"


class NetworkIdentityTaken(DomainError):
    """The 网络身份 is linked to another account, or the account to another 网络身份."""

    code = "NETWORK_IDENTITY_TAKEN"
    text = "这个网络身份或者您的账号已有关联，请先解除原来的关联。"


class GuardianNeeded(DomainError):
    """Verified, but under fourteen: a parent or other guardian acts for the child.

    Source: 个人信息保护法 Art. 31; 民法典 Art. 19 and 20.
    """

    code = "GUARDIAN_NEEDED"
    status = 403
    text = "未满十四周岁的未成年人不能自行登录，请由父母或者其他监护人办理。"


class SignInLocked(DomainError):
    """Too many failed tries for this number, whether or not anybody is known by it."""

    code = "SIGN_IN_LOCKED"
    status = 429
    text = "连续多次未通过核验，为保护您的账号，请 {minutes} 分钟后再试。"
    retryable = True


class PostNotHeld(DomainError):
    """The person holds no such post now, or several and did not say which."""

    code = "POST_NOT_HELD"
    status = 403
    text = "您没有“{acting_as}”这一岗位，或者需要指明是哪一个。"


class PostsConflict(DomainError):
    """One person may not hold both posts: who writes a thing does not release it."""

    code = "POSTS_CONFLICT"
    text = "“{held}”与“{wanted}”不能由同一人担任。"


class OwnPost(DomainError):
    """Nobody gives himself a post, or takes one of his own away: another security administrator does."""

    code = "OWN_POST"
    status = 403
    text = "不能任免自己，请由其他安全管理员办理。"


class OwnLook(DomainError):
    """Nobody judges his own look at somebody's data: a colleague or the security administrator does."""

    code = "OWN_LOOK"
    status = 403
    text = "不能答复针对自己查阅的异议，请由其他人员办理。"


class ObjectionSettled(DomainError):
    """The objection was answered already; an answer is not changed."""

    code = "OBJECTION_SETTLED"
    status = 409
    text = "这项异议已经答复。"


class SessionNotFound(DomainError):
    """No such session, or it is somebody else's."""

    code = "SESSION_NOT_FOUND"
    status = 404
    text = "没有找到这次登录。"


class ConsentNeeded(DomainError):
    """The citizen has granted the mini-app nothing of what it asks, or has withdrawn it."""

    code = "CONSENT_NEEDED"
    status = 403
    text = "您还没有同意应用 {app_id} 使用这些信息。"


class PersonNotFound(DomainError):
    """Nobody is known by this, or nobody of whom it could be said: the answer is the same."""

    code = "PERSON_NOT_FOUND"
    status = 404
    text = "没有找到可以这样处理的人员，请核对后重试。"


class AuditBehind(DomainError):
    """The audit is unsealed for too long, so what staff looks at could not be proven: nobody looks."""

    code = "AUDIT_BEHIND"
    status = 503
    text = "查阅记录暂时无法存证，为保护群众信息，工作人员暂停查阅，请稍后再试。"
    retryable = True


class PartyErased(DomainError):
    """The key of this party was destroyed; what it sealed cannot be read by anyone."""

    code = "PARTY_ERASED"
    status = 410
    text = "该用户的资料已被删除，无法恢复。"


class DepartmentNotFound(DomainError):
    """No office of the agency is responsible for the region, up to the province."""

    code = "DEPARTMENT_NOT_FOUND"
    status = 404
    text = "没有找到 {region} 的 {agency} 主管部门。"


class ClientNotFound(DomainError):
    """There is no such client of the OpenID Provider, or it has no secret to change."""

    code = "CLIENT_NOT_FOUND"
    status = 404
    text = "没有找到这个应用，或者它不使用密钥。"


class ClientInvalid(DomainError):
    """A client cannot be added like this: `problem` says what is wrong and how to mend it."""

    code = "CLIENT_INVALID"
    status = 422
    text = "{problem}"
