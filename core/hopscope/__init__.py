"""Read system-call captures and follow connections through them, without a screen."""

