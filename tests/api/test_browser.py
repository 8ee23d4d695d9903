"""Cookies of our pages."""

from http.cookies import SimpleCookie

import pytest
from litestar.datastructures import Cookie

from api.http.browser import PlainCookie

GIVEN = {"key": "__Host-a", "httponly": True, "samesite": "lax", "path": "/"}


def read(header: tuple[bytes, bytes]) -> dict[str, str]:
    name, value = header
    assert name == b"set-cookie"
    [(key, morsel)] = SimpleCookie(value.decode()).items()
    return {"key": key, "value": morsel.value, **{k: str(v) for k, v in morsel.items() if v}}


@pytest.mark.parametrize("value", ["abc", "", "a.B_c~-9"])
@pytest.mark.parametrize("rest", [{}, {"secure": True}, {"max_age": 0}, {"max_age": 60, "secure": True}])
def test_a_plain_cookie_says_what_http_cookies_would_say(value, rest):
    plain = PlainCookie(value=value, **GIVEN, **rest).to_encoded_header()

    assert read(plain) == read(Cookie(value=value, **GIVEN, **rest).to_encoded_header())


@pytest.mark.parametrize("value", ["a b", "a;b", 'a"b', "a,b", "a\r\nset-cookie: c=d", "\0", "王"])
def test_what_is_not_plain_is_left_to_http_cookies(value):
    plain, other = PlainCookie(value=value, **GIVEN), Cookie(value=value, **GIVEN)

    try:
        expected = other.to_encoded_header()
    except UnicodeEncodeError:
        with pytest.raises(UnicodeEncodeError):
            plain.to_encoded_header()
    else:
        assert plain.to_encoded_header() == expected
        assert b"\n" not in expected[1]
