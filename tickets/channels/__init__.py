"""The port that channel apps hang on: the contract, its errors and the registry of adapters."""
