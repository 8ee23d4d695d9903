"""The back end of a mini-app: calls of citizens in, deliveries of events in, answers out.

platform ──session token──► POST /apis/{name} ──► Citizen, body ──► your function ──► answer
back end ──outward────────► GET /relay of the platform: the same calls come down a WebSocket
your function ──citizen.platform()──► the platform: acts for who calls, by the credential and the call's token
platform ──signed─────────► POST /events ──► inbox on a disk ──► 202 ……► your function, again if it fails
"""

from banshi.errors import ConsentNeeded, LevelNeeded
from banshi.serving._api import Api
from banshi.serving._app import AppWrong, MiniApp
from banshi.serving._asgi import Call, this_call
from banshi.serving._citizen import Citizen, CitizenInvented, CitizenNotCalling
from banshi.serving._inbox import Delivery, Inbox, SqliteInbox
from banshi.serving._link import ConnectionRefused, Link, Noted
from banshi.serving._tokens import Keys, TokenRefused, published

__all__ = [
    "Api",
    "AppWrong",
    "Call",
    "Citizen",
    "CitizenInvented",
    "CitizenNotCalling",
    "ConnectionRefused",
    "ConsentNeeded",
    "Delivery",
    "Inbox",
    "Keys",
    "LevelNeeded",
    "Link",
    "MiniApp",
    "Noted",
    "SqliteInbox",
    "TokenRefused",
    "published",
    "this_call",
]
