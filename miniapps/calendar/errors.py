"""What can be refused about the calendar.

CalendarFileInvalid   422  the notice file cannot be read; `problems` names every line that is wrong
"""

from dataclasses import dataclass

from banshi.errors import DomainError


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a notice file: the line (from 1) and how to mend it."""

    line: int
    text: str


class CalendarFileInvalid(DomainError):
    """A notice file has mistakes; nothing of it was loaded."""

    code = "CALENDAR_FILE_INVALID"
    status = 422
    text = "The notice file was not loaded:\n{problems}"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(problems="\n".join(f"{problem.line}: {problem.text}" for problem in problems))
