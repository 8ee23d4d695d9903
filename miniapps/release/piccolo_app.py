from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.release.tables import AppPin, AppRelease, AppSwitch, AppTrial, ReleaseStep

APP_CONFIG = AppConfig(
    app_name="release",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[AppRelease, ReleaseStep, AppPin, AppTrial, AppSwitch],
)
