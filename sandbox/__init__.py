"""Simulated networks for the demo and the tests. Nothing in the product imports this package."""
