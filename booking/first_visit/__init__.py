"""The public path of someone new: choose a time, hold it, say who you are, book the first visit."""
