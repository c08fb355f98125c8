"""Alembic's way in: runs the steps on the connection that the store hands over, in its transaction."""

from alembic import context

from touchstone.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
