"""The demonstration: the main job, played through the public API on servers of its own."""
