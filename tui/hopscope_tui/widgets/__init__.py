"""Widgets: one noun a file."""
