"""Alembic wants a file of this name; :func:`procession.store.migrations.upgrade` does the work."""
