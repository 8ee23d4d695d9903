"""What the benches share: the data, the servers side by side, the load, the figures.

data      a population made by COPY in the real schema, in a durable cluster of its own
servers   ours and its peers, one after the other on the same PostgreSQL and the same rows
load      wrk for as many answers as fit, a client of our own for latency at a fixed rate
figures   shuffled rounds, ratios inside a round, CPU by the kernel's counters
"""
