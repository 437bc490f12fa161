"""Speaks to the API of a pabxd, as somebody."""
