"""What a compiled item says to one citizen's answers and form."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from miniapps.items.rules._check import LONGEST_TEXT
from miniapps.items.rules._conditions import Condition, Variable, VariableType
from miniapps.items.rules._evaluate import Truth, truth
from miniapps.items.rules._model import CompiledItem, FormField, Material, Question, Situation
from miniapps.items.rules._words import Answer, FieldType

Part = Question | FormField

_COMPARABLE: dict[FieldType, VariableType] = {
    FieldType.CHOICE: "choice",
    FieldType.BOOL: "bool",
    FieldType.INT: "int",
    FieldType.DATE: "date",
}


class Needed(msgspec.Struct, frozen=True):
    """The materials that the answers make necessary, and what is still open."""

    materials: tuple[Material, ...]  # needed for certain, in the order of the text
    maybe: tuple[Material, ...]  # the answers given leave these open
    unknown: tuple[str, ...]  # ids of the questions that would settle them; empty: the list is final


class Problem(msgspec.Struct, frozen=True):
    """One thing to mend in the answers or the form: where, a stable code, and words for the citizen."""

    field: str
    code: str
    text: str


def variables(questions: Iterable[Part]) -> dict[str, Variable]:
    """Return what conditions may speak of: questions and fields with a closed, ordered or yes/no answer."""
    return {
        question.id: Variable(
            type=kind,
            choices=tuple(choice.value for choice in question.choices),
            minimum=question.minimum,
            maximum=question.maximum,
        )
        for question in questions
        if (kind := _COMPARABLE.get(question.type))
    }


def needed(compiled: CompiledItem, answers: Mapping[str, Answer]) -> Needed:
    """Return the materials needed under `answers`; an answer that does not fit counts as none."""
    facts, known = _fitting(compiled.questions, answers), variables(compiled.questions)
    truths = [_truth(material.condition, facts, known) for material in compiled.materials]
    pairs = list(zip(compiled.materials, truths, strict=True))
    return Needed(
        materials=tuple(material for material, found in pairs if found.value is True),
        maybe=tuple(material for material, found in pairs if found.value is None),
        unknown=_in_order(compiled.questions, truths),
    )


def situations(compiled: CompiledItem, answers: Mapping[str, Answer]) -> tuple[Situation, ...]:
    """Return the situations (情形) that the answers establish for certain."""
    facts, known = _fitting(compiled.questions, answers), variables(compiled.questions)
    return tuple(each for each in compiled.situations if _truth(each.condition, facts, known).value)


def check_form(
    compiled: CompiledItem, answers: Mapping[str, Answer], form: Mapping[str, Answer]
) -> list[Problem]:
    """Return everything to mend in answers and form, in the order of the text; empty when fit to submit.

    A field whose condition is unknown is not yet asked for: the open question is a problem by itself.
    """
    problems = [found for question in compiled.questions if (found := _check_answer(question, answers))]
    problems += _strangers(answers, compiled.questions)
    problems += _strangers(form, compiled.fields)
    found_in = (_check_field(field, form.get(field.id)) for field in asked(compiled, answers))
    return [*problems, *(found for found in found_in if found)]


def asked(compiled: CompiledItem, answers: Mapping[str, Answer]) -> tuple[FormField, ...]:
    """Return the form fields that these answers ask for, in the order of the text."""
    facts, known = _fitting(compiled.questions, answers), variables(compiled.questions)
    return tuple(field for field in compiled.fields if _truth(field.condition, facts, known).value)


def decides_itself(compiled: CompiledItem, answers: Mapping[str, Answer], form: Mapping[str, Answer]) -> bool:
    """Say whether the item has rules for deciding by itself and all of them are true for certain."""
    parts: tuple[Part, ...] = (*compiled.questions, *compiled.fields)
    facts = {**_fitting(compiled.questions, answers), **_fitting(compiled.fields, form)}
    known = variables(parts)
    return bool(compiled.auto_rules) and all(
        _truth(rule, facts, known).value is True for rule in compiled.auto_rules
    )


def fits(question: Part, answer: object) -> bool:
    """Say whether an answer has the type its question asks for and lies among its choices and bounds."""
    match question.type:
        case FieldType.BOOL:
            return isinstance(answer, bool)
        case FieldType.INT | FieldType.MONEY:
            return isinstance(answer, int) and not isinstance(answer, bool) and _within(question, answer)
        case FieldType.CHOICE:
            return answer in [choice.value for choice in question.choices]
        case FieldType.DATE:
            return isinstance(answer, str) and _is_day(answer)
    return isinstance(answer, str)


def _truth(condition: Condition | None, facts: Mapping[str, Answer], known: Mapping[str, Variable]) -> Truth:
    return Truth(True) if condition is None else truth(condition.tree, facts, known)


def _fitting(parts: Iterable[Part], answers: Mapping[str, Answer]) -> dict[str, Answer]:
    return {
        part.id: answers[part.id] for part in parts if part.id in answers and fits(part, answers[part.id])
    }


def _in_order(questions: Iterable[Question], truths: Iterable[Truth]) -> tuple[str, ...]:
    open_ = {name for found in truths for name in found.unsettled}
    return tuple(question.id for question in questions if question.id in open_)


def _within(question: Part, number: int) -> bool:
    least, most = question.minimum, question.maximum
    return (least is None or number >= least) and (most is None or number <= most)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_answer(question: Question, answers: Mapping[str, Answer]) -> Problem | None:
    if question.id not in answers:
        return Problem(question.id, "ANSWER_MISSING", f"请回答：{question.text}")
    if not fits(question, answers[question.id]):
        return Problem(question.id, "ANSWER_INVALID", f"回答不符合要求：{question.text}")
    return None


def _strangers(given: Mapping[str, Answer], parts: Iterable[Part]) -> list[Problem]:
    known = {part.id for part in parts}
    odd = sorted(name for name in given if name not in known)
    return [Problem(name, "NOT_ASKED", f"没有这一项：{name}") for name in odd]


def _check_field(field: FormField, value: Answer | None) -> Problem | None:
    if value is None or value == "":
        return Problem(field.id, "FIELD_MISSING", f"请填写{field.label}") if field.required else None
    if not fits(field, value):
        return Problem(field.id, "FIELD_INVALID", f"{field.label}填写不符合要求")
    if isinstance(value, str) and not _matches(field, value):
        return Problem(
            field.id, "FIELD_PATTERN", f"{field.label}格式不正确" + (f"：{field.help}" if field.help else "")
        )
    return None


_SHAPES = {
    FieldType.PHONE: r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}",
    FieldType.ID_NUMBER: r"\d{17}[\dX]|[A-Z]{3}\d{12}",
}


def _matches(field: FormField, text: str) -> bool:
    shapes = [shape for shape in (field.pattern, _SHAPES.get(field.type)) if shape]
    return len(text) <= LONGEST_TEXT and all(re.fullmatch(shape, text) for shape in shapes)
