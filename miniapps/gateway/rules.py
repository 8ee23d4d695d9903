"""What a call must fulfil before it is passed on, and how connections are called.  No I/O, no clock."""

from functools import lru_cache
from uuid import UUID

import msgspec

from banshi.errors import ConsentNeeded, InvalidInput
from banshi.manifest import Api, Manifest
from banshi.shapes import Shape
from identity.actor import Actor
from miniapps.gateway.errors import ApiUnknown

MOST_BODY = 512 * 1024  # bytes of a call
MOST_FRAME = 1024 * 1024  # bytes of anything on a relay connection
SANDBOX = "--sandbox"  # what the client ids of sandbox credentials end in
KEPT = 1_000  # schemas that this process has ready


def live(app_id: str) -> str:
    """Return the channel of citizens' calls to a mini-app."""
    return f"live:{app_id}"


def trial(app_id: str) -> str:
    """Return the channel of a mini-app's sandbox credentials."""
    return f"trial:{app_id}"


def bench(person_id: UUID, app_id: str) -> str:
    """Return the channel of a developer who runs a mini-app at his own desk: nobody else calls there."""
    return f"bench:{person_id.hex}:{app_id}"


def api_of(made: Manifest, name: str) -> Api:
    """Return the API of this name.

    Raises: ApiUnknown.
    """
    found = next((api for api in made.apis if api.name == name), None)
    if found is None:
        raise ApiUnknown(app_id=made.id, api=name)
    return found


def check_call(actor: Actor, version_id: UUID, api: Api, body: bytes) -> None:
    """Check that the citizen agreed to what the API needs, and that `body` is what it takes.

    Raises: ConsentNeeded, InvalidInput, SchemaUnfit.
    """
    if not any(scope == api.scope for scope in actor.scopes):
        raise ConsentNeeded(scope=api.scope)
    shape = _shape(version_id, api.name, msgspec.json.encode(api.input))
    shape.check(read(body))


def read(body: bytes) -> object:
    """Return the JSON value in `body`.

    Raises: InvalidInput.
    """
    try:
        value: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidInput(field="body", problem="this is not JSON") from None
    return value


@lru_cache(maxsize=KEPT)
def _shape(version_id: UUID, name: str, schema: bytes) -> Shape:
    return Shape(msgspec.json.decode(schema, type=dict), what=name)
