"""How someone new books: choose a time, hold it, say who you are, book the first visit."""
