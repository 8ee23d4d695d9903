"""What the gateway costs beside nginx."""
