from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.calendar.tables import CalendarDay, CalendarNotice

APP_CONFIG = AppConfig(
    app_name="calendar",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[CalendarNotice, CalendarDay],
)
