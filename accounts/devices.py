"""What people call the browser and the device that a user-agent string stands for."""

# The first name found counts: browsers also say the names of those that they want to pass for.
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
    """ "Chrome on Windows"; "A browser" for what we can't tell."""
    browser = next((name for part, name in BROWSERS if part in user_agent), "A browser")
    device = next((name for part, name in DEVICES if part in user_agent), None)
    return f"{browser} on {device}" if device else browser
