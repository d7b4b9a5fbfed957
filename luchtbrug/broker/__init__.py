"""The broker: the rules every broker has to keep, and the embedded one that keeps them by plugins."""
