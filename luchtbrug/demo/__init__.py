"""The demo: the whole platform on this machine, fed by simulated stations."""
