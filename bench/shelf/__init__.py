"""The shelf at a province's size."""
