"""Screens: the main one, and the panels and prompts over it."""
