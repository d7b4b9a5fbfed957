"""`luchtbrug doctor`: is everything there that the platform needs, and what to do where it is not."""
