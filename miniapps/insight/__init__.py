"""How mini-apps do: counted by version and minute, and what the platform noticed."""
