"""The parts of a service item on the wire."""

from typing import Self, TypeAlias

import strawberry

from miniapps.items import rules
from miniapps.items.rules import Unit

strawberry.enum(
    Unit, name="LimitUnit", description="What a limit counts: working days, natural days, months."
)
LimitUnit: TypeAlias = Unit  # who takes it from here has it under its name on the wire


@strawberry.type(name="Limit", description="A time limit and what it rests on; 0 means at once.")
class LimitNode:
    count: int
    unit: LimitUnit
    basis: str

    @classmethod
    def of(cls, limit: rules.Limit) -> Self:
        """Wrap a limit."""
        return cls(count=limit.count, unit=limit.unit, basis=limit.basis)


@strawberry.type(name="Choice", description="One answer of a closed question.")
class ChoiceNode:
    value: str
    label: str

    @classmethod
    def of(cls, choice: rules.Choice) -> Self:
        """Wrap a choice."""
        return cls(value=choice.value, label=choice.text)


@strawberry.type(name="Question", description="A question whose answer decides what is needed.")
class QuestionNode:
    id: str
    text: str
    type: str = strawberry.field(description="choice, bool, int or date.")
    choices: list[ChoiceNode]
    minimum: int | None
    maximum: int | None
    help: str

    @classmethod
    def of(cls, question: rules.Question) -> Self:
        """Wrap a question."""
        return cls(
            id=question.id,
            text=question.text,
            type=question.type.value,
            choices=[ChoiceNode.of(choice) for choice in question.choices],
            minimum=question.minimum,
            maximum=question.maximum,
            help=question.help,
        )


@strawberry.type(name="ItemMaterial", description="A paper the item may ask for (材料).")
class ItemMaterialNode:
    kind: str = strawberry.field(description="The material kind, shared with the wallet.")
    name: str
    source: str = strawberry.field(
        description="identity: the sign-in is the proof; shared, government, applicant, third_party."
    )
    medium: str = strawberry.field(description="electronic, paper or either.")
    required: bool
    condition: str | None = strawberry.field(description="CEL over the questions; none: always needed.")
    min_trust: str = strawberry.field(description="The least trust level that will do, A to D.")
    commitment: bool = strawberry.field(description="A written promise may replace it (告知承诺).")
    tolerated: bool = strawberry.field(description="It may follow after acceptance (容缺后补).")
    satisfied_by: list[str] = strawberry.field(description="Every kind that will do, its own first.")
    copies: int
    formats: list[str]
    max_mb: int
    note: str

    @classmethod
    def of(cls, material: rules.Material) -> Self:
        """Wrap a material."""
        return cls(
            kind=material.code,
            name=material.name,
            source=material.source.value,
            medium=material.medium.value,
            required=material.necessity is rules.Necessity.REQUIRED,
            condition=material.condition.cel if material.condition else None,
            min_trust=material.min_trust,
            commitment=material.commitment,
            tolerated=material.tolerated,
            satisfied_by=list(material.kinds),
            copies=material.copies,
            formats=list(material.formats),
            max_mb=material.max_mb,
            note=material.note,
        )


@strawberry.type(name="FormField", description="A field of the application form.")
class FormFieldNode:
    id: str
    label: str
    type: str
    required: bool
    condition: str | None
    pattern: str
    choices: list[ChoiceNode]
    minimum: int | None
    maximum: int | None
    prefill: str | None = strawberry.field(description="The fact of the signed-in identity that fills it.")
    help: str

    @classmethod
    def of(cls, field: rules.FormField) -> Self:
        """Wrap a field."""
        return cls(
            id=field.id,
            label=field.label,
            type=field.type.value,
            required=field.required,
            condition=field.condition.cel if field.condition else None,
            pattern=field.pattern,
            choices=[ChoiceNode.of(choice) for choice in field.choices],
            minimum=field.minimum,
            maximum=field.maximum,
            prefill=field.prefill,
            help=field.help,
        )


@strawberry.type(name="Step", description="One link of the process and its working days.")
class StepNode:
    name: str
    days: int

    @classmethod
    def of(cls, step: rules.Step) -> Self:
        """Wrap a step."""
        return cls(name=step.name, days=step.days)


@strawberry.type(name="Fee", description="One charge.")
class FeeNode:
    name: str
    fen: int
    basis: str
    reducible: bool

    @classmethod
    def of(cls, fee: rules.Fee) -> Self:
        """Wrap a fee."""
        return cls(name=fee.name, fen=fee.fen, basis=fee.basis, reducible=fee.reducible)


@strawberry.type(name="ItemResult", description="What a granted case gives.")
class ResultNode:
    name: str
    kind: str = strawberry.field(description="certificate, document, decision or none.")
    certificate_kind: str = strawberry.field(description="The material kind of the certificate, or empty.")
    valid_days: int | None = strawberry.field(description="Natural days; none: long-term.")

    @classmethod
    def of(cls, result: rules.Result) -> Self:
        """Wrap a result."""
        return cls(
            name=result.name,
            kind=result.kind,
            certificate_kind=result.certificate_kind,
            valid_days=result.valid_days,
        )


@strawberry.type(name="Remedy", description="Where a refused applicant may turn.")
class RemedyNode:
    review: str
    litigation: str

    @classmethod
    def of(cls, remedy: rules.Remedy) -> Self:
        """Wrap a remedy."""
        return cls(review=remedy.review, litigation=remedy.litigation)


@strawberry.type(name="Faq", description="A common question and its answer.")
class FaqNode:
    question: str
    answer: str

    @classmethod
    def of(cls, faq: rules.Faq) -> Self:
        """Wrap a common question."""
        return cls(question=faq.question, answer=faq.answer)
