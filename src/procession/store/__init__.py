"""The database: tables, the codec, SQLite and PostgreSQL."""
