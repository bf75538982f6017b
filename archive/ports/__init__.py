"""Small protocols between use cases and engines; each has a contract suite in tests/contracts."""
