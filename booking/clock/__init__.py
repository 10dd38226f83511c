"""How times read, and what clocks do: labels, formats, dates from addresses, clock changes."""
