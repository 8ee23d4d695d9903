"""What is refused of mandates and teams.

DomainError
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
├── GuardianHandsIn      403  under eighteen: the guardian hands an application in
├── NotSelfSupporting    403  no record says that the minor lives on his own labour
├── TeamNotFound         404  no such team or invitation of yours
├── LastOwner            409  a team keeps an owner
"""

from banshi.errors import DomainError


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


class GuardianHandsIn(DomainError):
    """Under eighteen, and not living on his own labour: he may prepare, his guardian hands in.

    Source: 民法典 19, 20.
    """

    code = "GUARDIAN_HANDS_IN"
    status = 403
    text = (
        "您未满十八周岁，申请要由监护人提交。您可以先填写并保存，再请监护人登录自己的账号，选择代您办理后提交。"
        "已满十六周岁、主要靠自己的劳动收入生活的，登记后可以自己提交。"
    )


class TeamNotFound(DomainError):
    """No such team, membership or invitation, or it is not yours to handle."""

    code = "TEAM_NOT_FOUND"
    status = 404
    text = "没有找到这个团队或者邀请。"


class LastOwner(DomainError):
    """A team keeps at least one owner."""

    code = "TEAM_LAST_OWNER"
    text = "团队至少要有一位负责人，请先邀请新的负责人。"
