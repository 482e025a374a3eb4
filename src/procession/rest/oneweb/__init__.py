"""The ONEWEB dialect (``reference/oneweb-rest-api.md``)."""
