"""Links to video calls: which ones lead to a consumer service."""

from urllib.parse import urlsplit

# Their free calls have no business associate agreement, and some have no waiting room.
CONSUMER_SERVICES = {
    "meet.google.com": "Google Meet",
    "zoom.us": "Zoom",
    "facetime.apple.com": "FaceTime",
    "teams.live.com": "Microsoft Teams",
    "join.skype.com": "Skype",
    "whereby.com": "Whereby",
    "meet.jit.si": "Jitsi Meet",
    "discord.gg": "Discord",
    "chat.whatsapp.com": "WhatsApp",
    "call.whatsapp.com": "WhatsApp",
    "m.me": "Messenger",
}
WARNING = (
    "This looks like a {name} link. Free accounts don’t come with the agreement that health "
    "privacy law requires, and often don’t have a waiting room. Use it only if your practice has a "
    "paid plan with both."
)


def consumer_video_warning(link):
    """The warning about a link, or ""; no warning if it isn't a link."""
    try:
        host = (urlsplit(link).hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""
    for domain, name in CONSUMER_SERVICES.items():
        if host == domain or host.endswith(f".{domain}"):
            return WARNING.format(name=name)
    return ""
