"""JSON signed as it stands: headers and payloads that no library would make."""

import base64
import json
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

OWN = ECKey.generate_key("P-256", {"kid": "k1"})
RSA = RSAKey.generate_key(2048, {"kid": "k1"})
LONG_LIST = "[" * 4_000


def part(value: Any) -> str:
    """One part of a compact JWS; a text is taken as it is."""
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode(errors="surrogatepass")).rstrip(b"=").decode()


def forged(key: Any, header: Any, payload: Any, algorithm: str = "ES256") -> str:
    """A compact JWS with a right signature over whatever stands there."""
    signing = f"{part(header)}.{part(payload)}"
    signature = jws.JWSRegistry.algorithms[algorithm].sign(signing.encode(), key)
    return f"{signing}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def as_secret(key: ECKey) -> OctKey:
    """The public key as a secret: what HS256 is confused with."""
    secret = OctKey.import_key("x" * 32)
    secret._raw_value = key.as_pem(private=False)
    return secret
