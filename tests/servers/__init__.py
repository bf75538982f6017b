"""Real engines for tests: a module per engine with `install()` (into the cache folder) and `start()`."""
