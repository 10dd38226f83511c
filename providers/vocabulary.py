"""The field's terms: plans, specialties, methods, languages, client groups, credentials.

`load` puts them into the database after each migrate. People's links have the slugs, so you can
rename a term here, but its slug is permanent: then write out the pair (slug, name).
"""

from django.apps import apps as installed
from django.utils.text import slugify

CREDENTIALS = {  # what the letters after a name mean
    "PhD": "Doctor of Philosophy in psychology",
    "PsyD": "Doctor of Psychology",
    "EdD": "Doctor of Education in counseling",
    "LCSW": "Licensed clinical social worker",
    "LICSW": "Licensed independent clinical social worker",
    "LISW": "Licensed independent social worker",
    "LMSW": "Licensed master social worker, clinical",
    "LMFT": "Licensed marriage and family therapist",
    "LPC": "Licensed professional counselor",
    "LPCC": "Licensed professional clinical counselor",
    "LCPC": "Licensed clinical professional counselor",
    "LMHC": "Licensed mental health counselor",
    "LCMHC": "Licensed clinical mental health counselor",
    "LCAT": "Licensed creative arts therapist",
    "PMHNP": "Psychiatric mental health nurse practitioner",
    "MD": "Doctor of Medicine, psychiatrist",
    "DO": "Doctor of Osteopathic Medicine, psychiatrist",
}

PLANS = {  # carrier: its plans; the ones with * don't cover telehealth
    "Aetna": "Open Choice PPO, Choice POS II, Managed Choice POS, HMO, Medicare Advantage PPO",
    "Ambetter": "Balanced Care EPO, Secure Care HMO *",
    "Anthem Blue Cross": "Prudent Buyer PPO, Pathway HMO, Select EPO, Medi-Cal",
    "Arizona Blue": "PPO, Portfolio HMO, Medicare Advantage HMO",
    "Blue Cross Blue Shield of Georgia": "Blue Open Access POS, Pathway HMO",
    "Blue Cross Blue Shield of Illinois": "PPO, Blue Choice Preferred PPO, HMO Illinois",
    "Blue Cross Blue Shield of Massachusetts": "Blue Care Elect PPO, HMO Blue, Medicare HMO Blue",
    "Blue Cross Blue Shield of Texas": "Blue Choice PPO, Blue Advantage HMO, Blue Essentials HMO",
    "Blue Shield of California": "Full PPO, Trio HMO, Access+ HMO, Tandem PPO",
    "Cigna": "Open Access Plus, PPO, LocalPlus, SureFit HMO",
    "EmblemHealth": "Select Care HMO, GHI PPO",
    "Florida Blue": "BlueOptions PPO, BlueCare HMO, BlueMedicare HMO *",
    "Harvard Pilgrim": "PPO, HMO",
    "Health Net": "PPO, Full Network HMO, Medi-Cal",
    "Humana": "ChoiceCare PPO, Gold Plus Medicare HMO, Military TRICARE East",
    "Medicare": "Original Medicare Part B",
    "Molina Healthcare": "Marketplace HMO, Medicaid *",
    "Oscar": "Circle EPO, Classic HMO",
    "Premera Blue Cross": "Heritage PPO, Sherwood HMO",
    "Regence BlueShield": "Preferred PPO, Direct EPO",
    "TriWest": "TRICARE Prime West, TRICARE Select West",
    "UnitedHealthcare / Optum": (
        "Choice Plus PPO, Navigate HMO, Oxford Freedom EPO, Medicare Advantage HMO, "
        "Community Plan Medicaid, Charter Indemnity *"
    ),
}

