"""The reference: a page for every model and every part of the API, written from the catalogue."""
