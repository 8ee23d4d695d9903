"""One parent for everything that runs here: it starts, watches, restarts and ends servers, API and worker."""
