"""One module per format: bytes in → `Content` out. Each has `read(path, limits) -> Content`."""
