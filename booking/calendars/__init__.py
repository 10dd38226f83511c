"""Calendars of other programs: files of single appointments, and secret feeds of all of them."""
