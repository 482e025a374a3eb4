"""The published Java clients against a running server; no part of the product."""
