"""Working days of China and the clocks that count them (工作日)."""
