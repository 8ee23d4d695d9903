"""The phone host: the pages by which citizens find, apply, follow and hold (办事大厅)."""
