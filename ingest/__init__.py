"""How does a message become a stored reading? Start at pipeline.py."""
