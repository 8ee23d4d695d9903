from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.notices.tables import AppMark, AppMute, Notice

APP_CONFIG = AppConfig(
    app_name="notices",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[AppMark, AppMute, Notice],
)
