"""The managers' pages. Each is a small file: a `Page` with figures and blocks, both made of queries."""
