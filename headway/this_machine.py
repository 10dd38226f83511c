"""Which hosts in the settings aren't this machine: the demo is safe nowhere else."""

from ipaddress import ip_address


def elsewhere(allowed_hosts, database, environ):
    """The site's hosts, and those its database may be at, that aren't this machine.

    `database` is one of Django's DATABASES.
    """
    named = [host for host in allowed_hosts if not _is_loopback(host)]
    return named + [host for host in _database_hosts(database, environ) if not _is_here(host)]


def _database_hosts(database, environ):
    """Where libpq may connect: it takes from the environment what the URL leaves out, and an
    address rather than a name. A service may name any host, in a file that we don't read.
    """
    if database["ENGINE"].endswith("sqlite3"):
        return []
    options = database["OPTIONS"]
    names = database["HOST"] or options.get("host") or environ.get("PGHOST", "")
    addresses = options.get("hostaddr") or environ.get("PGHOSTADDR", "")
    service = options.get("service") or environ.get("PGSERVICE", "")
    return [*names.split(","), *addresses.split(","), service and f"service {service}"]


def _is_here(host):
    """Whether it is a loopback, or a socket: no host, or a folder."""
    return not host or host.startswith("/") or _is_loopback(host)


def _is_loopback(host):
    name = host.lower().removesuffix(".")
    try:
        return name == "localhost" or ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
