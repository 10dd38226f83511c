"""What people call the browser and the device in a user-agent string."""

# The first name found counts: browsers also list the names of browsers they want to pass for.
BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def words(user_agent):
    """ "Chrome on Windows", or "A browser" if we can't tell."""
    browser = next((name for part, name in BROWSERS if part in user_agent), "A browser")
    device = next((name for part, name in DEVICES if part in user_agent), None)
    return f"{browser} on {device}" if device else browser
