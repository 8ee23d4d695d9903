"""Methods of signing in, behind one contract: each ends in `identity.verifier.Evidence` and a session.

METHODS says what a sign-in page must know of them.  Forms with `id_number` and `name` go through
`identity.accounts.sign_in`; the others have a module each: `qr`, `passkey`, `network_id`; `sms.send` sends
the code that the method "sms" then asks for.
"""

from dataclasses import dataclass

from identity import verifier


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a method's form."""

    name: str
    title: str  # in Chinese, what stands before it
    kind: str = "text"  # "text", "digits" (a numeric keyboard) or "secret" (never shown again)
    autocomplete: str = "off"  # HTML's word


@dataclass(frozen=True, kw_only=True)
class Method:
    """One way of signing in."""

    name: str  # forever: it stands in sessions and audit rows
    title: str  # in Chinese
    level: int  # real-name level it gives at most
    fields: tuple[Field, ...] = ()  # of its form, in order
    needs_send: bool = False  # something must be sent before the form can be completed: a code
    needs_script: bool = False  # it does not work without JavaScript
    proves: bool = True  # it asks who one is by itself; False: it repeats what was proved before


_NUMBER = Field(name="id_number", title="身份证号码", autocomplete="username")
_NAME = Field(name="name", title="姓名", autocomplete="name")

METHODS = (
    Method(
        name="face",
        title="身份证刷脸",
        level=3,
        fields=(_NUMBER, _NAME, Field(name="face", title="人脸核验结果", kind="secret")),
    ),
    Method(
        name="sms",
        title="身份证短信验证码",
        level=2,
        fields=(
            _NUMBER,
            _NAME,
            Field(name="code", title="短信验证码", kind="digits", autocomplete="one-time-code"),
        ),
        needs_send=True,
    ),
    Method(name="passkey", title="通行密钥", level=3, needs_script=True, proves=False),
    Method(name="qr", title="手机扫码", level=3, proves=False),
    Method(
        name="network_id",
        title="国家网络身份认证",
        level=3,
        fields=(Field(name="credential", title="网证", kind="secret"),),
    ),
)
"""In the order in which a page offers them."""

BY_NAME = {method.name: method for method in METHODS}
REAL_NAME = frozenset({"face", "sms"})
"""Methods by which somebody proves with his ID card who he is."""


def offered() -> tuple[Method, ...]:
    """Return the methods that this installation has connected, in their order."""
    connected = verifier.connected() | {"passkey", "qr"}
    return tuple(method for method in METHODS if method.name in connected)
