"""Read system-call captures and follow connections through them, without a screen."""

__version__ = "0.1.0"
