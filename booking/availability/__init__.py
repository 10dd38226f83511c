"""What is free, and why: from hours, openings, time off and what is booked to starts."""
