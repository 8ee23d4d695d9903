"""What storage must be told before it can remember anything."""

from typing import Literal

import msgspec

KEY_BYTES = 32


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """PostgreSQL, seen by the role `app`; `owner_url` is the role that migrates."""

    url: str
    owner_url: str = ""
    pool_min: int = 1
    pool_max: int = 10  # connections per process


class QueueSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Redis or Valkey.  Holds only what can be rebuilt."""

    url: str


class ObjectsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """An S3-compatible store.  `public_endpoint` is the address phones reach."""

    endpoint: str
    public_endpoint: str
    access_key: str
    secret_key: str
    bucket: str = "banshi"
    region: str = "us-east-1"
    threads: int = 16  # at most so many calls of the (blocking) client at once


class SealSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of this installation, each 32 random bytes, kept outside the database.

    Losing `master_key` loses every sealed row and file; it is the only key worth a safe.
    """

    master_key: bytes  # wraps the keys of parties and of signing
    index_key: bytes  # makes blind indexes; never the same as the master key
    token_key: bytes  # signs cursors, links and pairwise subjects
    algorithm: Literal["aes", "sm4"] = "aes"  # what new ciphertexts use; old ones stay readable

    def __post_init__(self) -> None:
        """Refuse keys of another length, and one key in two offices."""
        keys = (self.master_key, self.index_key, self.token_key)
        if any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"each sealing key is {KEY_BYTES} bytes, for example 64 hexadecimal digits")
        if len(set(keys)) != len(keys):
            raise ValueError("the master, index and token keys must differ from one another")
