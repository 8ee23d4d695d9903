"""The operator's pages (运营台): health, reviews, releases, switches, the shelf, and what citizens say."""
