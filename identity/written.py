"""What people write into forms: without blanks around it, of a length that fits, and readable."""

from banshi.errors import InvalidInput

SPACES = "\r\n\t\u3000"  # line breaks, and the wide space that Chinese keyboards write


def words(field: str, text: str, longest: int, *, least: int = 0) -> str:
    """Return what somebody wrote, without blanks around it.

    Raises: InvalidInput when it is too short, too long or holds what cannot be read.
    """
    clean = text.strip()
    if not least <= len(clean) <= longest:
        raise InvalidInput(field=field, problem=f"请填写 {least} 至 {longest} 个字")
    if any(not (each.isprintable() or each in SPACES) for each in clean):
        raise InvalidInput(field=field, problem="含有不能显示的字符")
    return clean
