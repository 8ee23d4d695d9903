from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.review.tables import AppLook, AppNote, AppReview

APP_CONFIG = AppConfig(
    app_name="review",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[AppLook, AppReview, AppNote],
)
