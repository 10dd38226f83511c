"""What's free, and why: turns hours, openings, time off and bookings into start times."""
