"""The rules of items: pure, no clock, no database.

`compile_text` turns an item text into a `CompiledItem` or into findings; `needed`, `check_form` and
`decides_itself` answer for a compiled item and a citizen's answers.
"""

from miniapps.items.rules._answers import (
    Needed,
    Problem,
    asked,
    check_form,
    decides_itself,
    needed,
    situations,
)
from miniapps.items.rules._codes import (
    TaskCode,
    handling_code,
    is_handling_code,
    read_task_code,
    task_code,
)
from miniapps.items.rules._compile import Compilation, compile_text
from miniapps.items.rules._conditions import Condition
from miniapps.items.rules._diff import Change, diff
from miniapps.items.rules._findings import Finding
from miniapps.items.rules._model import (
    Choice,
    CompiledItem,
    Faq,
    Fee,
    FormField,
    Limit,
    Material,
    Question,
    Remedy,
    Result,
    Situation,
    Step,
)
from miniapps.items.rules._search import Query, Words, document, either, normal, query
from miniapps.items.rules._topics import TOPICS, Topic
from miniapps.items.rules._words import (
    Answer,
    Audience,
    Delivery,
    FieldType,
    Kind,
    Medium,
    Necessity,
    Prefill,
    Procedure,
    Scope,
    Source,
    Target,
    Trust,
    Unit,
)

__all__ = [
    "TOPICS",
    "Answer",
    "Audience",
    "Change",
    "Choice",
    "Compilation",
    "CompiledItem",
    "Condition",
    "Delivery",
    "Faq",
    "Fee",
    "FieldType",
    "Finding",
    "FormField",
    "Kind",
    "Limit",
    "Material",
    "Medium",
    "Necessity",
    "Needed",
    "Prefill",
    "Problem",
    "Procedure",
    "Query",
    "Question",
    "Remedy",
    "Result",
    "Scope",
    "Situation",
    "Source",
    "Step",
    "Target",
    "TaskCode",
    "Topic",
    "Trust",
    "Unit",
    "Words",
    "asked",
    "check_form",
    "compile_text",
    "decides_itself",
    "diff",
    "document",
    "either",
    "handling_code",
    "is_handling_code",
    "needed",
    "normal",
    "query",
    "read_task_code",
    "situations",
    "task_code",
]
