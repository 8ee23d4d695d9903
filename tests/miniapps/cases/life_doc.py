"""Writes the pictures of docs/case-life.md from the table: `python -m tests.miniapps.cases.life_doc`."""

from pathlib import Path

from miniapps.cases import rules
from miniapps.cases.rules import CaseState, Verb

DOC = Path(__file__).parents[3] / "docs" / "case-life.md"
BEGIN, END = "<!-- from the table: begin -->\n", "<!-- from the table: end -->\n"


def picture() -> str:
    """The state diagram; verbs that leave the state as it is are left to the table."""
    arrows = [
        f"    {state} --> {to}: {verb}"
        for state, moves in rules.MOVES.items()
        for verb, to in moves.items()
        if to != state
    ]
    ends = [f"    {state} --> [*]" for state in CaseState if state in rules.ENDED]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> draft", *arrows, *ends, "```", ""])


def table() -> str:
    """Every state against every verb: where it leads, or a dot where it is refused."""
    head = f"| verb | by | {' | '.join(CaseState)} |"
    rows = [
        f"| {verb} | {rules.HANDS[verb]} | "
        + " | ".join(rules.MOVES[state].get(verb, "·") for state in CaseState)
        + " |"
        for verb in Verb
    ]
    return "\n".join([head, "|" + "---|" * (len(CaseState) + 2), *rows, ""])


def drawn() -> str:
    """What stands between the marks."""
    return f"{BEGIN}{picture()}\n{table()}{END}"


def main() -> None:
    text = DOC.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    DOC.write_text(before + drawn() + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
