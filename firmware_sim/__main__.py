"""`python -m firmware_sim`: the simulator where its script is not on the path."""

from firmware_sim.cli import app

app()
