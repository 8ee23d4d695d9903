"""Which version of a mini-app a citizen gets: step by step, halted by itself, taken back at once."""
