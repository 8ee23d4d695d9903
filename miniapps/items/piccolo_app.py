from pathlib import Path

from piccolo.conf.apps import AppConfig

from miniapps.items.tables import Item, ItemTopic, ItemVersion

APP_CONFIG = AppConfig(
    app_name="items",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[Item, ItemTopic, ItemVersion],
)
