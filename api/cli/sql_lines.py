"""SQL that a machine wrote, in lines that a person can read.  Only white space is added."""

import re

TOKEN = re.compile(r"E?'(?:[^'\\]|''|\\.)*'|\w[\w.$]*|\s+|\|\||.", re.DOTALL)
CLAUSES = frozenset({"SELECT", "FROM", "WHERE", "ORDER", "GROUP", "LIMIT", "LEFT", "JOIN", "UNION"})
JOINED = frozenset({"LEFT"})  # after these no clause begins a line
MEMBER = re.compile(r"E?'.*\":\"?'", re.DOTALL)  # text that names a member of a JSON object
INDENT = "  "


def lines(sql: str) -> list[str]:
    """Return `sql` with a line for each clause and for each member of the JSON text it builds."""
    made: list[str] = [""]
    depth, before = 0, ""
    for token in TOKEN.findall(sql):
        if token.isspace():
            made[-1] += " "
            continue
        if _begins_line(token, before) and made[-1].strip():
            made[-1] = made[-1].rstrip()
            made.append(INDENT * depth)
        depth += {"(": 1, ")": -1}.get(token, 0)
        made[-1] += token
        before = token
    return made


def _begins_line(token: str, before: str) -> bool:
    return (token in CLAUSES and before not in JOINED) or MEMBER.fullmatch(token) is not None
