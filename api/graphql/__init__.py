"""One file per slice, of the same name as the slice."""
