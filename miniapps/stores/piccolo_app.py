from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.stores.tables import TABLES

APP_CONFIG = AppConfig(
    app_name="stores",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=TABLES,
)
