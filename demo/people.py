"""The other providers: who they are, where, what they help with, and how they work."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain, cycle

from django.utils.text import slugify

from accounts.models import User
from accounts.states import State
from providers.models import Language, License, Plan, Provider

from . import bios, hours
from .stock import table

PROFESSIONS = {  # of 20
    "psychology": 5,
    "social_work": 6,
    "counseling": 4,
    "marriage_family": 2,
    "nurse": 2,
    "physician": 1,
}
PRESCRIBERS = {"nurse", "physician"}
FEES = {  # from, to, in US dollars
    "psychology": (170, 290),
    "social_work": (110, 210),
    "counseling": (110, 200),
    "marriage_family": (120, 240),
    "nurse": (200, 300),
    "physician": (250, 350),
}
FAMILY_WORK = {"couples", "families", "new-and-expecting-parents"}
NATIONAL = ["Aetna", "Cigna", "UnitedHealthcare / Optum", "Aetna", "Medicare", "Oscar"]
PLATFORMS = {
    "Quiet Room": "quietroom.example",
    "Meadow Video": "meadow.example",
    "Clearline": "clearline.example",
}
UNUSABLE = "!"  # as a password hash: nobody logs in with it


@dataclass
class Sketch:
    """A provider we're about to make: unsaved rows, and slugs and names to attach to them."""

    user: User
    provider: Provider
    home: str
    pattern: str
    licenses: list = field(default_factory=list)
    words: dict = field(default_factory=dict)  # name of the relation: slugs
    plans: list = field(default_factory=list)
    fill: float = 0.5  # how much of the calendar is taken
    away: str = "later"  # time off: "now", "later" or "long"


