"""Passkeys: keys of devices beside the password."""
