"""The compiled item: what a text becomes, frozen, and what every channel reads."""

from typing import Literal

import msgspec

from miniapps.items.rules._conditions import Condition
from miniapps.items.rules._words import (
    Delivery,
    FieldType,
    Kind,
    Medium,
    Necessity,
    Procedure,
    Scope,
    Source,
    Target,
    Trust,
    Unit,
)


class Limit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time limit: `count` of `unit`, and the law or promise it rests on.  Nought means at once."""

    count: int
    unit: Unit = Unit.WORKDAY
    basis: str = ""

    @property
    def days(self) -> int:
        """In working days, or in natural ones when `unit` says so.

        A month counts 22 working days, as the provincial evaluation counts it.
        """
        return self.count * 22 if self.unit is Unit.MONTH else self.count


class Choice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer of a closed question: `value` is stored and compared, `label` is shown."""

    value: str
    label: str = ""

    @property
    def text(self) -> str:
        """What the citizen reads."""
        return self.label or self.value


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question whose answer decides what is needed (情形)."""

    id: str
    text: str
    type: FieldType  # choice, bool, int or date
    choices: tuple[Choice, ...] = ()
    minimum: int | None = None  # int questions only
    maximum: int | None = None
    help: str = ""


class Situation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named state of the answers (情形), shown to citizen and clerk."""

    id: str
    name: str
    condition: Condition


class Material(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One paper the item may ask for (材料)."""

    code: str  # material kind, shared with the wallet, e.g. "id_card"
    name: str
    source: Source
    medium: Medium = Medium.EITHER
    necessity: Necessity = Necessity.REQUIRED
    condition: Condition | None = None  # None: always
    min_trust: Trust = "C"
    commitment: bool = False  # 告知承诺: a promise may replace it
    tolerated: bool = False  # 容缺后补: it may follow after acceptance
    satisfied_by: tuple[str, ...] = ()  # kinds that serve instead; `kinds` has the whole list
    copies: int = 1
    formats: tuple[str, ...] = ("pdf", "jpg", "png")
    max_mb: int = 10
    note: str = ""  # 填报须知
    basis: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of certificate or wallet paper that satisfies it, its own first."""
        return (self.code, *self.satisfied_by)


class FormField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of the application form (表单)."""

    id: str
    label: str
    type: FieldType
    required: bool = True
    condition: Condition | None = None  # asked only when true
    pattern: str = ""  # a regular expression the whole text must match
    choices: tuple[Choice, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    prefill: str = (
        ""  # which fact of the identity fills it: name, id_number, phone, birth_date, sex, address, region
    )
    help: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One link of the process (环节) and how many working days it may take."""

    name: str
    days: int = 0


class Fee(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One charge; money in fen."""

    name: str
    fen: int
    basis: str
    reducible: bool = False


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a granted case gives (审批结果)."""

    name: str
    kind: Literal["certificate", "document", "decision", "none"] = "certificate"
    certificate_kind: str = ""  # material kind of the certificate issued; "" when none is
    valid_days: int | None = None  # natural days from issue; None: long-term


class Remedy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a refused applicant may turn (复议、诉讼)."""

    review: str
    litigation: str


class Faq(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One common question and its answer (常见问题)."""

    question: str
    answer: str


class CompiledItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One published version of a service item (实施清单), ready to be served."""

    format: int = 1
    code: str  # 12-digit catalogue code (基本编码)
    name: str
    aliases: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    kind: Kind
    agency: str  # key of the competent kind of department, e.g. "public_security"
    target: Target
    summary: str = ""
    conditions: str  # 受理条件
    basis: tuple[str, ...] = ()  # 设定依据
    statutory: Limit | None = None  # None: the law sets none
    promised: Limit
    acceptance: Limit = Limit(count=5, basis="《中华人民共和国行政许可法》第三十二条")
    instant: bool = False  # 即办件
    procedures: tuple[Procedure, ...] = ()
    region_scope: Scope = Scope.PROVINCE
    regions: tuple[str, ...] = ("330000",)
    declared_trips: int = 0  # 到办事现场次数
    trip_reason: str = ""
    online_depth: int = 4  # 1–4
    questions: tuple[Question, ...] = ()
    situations: tuple[Situation, ...] = ()
    materials: tuple[Material, ...] = ()
    fields: tuple[FormField, ...] = ()
    steps: tuple[Step, ...] = ()
    result: Result
    fees: tuple[Fee, ...] = ()
    delivery: tuple[Delivery, ...] = (Delivery.ELECTRONIC,)
    auto_rules: tuple[Condition, ...] = ()
    remedy: Remedy | None = None
    consult_phone: str = ""
    complaint_phone: str = ""
    faq: tuple[Faq, ...] = ()
    sample: bool = False

    @property
    def promised_days(self) -> int:
        """Promised limit in working days; 0 for an item done at once."""
        return self.promised.days

    @property
    def statutory_days(self) -> int | None:
        """Statutory limit in working days; None when the law sets none."""
        return self.statutory.days if self.statutory else None

    @property
    def acceptance_days(self) -> int:
        """Working days within which papers must be accepted or their defects told (行政许可法 Art. 32)."""
        return self.acceptance.days
