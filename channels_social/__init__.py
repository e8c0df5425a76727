"""Social networks: one package per network, each with its adapter."""
