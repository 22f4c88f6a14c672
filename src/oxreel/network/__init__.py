"""The way to untrusted addresses: which URLs are any, which hosts may be reached, and how long it may take."""
