"""The registry of mini-apps, first-party and third-party alike (小程序)."""
