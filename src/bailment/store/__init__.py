"""The SQL: schema, migrations, SQLite and PostgreSQL behind one set of statements."""
