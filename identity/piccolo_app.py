from pathlib import Path

from piccolo.conf.apps import AppConfig

from identity.accounts import SignInFailure
from identity.audit import AuditRow
from identity.consents import Consent
from identity.departments import Department
from identity.firms import Firm
from identity.halts import AppHalt
from identity.keys import PartyKey
from identity.levels import LevelRow
from identity.people import Person, StaffPost
from identity.regions import Division
from identity.sessions import Session
from identity.signing import SigningKey
from identity.tokens import AppToken

APP_CONFIG = AppConfig(
    app_name="identity",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[
        AppHalt,
        AppToken,
        AuditRow,
        Consent,
        Department,
        Division,
        Firm,
        LevelRow,
        PartyKey,
        Person,
        Session,
        SignInFailure,
        SigningKey,
        StaffPost,
    ],
)
