"""Which hosts in the settings aren't this computer: the demo isn't safe anywhere else."""

from ipaddress import ip_address


def elsewhere(allowed_hosts, database, environ):
    """The site's hosts, and the ones its database may be on, that aren't this computer.

    `database` is one of Django's DATABASES.
    """
    named = [host for host in allowed_hosts if not _is_loopback(host)]
    return named + [host for host in _database_hosts(database, environ) if not _is_here(host)]


def _database_hosts(database, environ):
    """Where libpq may connect: the environment fills in what the URL leaves out, and an address
    wins over a name. A service can name any host, in a file that we don't read.
    """
    if database["ENGINE"].endswith("sqlite3"):
        return []
    options = database["OPTIONS"]
    names = database["HOST"] or options.get("host") or environ.get("PGHOST", "")
    addresses = options.get("hostaddr") or environ.get("PGHOSTADDR", "")
    service = options.get("service") or environ.get("PGSERVICE", "")
    return [*names.split(","), *addresses.split(","), service and f"service {service}"]


def _is_here(host):
    """Whether it's a loopback address or a socket: no host, or a folder."""
    return not host or host.startswith("/") or _is_loopback(host)


def _is_loopback(host):
    name = host.lower().removesuffix(".")
    try:
        return name == "localhost" or ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
