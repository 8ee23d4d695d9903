"""The sandbox's 国家网络身份认证: a credential is `wz-` and a persona's key, and says nothing else."""

import hashlib
from datetime import datetime

from identity.sandbox._personas import BY_KEY
from identity.verifier import NetworkIdAnswer
from storage.ids import new_id

PREFIX = "wz-"
LEVEL = 3
PLATFORM = "banshi"


class SandboxNetworkId:
    """Follows the contract of `NetworkIdVerifier`: `wz-wang_fang` is the 网证 of 王芳."""

    async def verify(self, credential: str, *, address: str, now: datetime) -> NetworkIdAnswer:
        """Return whether the credential is one of the cast's, under a pseudonym of this platform."""
        key = credential.removeprefix(PREFIX)
        good = credential.startswith(PREFIX) and key in BY_KEY and BY_KEY[key].trouble is None
        pseudonym = hashlib.sha256(f"{PLATFORM}\0{key}".encode()).hexdigest()
        return NetworkIdAnswer(
            result=good, assurance=LEVEL, pseudonym=pseudonym, evidence_id=f"sandbox-wz-{new_id().hex}"
        )
