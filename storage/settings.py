"""What storage must be told before it can remember anything."""

import msgspec


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