SPECIALTIES = (
    "ADHD", "Addiction and recovery", "Adoption and foster care", "Aging and retirement", "Anger",
    "Anxiety", "Autism", "Bipolar disorder", "Body image", "Caregiving", "Chronic illness and pain",
    "Depression", "Divorce and separation", "Domestic violence", "Eating disorders",
    "Family conflict", "Fertility and pregnancy loss", "Grief and loss", "Identity and self-esteem",
    "Immigration and culture", "Life changes", "Loneliness", "Men’s issues",
    "Obsessive-compulsive disorder (OCD)", "Panic", "Parenting", "Phobias",
    "Pregnancy and postpartum", "Psychosis and schizophrenia", "Racism and discrimination",
    "Relationships", "School and learning", "Sexuality and intimacy", "Sleep", "Social anxiety",
    "Spirituality and faith", "Trauma and PTSD", "Work and burnout",
)  # fmt: skip
SLUGS = {"Obsessive-compulsive disorder (OCD)": "ocd", "Men’s issues": "mens-issues"}

METHODS = (
    "Acceptance and commitment therapy (ACT)", "Art therapy", "Attachment-based therapy",
    "Cognitive behavioral therapy (CBT)", "Cognitive processing therapy (CPT)",
    "Compassion-focused therapy", "Dialectical behavior therapy (DBT)", "EMDR",
    "Emotionally focused therapy (EFT)", "Existential therapy",
    "Exposure and response prevention (ERP)", "Family systems therapy", "Gottman method",
    "Humanistic therapy", "Internal family systems (IFS)", "Interpersonal psychotherapy (IPT)",
    "Medication management", "Mindfulness-based therapy", "Motivational interviewing",
    "Narrative therapy", "Parent-child interaction therapy", "Play therapy", "Prolonged exposure",
    "Psychodynamic therapy", "Sleep therapy (CBT-I)", "Solution-focused brief therapy",
    "Somatic therapy",
)  # fmt: skip

LANGUAGES = (
    "American Sign Language", "Arabic", "Armenian", "Cantonese", "English", "Farsi", "French",
    "German", "Gujarati", "Haitian Creole", "Hebrew", "Hindi", "Igbo", "Italian", "Japanese",
    "Korean", "Mandarin", "Polish", "Portuguese", "Russian", "Spanish", "Tagalog", "Urdu",
    "Vietnamese", "Yoruba",
)  # fmt: skip

CLIENT_GROUPS = (  # ages first, then who comes together, then communities
    "Children (5 to 9)", "Preteens (10 to 12)", "Teens (13 to 17)", "Adults", "Older adults (65+)",
    "Couples", "Families", "Groups", "Caregivers", "College students", "First responders",
    "Immigrants and refugees", "LGBTQ+ clients", "Neurodivergent clients",
    "New and expecting parents", "People of color", "Veterans and military families",
)  # fmt: skip


def slug_of(name):
    """A term's slug, without what's in parentheses: "Teens (13 to 17)" is "teens"."""
    return SLUGS.get(name) or slugify(name.split(" (")[0])


def plans():
    """(carrier, plan name, whether it covers telehealth) for each plan."""
    for carrier, names in PLANS.items():
        for name in names.split(", "):
            yield carrier, name.removesuffix(" *"), not name.endswith("*")


def load(apps=installed):
    """Put missing terms into the database; the ones already there don't change."""

    def add(model, rows):
        model = apps.get_model("providers", model)
        model.objects.bulk_create([model(**row) for row in rows], ignore_conflicts=True)

    for model, names in (
        ("Specialty", SPECIALTIES),
        ("Method", METHODS),
        ("Language", LANGUAGES),
    ):
        add(model, [{"slug": slug_of(name), "name": name} for name in names])
    add(
        "ClientGroup",
        [
            {"slug": slug_of(name), "name": name, "position": position}
            for position, name in enumerate(CLIENT_GROUPS)
        ],
    )
    add(
        "Plan",
        [
            {
                "slug": slugify(f"{carrier} {name}"),
                "carrier": carrier,
                "carrier_slug": slugify(carrier),
                "name": name,
                "covers_telehealth": telehealth,
            }
            for carrier, name, telehealth in plans()
        ],
    )
