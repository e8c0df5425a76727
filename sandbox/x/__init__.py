"""A local X: `world` is the network, `wire` speaks API v2 over HTTP, `faults` makes it misbehave."""
