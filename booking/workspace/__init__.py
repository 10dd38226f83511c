"""What a provider looks at: today, the calendar, clients. Writes only to the access trail."""
