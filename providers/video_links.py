"""Links to video calls: which of them lead to a service for consumers."""

from urllib.parse import urlsplit

# Their free calls come without a business associate agreement, and some without a waiting room.
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
    "This looks like a {name} room. Free ones come without the agreement that health privacy law "
    "asks for, and often without a waiting room. Use it only if your practice has a paid plan with "
    "both."
)


def consumer_video_warning(link):
    """What to warn a provider of about a link, or ""; of what is no link nothing is said."""
    try:
        host = (urlsplit(link).hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""
    for domain, name in CONSUMER_SERVICES.items():
        if host == domain or host.endswith(f".{domain}"):
            return WARNING.format(name=name)
    return ""
