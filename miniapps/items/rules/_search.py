"""How items are found: the words of a query, and the document it is matched against.

Names are cut into bigrams, so any two neighbouring characters find them; what stands in the body is found by
whole words, which a worker cuts.  A query is cut without a dictionary, so none is loaded to answer it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
LONGEST_QUERY = 60  # characters
_NAME_LATIN = 40  # syllables of a name that can begin a pinyin query
_BODY_AT, _LATIN_AT, _LAST = 4000, 15000, 16383  # tsvector positions


class Words(msgspec.Struct, frozen=True):
    """What only a dictionary can tell of an item: made by a worker."""

    syllables: tuple[str, ...]  # pinyin of the name, e.g. ("she", "bao", "ka")
    tokens: tuple[str, ...]  # words of the body, in order


class Query(msgspec.Struct, frozen=True):
    """A search as three tsquery texts."""

    strict: str  # every word, as a phrase in a name or as a word of the body
    name: str  # the same in names only: what ranks first
    loose: str  # any two characters of it in a name: when nothing fits strictly


def normal(text: str) -> str:
    """Return text in one width and case."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def query(text: str) -> Query | None:
    """Return the query for what a citizen typed; None when it holds no Chinese, letter or digit."""
    runs = _RUN.findall(normal(text)[:LONGEST_QUERY])
    if not runs:
        return None
    return Query(
        strict=" & ".join(f"({_anywhere(run)})" for run in runs),
        name=" & ".join(f"({_phrase(run, ':A')})" for run in runs),
        loose=" | ".join(lexeme for run in runs for lexeme in _pieces(run)),
    )


def either(asked: Sequence[Query]) -> Query:
    """Return the query that finds what any of these finds."""
    return Query(
        strict=" | ".join(f"({each.strict})" for each in asked),
        name=" | ".join(f"({each.name})" for each in asked),
        loose=" | ".join(f"({each.loose})" for each in asked),
    )


def bigrams(run: str) -> list[str]:
    """Return the overlapping pairs of a run of characters; the character itself when it is alone."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def document(name: str, others: Iterable[str], code: str, words: Words) -> str:
    """Return the tsvector text of an item: name and aliases (A, B), latin forms of the name (A), body (D)."""
    entries: list[str] = []
    at = _enter(entries, 1, name, "A")
    for other in others:
        at = _enter(entries, at + 1, other, "B")
    latin = [*_suffixes("".join(s[0] for s in words.syllables)), *_pinyins(words.syllables), code]
    entries += [f"'{lexeme}':{_LATIN_AT}A" for lexeme in dict.fromkeys(latin) if lexeme]
    tokens = [token for token in map(normal, words.tokens) if _RUN.fullmatch(token)]
    entries += [f"'{token}':{min(_BODY_AT + place, _LATIN_AT - 1)}D" for place, token in enumerate(tokens)]
    return " ".join(entries)


def _enter(entries: list[str], at: int, text: str, weight: str) -> int:
    """Add the bigrams of `text` from position `at`; return the position after them."""
    for run in _RUN.findall(normal(text)):
        # the last character alone lets one-character queries find it by prefix
        lexemes = [run] if run.isascii() else [*bigrams(run), run[-1]]
        for lexeme in lexemes:
            entries.append(f"'{lexeme}':{min(at, _BODY_AT - 1)}{weight}")
            at += 1
    return at


def _suffixes(text: str) -> list[str]:
    return [text[at:] for at in range(min(len(text), _NAME_LATIN))]


def _pinyins(syllables: Sequence[str]) -> list[str]:
    return ["".join(syllables[at:]) for at in range(min(len(syllables), _NAME_LATIN))]


def _phrase(run: str, weight: str = "") -> str:
    if run.isascii() or len(run) == 1:
        return f"'{run}':*{weight.removeprefix(':')}"
    return " <-> ".join(f"'{pair}'{weight}" for pair in bigrams(run))


def _anywhere(run: str) -> str:
    if run.isascii() or len(run) < 3:
        return _phrase(run)
    pairs = [run[at : at + 2] for at in range(0, len(run) - 1, 2)]
    pairs += [run[-2:]] if len(run) % 2 else []
    words = " & ".join(f"'{pair}'" for pair in pairs)
    return f"({_phrase(run)}) | '{run}' | ({words})"


def _pieces(run: str) -> list[str]:
    return [f"'{run}':*"] if run.isascii() else [f"'{pair}'" for pair in bigrams(run)]
