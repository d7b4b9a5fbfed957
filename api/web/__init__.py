"""The page: server-rendered HTML that works without scripts, a map and a chart on top of it."""
