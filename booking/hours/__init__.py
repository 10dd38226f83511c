"""What a provider sets: weekly hours, time off, openings, the rules of booking, a pause."""
