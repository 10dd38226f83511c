"""What a provider looks at: today, the calendar, clients. Writes nothing but the access trail."""
