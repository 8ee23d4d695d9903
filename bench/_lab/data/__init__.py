"""The bench's population: invented, the same at every run, in the tables that the program migrates."""
