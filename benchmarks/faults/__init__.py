"""Every fault that readings have to survive, each against real servers under load (`python -m benchmarks.faults`)."""
