"""Where entries stand on a day's grid: rows of quarter hours, and lanes side by side. Pure."""

QUARTER = 15  # minutes


def place(first, last):
    """The classes of rows from a quarter to before another: "from-0900 len-4"."""
    return f"from-{first // 4:02}{first % 4 * QUARTER:02} len-{last - first}"


def quarters(span):
    """The rows (from, to) that minutes of a day touch."""
    return span[0] // QUARTER, -(-span[1] // QUARTER)


def merged(stretches):
    """The (start, end) stretches in order, with those that overlap or touch made one."""
    found = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def gaps(first, last, taken):
    """What is left of a stretch: (start, end) between the merged stretches that are taken."""
    edges = [first, *(edge for span in taken for edge in span), last]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    inside = [(max(first, start), min(last, end)) for start, end in pairs]
    return [(start, end) for start, end in inside if start < end]


def share(entries, since, until):
    """Give a day's entries their rows, between two quarters, and their lanes.

    Time off lies below; the rest of what shares rows stands side by side.
    """
    for entry in entries:
        first, last = quarters(entry.taken)
        entry.quarters = max(first, since), min(last, until)
    for entry in entries:
        _make_room(entry, entries)
    off = [entry for entry in entries if entry.kind == "off"]
    rest = [entry for entry in entries if entry.kind != "off"]
    for entry in rest:
        entry.over_off = any(_overlap(entry.quarters, each.quarters) for each in off)
    _share_lanes(rest)


def _overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


def _make_room(entry, entries):
    """End an entry a row early where it only touches the next: 9:00 to 9:50 before 9:50."""
    first, last = entry.quarters
    later = [each.quarters[0] for each in entries if each.taken[0] >= entry.taken[1]]
    entry.quarters = first, max(first + 1, min([last, *later]))


def _share_lanes(entries):
    """Put those that share rows side by side: each in the first lane that is free."""
    clump, ends = [], []

    def close():
        for entry in clump:
            entry.lanes = len(ends)

    for entry in sorted(entries, key=lambda each: each.quarters):
        first, last = entry.quarters
        if clump and first >= max(ends):
            close()
            clump, ends = [], []
        lane = next((n for n, end in enumerate(ends) if end <= first), len(ends))
        ends[lane : lane + 1] = [last]
        entry.lane = lane + 1
        clump.append(entry)
    close()
