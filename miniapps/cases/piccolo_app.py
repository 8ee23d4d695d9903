from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.cases.tables import (
    Authorisation,
    Case,
    CaseClock,
    CaseCommand,
    CaseCorrection,
    CaseDecision,
    CaseEventRow,
    CaseMaterial,
    CaseStop,
    CommitmentBar,
)

APP_CONFIG = AppConfig(
    app_name="cases",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[
        Case,
        CaseMaterial,
        CaseClock,
        CaseStop,
        CaseCorrection,
        CaseDecision,
        CaseEventRow,
        CaseCommand,
        CommitmentBar,
        Authorisation,
    ],
)
