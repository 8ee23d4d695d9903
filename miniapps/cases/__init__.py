"""Cases: one application for one item, from draft to delivery (办件)."""
