"""Everything that exists only for the demo. Installed, and its addresses there, under DEMO=1."""
