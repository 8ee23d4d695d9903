"""Pages of those who make mini-apps and of those who curate them.  Citizens' pages are `api.pages`."""
