"""The demo's content: a made-up directory with its people and their calendars (seed_demo)."""
