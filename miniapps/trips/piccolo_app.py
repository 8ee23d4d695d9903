from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.trips.tables import TripAnswer, TripVerdict, VerdictReason, Visit

APP_CONFIG = AppConfig(
    app_name="trips",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[Visit, TripVerdict, VerdictReason, TripAnswer],
)
