"""Benchmarks: each row is measured beside the machine's own floor in the same run, and printed as a ratio."""
