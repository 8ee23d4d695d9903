"""The closed vocabularies of an item: stored as whole English words, mapped to official codes at the edge."""

from enum import StrEnum
from typing import Literal

Answer = str | int | bool
"""An answer or a form value: text, choice or ISO date as str, a whole number as int, yes/no as bool."""

Trust = Literal["A", "B", "C", "D"]


"""国办函〔2016〕108号: made by government, checked at a window, uploaded, the applicant's own word."""

Prefill = Literal["name", "id_number", "phone", "birth_date", "sex", "address", "region"]
"""Facts the sign-in knows about the applicant."""


class Kind(StrEnum):
    """Task type (事项类型), GB/T 39046-2020 A.1; only those a citizen can apply for."""

    PERMISSION = "permission"  # 01 行政许可
    PAYMENT = "payment"  # 05 行政给付
    CONFIRMATION = "confirmation"  # 07 行政确认
    REWARD = "reward"  # 08 行政奖励
    RULING = "ruling"  # 09 行政裁决
    OTHER = "other"  # 10 其他行政权力
    SERVICE = "service"  # 20 公共服务


class Target(StrEnum):
    """Whom the item serves (服务对象)."""

    PERSON = "person"
    FIRM = "firm"
    BOTH = "both"


class Audience(StrEnum):
    """For whom one looks through the catalogue; an item for both serves either."""

    PERSON = "person"
    FIRM = "firm"


class Unit(StrEnum):
    """What a limit counts (时限单位)."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"


class Scope(StrEnum):
    """How far from home the item may be handed in (通办范围)."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    NATION = "nation"


class Source(StrEnum):
    """Where a material comes from (来源渠道)."""

    IDENTITY = "identity"  # the sign-in itself is the proof: nothing to hand in
    SHARED = "shared"  # fetched from another department
    GOVERNMENT = "government"  # issued by an office, held by the applicant
    APPLICANT = "applicant"  # made by the applicant
    THIRD_PARTY = "third_party"  # a bank, a landlord, a hospital


class Medium(StrEnum):
    """In what form a material is taken (材料形式)."""

    ELECTRONIC = "electronic"
    PAPER = "paper"
    EITHER = "either"


class Necessity(StrEnum):
    """Whether a material must be there (材料必要性)."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class FieldType(StrEnum):
    """What may be entered in a form field; also the types of questions (the first four)."""

    CHOICE = "choice"
    BOOL = "bool"
    INT = "int"
    DATE = "date"
    TEXT = "text"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    MONEY = "money"  # an int of fen


class Delivery(StrEnum):
    """How the result reaches the citizen (送达方式)."""

    ELECTRONIC = "electronic"
    POST = "post"
    WINDOW = "window"


class Procedure(StrEnum):
    """What may stop the clock after acceptance (特别程序), 行政许可法 Art. 45; nothing else may."""

    HEARING = "hearing"  # 听证
    TENDER = "tender"  # 招标
    AUCTION = "auction"  # 拍卖
    INSPECTION = "inspection"  # 检验
    TESTING = "testing"  # 检测
    QUARANTINE = "quarantine"  # 检疫
    APPRAISAL = "appraisal"  # 鉴定
    EXPERT_REVIEW = "expert_review"  # 专家评审
