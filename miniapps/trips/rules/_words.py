"""The words trips are told in, each with its Chinese once."""

from collections.abc import Mapping
from enum import StrEnum


class Cause(StrEnum):
    """Why somebody travelled."""

    APPLY_AT_COUNTER = "apply_at_counter"
    PAPER_ORIGINAL = "paper_original"
    FINGERPRINT = "fingerprint"
    INTERVIEW = "interview"
    PAYMENT = "payment"
    COLLECT_RESULT = "collect_result"
    FETCH_PROOF_ELSEWHERE = "fetch_proof_elsewhere"  # a trip, though to another door
    SITE_INSPECTION = "site_inspection"  # 踏勘: officials come to the citizen
    OTHER = "other"


CAUSE_WORDS: Mapping[Cause, str] = {
    Cause.APPLY_AT_COUNTER: "到窗口申请",
    Cause.PAPER_ORIGINAL: "提交纸质原件",
    Cause.FINGERPRINT: "采集指纹",
    Cause.INTERVIEW: "面谈核实",
    Cause.PAYMENT: "缴费",
    Cause.COLLECT_RESULT: "领取结果",
    Cause.FETCH_PROOF_ELSEWHERE: "到别处开具证明",
    Cause.SITE_INSPECTION: "工作人员上门踏勘",
    Cause.OTHER: "其他",
}

NO_TRIP = frozenset({Cause.SITE_INSPECTION})
"""What is recorded but is no trip of the citizen's."""


class PlaceKind(StrEnum):
    """What kind of place was visited."""

    HALL = "hall"
    DEPARTMENT = "department"
    ELSEWHERE = "elsewhere"


class Source(StrEnum):
    """Who says that the visit took place."""

    COUNTER_SYSTEM = "counter_system"
    TICKET_MACHINE = "ticket_machine"
    CLERK = "clerk"
    CITIZEN = "citizen"
    MINI_APP = "mini_app"


STAFF_SOURCES = frozenset({Source.COUNTER_SYSTEM, Source.TICKET_MACHINE, Source.CLERK})
"""What staff and their machines may record; a citizen and a mini-app speak for themselves."""


class EvidenceKind(StrEnum):
    """What shows that the visit took place."""

    TICKET = "ticket"  # 排队号
    COUNTER_RECORD = "counter_record"
    RECEIPT = "receipt"
    PHOTO = "photo"
    STATEMENT = "statement"  # somebody's word


class Verdict(StrEnum):
    """How often the citizen travelled for a case, as far as it is proven."""

    ZERO = "zero"
    ONE = "one"
    MANY = "many"
    UNPROVEN = "unproven"  # no trip is known, and that there was none is not shown


class Promise(StrEnum):
    """Whether the case kept to the trips that its item declares (到办事现场次数)."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"


class Bearing(StrEnum):
    """What a finding says about `zero trips`."""

    FOR = "for"
    AGAINST = "against"
    MISSING = "missing"  # evidence that ought to be there and is not


class Rule(StrEnum):
    """The question a finding answers; stored, so never renamed."""

    VISIT = "visit"
    INSPECTION = "inspection"
    RECEIPT = "receipt"
    MATERIAL = "material"
    UPLOAD = "upload"
    PAPER = "paper"
    PRESENCE = "presence"
    DELIVERY = "delivery"
    SAMPLE = "sample"
    ANSWER = "answer"


EXPLANATIONS: Mapping[tuple[Rule, Bearing], str] = {
    (Rule.VISIT, Bearing.AGAINST): "有一次到场记录",
    (Rule.INSPECTION, Bearing.FOR): "工作人员上门踏勘，不算申请人跑动",
    (Rule.RECEIPT, Bearing.FOR): "申请在网上提交",
    (Rule.RECEIPT, Bearing.AGAINST): "申请在窗口提交，当天有到场记录",
    (Rule.RECEIPT, Bearing.MISSING): "申请在窗口提交，但没有当天的到场记录",
    (Rule.MATERIAL, Bearing.FOR): "材料来自电子证照、材料库或承诺，无需纸质件",
    (Rule.MATERIAL, Bearing.MISSING): "材料尚未提交",
    (Rule.UPLOAD, Bearing.FOR): "材料首次上传，申请人确认没有为它跑动",
    (Rule.UPLOAD, Bearing.MISSING): "材料首次上传，需申请人确认是否为它跑动过",
    (Rule.PAPER, Bearing.AGAINST): "提交了纸质原件，有对应的到场记录",
    (Rule.PAPER, Bearing.MISSING): "提交了纸质原件，但没有对应的到场记录",
    (Rule.PRESENCE, Bearing.MISSING): "事项要求到场，但没有到场记录",
    (Rule.DELIVERY, Bearing.FOR): "结果以电子方式或邮寄送达",
    (Rule.DELIVERY, Bearing.AGAINST): "结果在窗口领取，有对应的到场记录",
    (Rule.DELIVERY, Bearing.MISSING): "结果尚未送达，或送达方式没有证据",
    (Rule.SAMPLE, Bearing.FOR): "本办件被抽查，申请人已确认",
    (Rule.SAMPLE, Bearing.MISSING): "本办件被抽查，等待申请人确认",
    (Rule.ANSWER, Bearing.FOR): "申请人确认跑动次数无误",
    (Rule.ANSWER, Bearing.AGAINST): "申请人表示跑动次数不对",
}
"""Every finding there can be, in words for the citizen."""
