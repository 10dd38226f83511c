"""Where entries go on a day's grid: rows of 15 minutes, and columns side by side. Pure.

Places are counted in units of five minutes, three to a row.
"""

QUARTER, UNIT = 15, 5  # minutes
HOUR, ROW = 12, 3  # units; an entry is at least a row high, so that its text fits


def place(first, last):
    """The CSS classes of a place from one unit up to another.

    "from-0900 len-4" for the rows it touches; "late-1" if it starts a third of the way into its
    first row, "cut-2" if it leaves two thirds of its last row free.
    """
    row, end = first // ROW, -(-last // ROW)
    words = [f"from-{row // 4:02}{row % 4 * QUARTER:02}", f"len-{end - row}"]
    late, cut = first - row * ROW, end * ROW - last
    return " ".join([*words, *[f"late-{late}"] * bool(late), *[f"cut-{cut}"] * bool(cut)])


def units(span):
    """The units (from, to) closest to minutes of a day; stretches that touch still do."""
    first, last = ((minute + UNIT // 2) // UNIT for minute in span)
    return first, max(last, first + 1)


def merged(stretches):
    """The (start, end) stretches in order, with those that overlap or touch joined."""
    joined = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def gaps(first, last, taken):
    """What's left of a stretch: each (start, end) between the `taken` stretches (merged ones)."""
    edges = [first, *(edge for span in taken for edge in span), last]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    inside = [(max(first, start), min(last, end)) for start, end in pairs]
    return [(start, end) for start, end in inside if start < end]


def share(entries, since, until):
    """Give a day's entries their place, between two units, and their columns.

    Time off goes underneath; other entries that share a place go side by side.
    """
    for entry in entries:
        first, last = units(entry.taken)
        first = max(since, min(first, until - ROW))
        entry.units = first, min(until, max(last, first + ROW))
    off = [entry for entry in entries if entry.kind == "off"]
    rest = [entry for entry in entries if entry.kind != "off"]
    for entry in rest:
        entry.over_off = any(_overlap(entry.units, each.units) for each in off)
    _share_columns(rest)


def _overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


def _share_columns(entries):
    """Put entries that share a place side by side, each in the first free column."""
    clump, ends = [], []

    def close():
        for entry in clump:
            entry.columns = len(ends)

    for entry in sorted(entries, key=lambda each: each.units):
        first, last = entry.units
        if clump and first >= max(ends):
            close()
            clump, ends = [], []
        column = next((n for n, end in enumerate(ends) if end <= first), len(ends))
        ends[column : column + 1] = [last]
        entry.column = column + 1
        clump.append(entry)
    close()
