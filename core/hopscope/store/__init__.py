"""The indexed event store: :func:`hopscope.store.build.open_store` makes one from a capture."""