class Crowd:
    """Draws providers one by one, each different from the ones before."""

    def __init__(self, stock, *, today):
        self.stock, self.rng, self.today = stock, stock.rng, today
        self.names, self.headlines, self.bios = set(), set(), set()
        self.homes = self._deck({code: place["share"] for code, place in table("places").items()})
        self.professions = self._deck(PROFESSIONS)
        self.patterns = {
            "office": hours.IN_PERSON + hours.SPLIT,
            "any": hours.VIRTUAL + hours.IN_PERSON + hours.SPLIT + hours.SPLIT,
        }
        self.language_names = dict(Language.objects.values_list("slug", "name"))
        self.all_plans = list(Plan.objects.order_by("slug"))

    def _deck(self, shares):
        """An endless supply of keys, each as often as its share, shuffled."""
        cards = list(chain.from_iterable([key] * share for key, share in shares.items()))
        self.rng.shuffle(cards)
        return cycle(cards)

    def draw(self, index):
        """The next Sketch; `index` counts from 0 and spreads out what only a few have."""
        home, profession = next(self.homes), next(self.professions)
        origin, name, pronouns = self.name()
        fields = self.fields(profession)
        work = fields[self.stock.pick(list(fields))]
        languages = self.languages(origin)
        pattern = self.pattern(work)
        user = self.user(name, pronouns, home)
        provider = Provider(
            user=user,
            slug=slugify(name),
            booking_link=f"{self.rng.getrandbits(60):015x}",
            name=name,
            credentials=self.rng.choice(table("places")[home][profession][0].split("|")),
            time_zone=user.time_zone,
            phone=user.phone,
            accepting_new_clients=index % 15 != 9,
            published=index != 5,
            **self.text(work, fields, profession, languages),
            **self.terms(profession),
            **self.office(home, pattern),
            **self.telehealth(slugify(name), pattern),
        )
        return Sketch(
            user=user,
            provider=provider,
            home=home,
            pattern=pattern,
            licenses=self.licenses(provider, home, profession),
            words=self.words(work, languages),
            plans=[] if index % 10 == 4 else self.plans(home, work),
            fill=self.rng.choice((0.3, 0.45, 0.6, 0.7, 0.8, 0.9)),
            away="long" if index % 60 == 7 else "now" if index % 5 == 3 else "later",
        )

    def user(self, name, pronouns, home):
        """The unsaved user, who never has a password."""
        place = table("places")[home]
        return User(
            email=f"{slugify(name)}@providers.demo.test",
            full_name=name,
            pronouns=pronouns,
            phone=f"+1{self.rng.choice(place['area_codes'])}55501{self.rng.randrange(100):02}",
            time_zone=place["zone"],
            state=home,
            password=UNUSABLE,
        )

    def text(self, work, fields, profession, languages):
        """How they start, with a matching headline and bio."""
        first_visit = self.first_visit(profession)
        return {
            "first_visit": first_visit,
            "headline": bios.headline(self.stock, work, list(fields.values()), self.headlines),
            "bio": bios.bio(
                self.stock,
                work,
                profession=profession,
                first_visit=first_visit,
                languages=[self.language_names[slug] for slug in languages],
                taken=self.bios,
            ),
        }

    def name(self):
        """(origin, full name, pronouns); no two alike."""
        origins = table("names")
        weights = [origin["weight"] for origin in origins.values()]
        while True:
            key = self.rng.choices(list(origins), weights)[0]
            origin = origins[key]
            pronouns = self.rng.choices(("she/her", "he/him", "they/them"), (58, 34, 8))[0]
            given = {"she/her": origin["she"], "he/him": origin["he"]}.get(
                pronouns, origin["she"] + origin["he"]
            )
            name = f"{self.stock.pick(given)} {self.stock.pick(origin['family'])}"
            if slugify(name) not in self.names:
                self.names.add(slugify(name))
                return key, name, pronouns

    def fields(self, profession):
        """The fields of work that match the profession."""
        if profession in PRESCRIBERS:
            return table("prescribers")
        fields = table("therapists_a", "therapists_b")
        if profession == "marriage_family":
            return {key: work for key, work in fields.items() if FAMILY_WORK & set(work["groups"])}
        return fields

    def languages(self, origin):
        """Slugs besides English: often a family language, sometimes sign language."""
        spoken = table("names")[origin]["languages"]
        if spoken and self.rng.random() < 0.65:
            return [self.stock.pick(spoken)]
        return ["american-sign-language"] if self.rng.random() < 0.04 else []

    def first_visit(self, profession):
        """Half start with a call; most prescribers start with a session."""
        calls = 0.25 if profession in PRESCRIBERS else 0.55
        return "call" if self.rng.random() < calls else "session"

    def pattern(self, work):
        """Weekly hours; play therapists have an office."""
        kind = "office" if "play-therapy" in work["methods"] else "any"
        return self.stock.pick(list(dict.fromkeys(self.patterns[kind])))

    def terms(self, profession):
        """Fee, lengths and rules."""
        rng = self.rng
        prescribes = profession in PRESCRIBERS
        return {
            "session_fee": rng.randrange(*FEES[profession], 5),
            "call_minutes": rng.choice((15, 15, 15, 20)),
            "session_minutes": 60 if prescribes else rng.choice((45, 50, 50, 50, 55, 60)),
            "minimum_notice_hours": rng.choice((2, 2, 2, 4, 12, 24, 48)),
            "horizon_days": rng.choice((28, 42, 56, 56, 84)),
            "buffer_minutes": rng.choice((0, 0, 5, 10, 10, 15)),
            "cancellation_window_hours": rng.choice((24, 24, 48)),
            "late_cancellation": self.stock.voice("late_cancellation", "any"),
        }

    def office(self, home, pattern):
        """Where their in-person sessions are, if they have any."""
        if not hours.meets_in_person(pattern):
            return {}
        street, city = self.stock.pick(
            [tuple(office) for office in table("places")[home]["offices"]]
        )
        return {"office_address": street, "office_city": city, "office_state": home}

    def telehealth(self, slug, pattern):
        """Platform, link and instructions; one in eight sends those later instead."""
        if not hours.meets_virtually(pattern):
            return {}
        platform = self.stock.pick(list(PLATFORMS))
        found = {
            "telehealth_platform": platform,
            "telehealth_link": f"https://{PLATFORMS[platform]}/{slug}",
            "telehealth_instructions": self.stock.voice("instructions", "any"),
        }
        return found if self.rng.random() > 0.12 else {"telehealth_platform": platform}

    def licenses(self, provider, home, profession):
        """One at home, and up to two more in states where people from there often work."""
        more = self.rng.choices((0, 1, 2), (4, 4, 3))[0]
        states = [home, *self.rng.sample(table("places")[home]["neighbors"], more)]
        return [
            License(
                provider=provider,
                state=State(state),
                number=self.license_number(state, profession),
                expires=self.license_end(),
            )
            for state in states
        ]

    def license_number(self, state, profession):
        """A made-up number in the state's format."""
        place = table("places").get(state)
        shape = place[profession][1] if place else "#####"
        return "".join(str(self.rng.randrange(10)) if sign == "#" else sign for sign in shape)

    def license_end(self):
        """The last day of a month, one to three years ahead."""
        day = self.today + timedelta(days=self.rng.randrange(400, 1100))
        return day.replace(day=1) - timedelta(days=1)

    def words(self, work, languages):
        """What they help with, how, who and in which languages, as slugs by relation."""
        rng = self.rng
        specialties, methods, groups = work["specialties"], work["methods"], work["groups"]
        extra = rng.sample(["lgbtq-clients", "people-of-color", "adults", "college-students"], 1)
        return {
            "specialties": [
                specialties[0],
                *rng.sample(specialties[1:], rng.randint(2, len(specialties) - 1)),
            ],
            "methods": rng.sample(methods, rng.randint(2, len(methods))),
            "client_groups": sorted({groups[0], *rng.sample(groups, len(groups) - 1), *extra}),
            "languages": ["english", *languages],
        }

    def plans(self, home, work):
        """Three to eight plans from that state's carriers."""
        rng = self.rng
        carriers = set(table("places")[home]["carriers"]) | set(rng.sample(NATIONAL, 4))
        if "children" in work["groups"]:
            carriers.discard("Medicare")
        offered = [plan for plan in self.all_plans if plan.carrier in carriers]
        return rng.sample(offered, min(len(offered), rng.randint(3, 8)))
