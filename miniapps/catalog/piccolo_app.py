from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.catalog.tables import (
    AppObject,
    AppSignature,
    AppUpload,
    MiniApp,
    MiniAppVersion,
    TeamKey,
    WebhookSecret,
)

APP_CONFIG = AppConfig(
    app_name="catalog",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[MiniApp, MiniAppVersion, AppObject, AppUpload, TeamKey, AppSignature, WebhookSecret],
)
