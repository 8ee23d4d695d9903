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
├── SessionNotFound      404  no such session of yours
├── QrNotFound           404  no such request to sign in by QR code, or it is over
├── QrMismatch           409  the number chosen is not the one the other screen shows
├── PasskeyNotFound      404  no such passkey of yours
├── PasskeyRefused       422  what the authenticator sent cannot be registered
├── NetworkIdentityTaken 409  the 网络身份 or the account is linked already
├── ConsentNeeded        403  the citizen has not granted the mini-app what it asks
├── NotRepresentative    403  the register does not know him as the firm's representative
├── NotGuardian          403  no record says that he is the guardian
├── MandateNotFound      404  no such mandate of yours
├── MandateRefused       422  nobody may give or take such a mandate
├── MandateMoveRefused   409  not as the mandate stands, or not for this side
├── MandateNotHeld       403  the mandate asked for lets the person act for nobody now
├── NotPassedOn          403  who acts for another passes that on to nobody
├── OutsideMandate       403  the mandate is for other items
├── NodNeeded            403  the villager has not accepted this act
├── NodNotFound          404  no such question of yours
├── OwnConsentNeeded     403  only the person himself agrees to that
├── NotSelfSupporting    403  no record says that the minor lives on his own labour
├── TeamNotFound         404  no such team or invitation of yours
├── LastOwner            409  a team keeps an owner
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


class NotRepresentative(DomainError):
    """The register knows no such firm, or somebody else represents it: the answer is the same."""

    code = "NOT_REPRESENTATIVE"
    status = 403
    text = "登记信息显示您不是该单位的法定代表人或负责人，请核对统一社会信用代码后重试。"


class NotGuardian(DomainError):
    """No record says so: unknown, wrong and somebody else's ward are answered alike."""

    code = "NOT_GUARDIAN"
    status = 403
    text = "没有查到您与该人员的监护关系，请核对姓名和证件号码；确有监护关系的，请持证明到民政窗口办理。"


class MandateNotFound(DomainError):
    """No such mandate, or one between others."""

    code = "MANDATE_NOT_FOUND"
    status = 404
    text = "没有找到这项委托。"


class MandateRefused(DomainError):
    """The law or the platform lets nobody give or take such a mandate."""

    code = "MANDATE_REFUSED"
    status = 422
    text = "{problem}。"


class MandateMoveRefused(DomainError):
    """The mandate is past that, or it is the other side's to do."""

    code = "MANDATE_MOVE_REFUSED"
    text = "这项委托现在不能这样处理，请刷新后查看最新状态。"


class MandateNotHeld(DomainError):
    """No mandate in force: unknown, somebody else's, ended and run out are answered alike."""

    code = "MANDATE_NOT_HELD"
    status = 403
    text = "您现在没有这项代办权限，或者委托已经结束。"


class NotPassedOn(DomainError):
    """Whoever acts for another cannot let a third one do it, nor take on mandates meanwhile."""

    code = "MANDATE_NOT_PASSED_ON"
    status = 403
    text = "代办权限不能再转给他人，请切换回本人身份后办理。"


class OutsideMandate(DomainError):
    """The mandate is narrowed to other items."""

    code = "OUTSIDE_MANDATE"
    status = 403
    text = "事项 {item} 不在您的代办范围内。"


class NodNeeded(DomainError):
    """A village agent does nothing the villager has not accepted, as it is now."""

    code = "NOD_NEEDED"
    status = 403
    text = "这一步需要村民本人先确认，请先发送确认请求。"


class NodNotFound(DomainError):
    """No such question, or it is somebody else's or settled."""

    code = "NOD_NOT_FOUND"
    status = 404
    text = "没有找到这条待确认的请求。"


class OwnConsentNeeded(DomainError):
    """An agent, and the guardian of one who is fourteen, cannot agree in his place (PIPL 31)."""

    code = "OWN_CONSENT_NEEDED"
    status = 403
    text = "是否让应用使用个人信息，只能由本人同意。"


class NotSelfSupporting(DomainError):
    """Under sixteen, or no record says that he lives on his own labour (民法典 18)."""

    code = "NOT_SELF_SUPPORTING"
    status = 403
    text = "没有查到您以自己的劳动收入为主要生活来源的记录，监护关系不变。"


class TeamNotFound(DomainError):
    """No such team, membership or invitation, or it is not yours to handle."""

    code = "TEAM_NOT_FOUND"
    status = 404
    text = "没有找到这个团队或者邀请。"


class LastOwner(DomainError):
    """A team keeps at least one owner."""

    code = "TEAM_LAST_OWNER"
    text = "团队至少要有一位负责人，请先邀请新的负责人。"


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
