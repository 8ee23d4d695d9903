"""The developer's pages (开发者中心): teams, mini-apps, versions, releases, use and problems."""
