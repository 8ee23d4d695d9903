"""The dictionaries: words of Chinese text, and how it is pronounced."""

import rjieba
from pypinyin import lazy_pinyin

from miniapps.items.rules import CompiledItem, Words, normal


def words_of(item: CompiledItem) -> Words:
    """Return the pinyin of an item's name and the words of what else it says."""
    body = [item.summary, item.conditions, item.result.name]
    body += [material.name for material in item.materials]
    body += [question.text for question in item.questions]
    body += [text for faq in item.faq for text in (faq.question, faq.answer)]
    tokens = dict.fromkeys(token for text in body for token in rjieba.cut_for_search(text))
    return Words(syllables=tuple(_syllables(item.name)), tokens=tuple(tokens))


def _syllables(name: str) -> list[str]:
    """Return the pinyin of each character; letters and digits stay, punctuation goes."""
    sounds = lazy_pinyin(normal(name), errors=lambda run: "".join(filter(str.isalnum, run)))
    return [sound.lower() for sound in sounds if sound.isascii() and sound]
