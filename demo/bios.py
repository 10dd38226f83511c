"""Headlines and bios, put together from the stock so no two are alike."""

from .stock import table

SHAPES = (  # which parts make which paragraph
    (("opening", "approach"), ("background", "manner", "closing")),
    (("opening",), ("approach", "background"), ("manner", "closing")),
    (("opening",), ("approach",), ("background", "manner", "closing")),
    (("opening", "approach"), ("background", "manner"), ("closing",)),
    (("background", "opening"), ("approach",), ("manner", "closing")),
    (("opening", "manner"), ("approach",), ("background", "closing")),
    (("manner", "background"), ("opening", "approach"), ("closing",)),
    (("opening",), ("background", "approach"), ("closing",)),
)
BACKGROUNDS = {  # the decks that fit each profession
    "psychology": ("psychology", "any"),
    "social_work": ("social_work", "any"),
    "counseling": ("counseling", "any"),
    "marriage_family": ("marriage_family", "any"),
    "nurse": ("nurse", "prescriber"),
    "physician": ("physician", "prescriber"),
}
MANNERS = {"nurse": "prescriber", "physician": "prescriber"}  # for all others "therapist"
LONGEST_HEADLINE = 160


def headline(stock, field, fields, taken):
    """A headline for this field of work that isn't in the set `taken`, and adds it there.

    Once the field's own are used up, it has two halves, the second from another field.
    """
    fresh = [text for text in field["headlines"] if text not in taken]
    if fresh:
        text = stock.pick(fresh)
        taken.add(text)
        return text
    others = [other for other in fields if other is not field]
    while True:
        second = stock.pick([theme for other in others for theme in other["themes"]])
        text = f"For {stock.pick(field['themes'])}, and for {second}."
        if text not in taken and len(text) <= LONGEST_HEADLINE:
            taken.add(text)
            return text


def bio(stock, field, *, profession, first_visit, languages, taken):
    """Two or three paragraphs in the first person that aren't in the set `taken`; adds them there.

    `languages` are the names of languages other than English.
    """
    while True:
        parts = {
            "opening": stock.pick(field["openings"]),
            "approach": stock.pick(field["approaches"]),
            "background": stock.voice("backgrounds", *BACKGROUNDS[profession]),
            "manner": stock.voice("manners", "any", MANNERS.get(profession, "therapist")),
            "closing": stock.voice("closings", first_visit),
        }
        if languages:
            parts["closing"] = f"{about_language(stock, languages)} {parts['closing']}"
        shape = stock.pick(list(SHAPES))
        text = "\n\n".join(" ".join(parts[part] for part in paragraph) for paragraph in shape)
        if text not in taken:
            taken.add(text)
            return text


def about_language(stock, languages):
    """A sentence that says which language clients can speak with this provider."""
    if languages == ["American Sign Language"]:
        return table("voices")["languages"]["signed"][0]
    sentence = stock.voice("languages", "any")
    return sentence.format(language=languages[0])
