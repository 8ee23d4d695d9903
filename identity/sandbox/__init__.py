"""Sandbox: invented persons to try the platform with; refused in production.

Sign in with `{"method": "face", "id_number": …, "name": …, "face": "ok"}` (level 3), or have a code sent
(`POST /session/sms`), read it at `GET /sandbox/sms` and sign in with
`{"method": "sms", "id_number": …, "name": …, "code": …}` (level 2).  A 网证 is `wz-` and a persona's key.
Besides the cast, every number whose county is 99 and whose serial is 500–999 is registered, under
the name that `citizen` tells; serials 001–499 are nobody's.
"""

from identity.sandbox._citizens import home
from identity.sandbox._messages import Message, SandboxMessage, SandboxSender, messages
from identity.sandbox._network_id import SandboxNetworkId
from identity.sandbox._personas import ALL, BY_KEY, CITIZENS, STAFF, Persona
from identity.sandbox._registries import FIRM_BY_KEY, FIRMS, GUARDIANS, SandboxFirm, SandboxRegistries
from identity.sandbox._stand_ins import stand_in
from identity.sandbox._verifier import FACE_CODE, SandboxVerifier, citizen, proof_of

__all__ = [
    "ALL",
    "BY_KEY",
    "CITIZENS",
    "FACE_CODE",
    "FIRMS",
    "FIRM_BY_KEY",
    "GUARDIANS",
    "STAFF",
    "Message",
    "Persona",
    "SandboxFirm",
    "SandboxMessage",
    "SandboxNetworkId",
    "SandboxRegistries",
    "SandboxSender",
    "SandboxVerifier",
    "citizen",
    "home",
    "messages",
    "proof_of",
    "stand_in",
]
