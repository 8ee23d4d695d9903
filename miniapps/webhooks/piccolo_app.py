from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.webhooks.tables import TABLES

APP_CONFIG = AppConfig(
    app_name="webhooks",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=TABLES,
)
