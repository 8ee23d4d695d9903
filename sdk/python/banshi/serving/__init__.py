"""The back end of a mini-app: calls of citizens in, deliveries of events in, answers out.

platform ──session token──► POST /apis/{name} ──► Citizen, body ──► your function ──► answer
platform ──signed─────────► POST /events ──► inbox on a disk ──► 202 ……► your function, again if it fails
"""

from banshi.serving._api import Api
from banshi.serving._app import AppWrong, MiniApp
from banshi.serving._citizen import Citizen, ConsentNeeded, LevelNeeded
from banshi.serving._inbox import Delivery, Inbox, SqliteInbox
from banshi.serving._tokens import Keys, TokenRefused, published

__all__ = [
    "Api",
    "AppWrong",
    "Citizen",
    "ConsentNeeded",
    "Delivery",
    "Inbox",
    "Keys",
    "LevelNeeded",
    "MiniApp",
    "SqliteInbox",
    "TokenRefused",
    "published",
]
