from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.shelf import tables

APP_CONFIG = AppConfig(
    app_name="shelf",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[getattr(tables, name) for name in tables.__all__],
)
