"""Counts the working days that statutory clocks run on (工作日)."""
