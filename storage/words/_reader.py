"""The dictionaries: words of Chinese text, and how it is pronounced.  Run as a process of its own.

They take some 90 MiB, wanted for a second when an item is published; so the worker starts this file and
hands it a batch on standard input: JSON, `[[name, [text, …]], …]` → `[[[syllable, …], [token, …]], …]`.
"""

import json
import sys

import rjieba
from pypinyin import lazy_pinyin


def words(name: str, texts: list[str]) -> tuple[list[str], list[str]]:
    """Return the pinyin of each character of `name`, and the words of `texts`, each once."""
    sounds = lazy_pinyin(name, errors=lambda run: "".join(filter(str.isalnum, run)))
    tokens = dict.fromkeys(token for text in texts for token in rjieba.cut_for_search(text))
    return [sound.lower() for sound in sounds if sound.isascii() and sound], list(tokens)


def answer(batch: bytes) -> bytes:
    """Answer one batch."""
    return json.dumps([words(name, texts) for name, texts in json.loads(batch)]).encode()


if __name__ == "__main__":
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
