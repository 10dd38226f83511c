"""Everything that exists only for the demo. Installed only with DEMO=1, addresses included."""
