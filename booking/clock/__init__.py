"""Times in words, and what clocks do: labels, formats, dates from addresses, clock changes."""
