"""Rules of the archive as plain values and functions: no I/O, no clock."""
