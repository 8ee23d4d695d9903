"""Masking (脱敏): how much of a name or number is shown to somebody who need not know it."""


def name(text: str) -> str:
    """Hide part of a name: 王* for two characters, 王*明 for three, the first and last for more."""
    if len(text) <= 2:
        return text[:1] + "*"
    if " " in text:  # a name in Latin letters: the first word stays
        return text.split(" ", 1)[0] + " *"
    return text[0] + "*" * (len(text) - 2) + text[-1]


def number(text: str) -> str:
    """Hide all of an identity number but its first and last character."""
    return text[:1] + "*" * (len(text) - 2) + text[-1:]


def phone(text: str) -> str:
    """Hide the middle of a phone number: 138****5678."""
    return text[:3] + "****" + text[-4:]
