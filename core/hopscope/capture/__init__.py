"""Bytes to blocks and back: unpacking, framing, metadata lists, and the framing of the writer.

The format is that of sysdig and the Falco libraries (``.scap``), versions of 2014 to 2026.
"""
