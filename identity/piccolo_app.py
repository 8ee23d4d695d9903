from pathlib import Path

from piccolo.conf.apps import AppConfig

from identity.audit import AuditRow
from identity.chain.heads import AuditHead
from identity.chain.links import AuditBoundary, AuditLink
from identity.clients import OidcClient, OidcClientSecret
from identity.consents import Consent
from identity.departments import Department
from identity.devices import KnownDevice
from identity.firms import Firm
from identity.halts import AppHalt, ScopeHalt, VersionHalt
from identity.keys import PartyKey
from identity.levels import LevelRow
from identity.mandates import Mandate, Nod
from identity.methods.credentials import Passkey, PasskeyChallenge
from identity.methods.network_id import NetworkIdentity
from identity.methods.qr import QrSignIn
from identity.methods.sms import SmsCode
from identity.methods.tries import SignInFailure
from identity.objections import Objection
from identity.oidc.grants import OidcGrant, OidcRefresh
from identity.oidc.par import OidcPushed
from identity.oidc.questions import OidcQuestion
from identity.oidc.replays import OidcReplay
from identity.oidc.requests import OidcRequest
from identity.people import Person, StaffPost
from identity.regions import Division
from identity.sandbox import SandboxMessage
from identity.sessions import Session
from identity.signing import SigningKey
from identity.teams import Member, Team
from identity.tokens import AppToken
from identity.wires.tables import WireClient, WirePass, WireSecret, WireSeen

APP_CONFIG = AppConfig(
    app_name="identity",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[
        AppHalt,
        ScopeHalt,
        VersionHalt,
        AppToken,
        AuditBoundary,
        AuditHead,
        AuditLink,
        AuditRow,
        Consent,
        Department,
        Division,
        Firm,
        LevelRow,
        KnownDevice,
        Mandate,
        Member,
        NetworkIdentity,
        Nod,
        OidcClient,
        OidcClientSecret,
        OidcGrant,
        OidcPushed,
        OidcQuestion,
        OidcRefresh,
        OidcReplay,
        OidcRequest,
        Objection,
        PartyKey,
        Passkey,
        PasskeyChallenge,
        Person,
        QrSignIn,
        SandboxMessage,
        Session,
        SignInFailure,
        SigningKey,
        SmsCode,
        StaffPost,
        Team,
        WireClient,
        WirePass,
        WireSecret,
        WireSeen,
    ],
)
