"""How values are written where no template says it."""
