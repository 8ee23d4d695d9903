"""The operator's pages (运营台): reviews, releases, switches, the catalogue and the health of all of it."""
