"""Is this reading usable, and what is the air really like?

Pure numpy and scipy: no clock, network, file, SQL, log or global.
"""
