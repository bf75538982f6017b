"""Bytes in, facts out: reads documents and scans. Knows no database."""
