"""The custodian and the application."""
