from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.insight.tables import AppProblem, AppUsage, AppVisitor

APP_CONFIG = AppConfig(
    app_name="insight",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[AppUsage, AppProblem, AppVisitor],
)
