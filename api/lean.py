"""Keeps out of a process what other packages load wherever it is installed, and nothing of ours uses.

Imported before anything else.  Measured in an API process: pydantic 10 MiB and 0.27 s (by a plugin of
Litestar's), rich 3 MiB (structlog), cffi 1 MiB and 0.05 s (for minio's commands of an administrator), and
by stand-ins 1 MiB of minio's, 4 MiB of webauthn's and 1 MiB of httpx' and redis' together.
"""

import sys
from types import ModuleType
from typing import Any, Never

UNUSED = ("pydantic", "rich", "cffi", "httpx._main")  # their importers do without


def _not_here(*_: Any, **__: Any) -> Never:
    raise ValueError("left out of this process: see api.lean")


STAND_INS = {
    "jwt": ("decode",),  # redis' tokens of cloud providers
    "minio.minioadmin": ("MinioAdmin",),
    # Proofs of who made an authenticator: we ask for none, so one that comes is refused as no passkey
    "webauthn.helpers.validate_certificate_chain": ("validate_certificate_chain",),
    "webauthn.registration.formats.android_key": ("verify_android_key",),
    "webauthn.registration.formats.android_safetynet": ("verify_android_safetynet",),
    "webauthn.registration.formats.apple": ("verify_apple",),
    "webauthn.registration.formats.tpm": ("verify_tpm",),
}
"""Modules that their packages cannot be imported without, and what is imported from each."""


def _stand_in(name: str, functions: tuple[str, ...]) -> ModuleType:
    made = ModuleType(name, "Stands in for what is left out.")
    for function in functions:
        setattr(made, function, _not_here)
    return made


for _name in UNUSED:
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]  # whoever tries to import it finds none
for _name, _functions in STAND_INS.items():
    sys.modules.setdefault(_name, _stand_in(_name, _functions))
