"""Names of the example brand's dealers, regions and people: made up, never drawn from anywhere."""

from __future__ import annotations

import re

REGIONS = ("Northmoor", "Eastvale", "Southdown", "Westmarch", "Rivage", "Sierra Clara", "Highlands", "Lakeside")
TOWNS = (
    "Aldermere", "Brackley Ford", "Corran", "Dunmoor", "Elmstead", "Farrowby", "Glenrath", "Hollin", "Inverlea",
    "Jesmere", "Kilnwick", "Larkhill", "Marlow Cross", "Netherby", "Orrin", "Pellworth", "Quenby", "Rushford",
    "Selwick", "Thornby", "Underhay", "Vesper Bay", "Wexcombe", "Yarrowdale", "Montclair", "Beauregard",
    "Saint-Aubry", "Valdoro", "Puerto Lima", "Arroyo Alto",
)  # fmt: skip
HOUSES = (
    "Harrow", "Pemberton", "Castellan", "Okafor", "Lindqvist", "Moreau", "Ibarra", "Whitlock", "Tanaka", "Bramley",
)  # fmt: skip
FORMS = ("Motors", "Automobiles", "Cars", "Garage", "& Sons", "Auto House")
GIVEN = (
    "Alice", "Amir", "Anneke", "Arturo", "Beatriz", "Benoit", "Carla", "Chidi", "Claire", "Darren", "Deepa", "Elena",
    "Emil", "Fatima", "Fiona", "Gareth", "Greta", "Hamid", "Helen", "Ines", "Isaac", "Jamila", "Jonas", "Julien",
    "Katya", "Kofi", "Laura", "Liam", "Lucia", "Magnus", "Marta", "Mei", "Nadia", "Niall", "Olga", "Omar", "Paula",
    "Pedro", "Quentin", "Rachel", "Ravi", "Rosa", "Samuel", "Sofia", "Theo", "Tomas", "Ursula", "Victor", "Wendy",
    "Xavier", "Yasmin", "Zoe",
)  # fmt: skip
SURNAMES = (
    "Abbott", "Alvarez", "Baptiste", "Barlow", "Bianchi", "Blanchard", "Cardoso", "Chowdhury", "Cooper", "Dawson",
    "Delgado", "Dubois", "Eriksen", "Faulkner", "Fontaine", "Gallagher", "Garnier", "Haddad", "Hartley", "Hughes",
    "Iglesias", "Jansen", "Kapoor", "Keane", "Kowalski", "Lambert", "Lopez", "Mackay", "Mbeki", "Mercier", "Nakamura",
    "Novak", "Oduya", "Olsen", "Pereira", "Petit", "Quinn", "Reyes", "Rossi", "Rousseau", "Sandhu", "Schmidt",
    "Silva", "Stewart", "Svensson", "Takeda", "Torres", "Usman", "Vargas", "Vidal", "Walsh", "Weber", "Yilmaz",
    "Zhang", "Zimmer", "Ortega", "Bellamy", "Crowther", "Fielding", "Thackeray",
)  # fmt: skip
SHORT = {"Alice": "Ally", "Samuel": "Sam", "Rachel": "Rach", "Benoit": "Ben", "Beatriz": "Bea", "Theo": "Ted"}


def slug(name: str) -> str:
    """The name as an id: small letters and digits, hyphens between."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("&", "and")).strip("-")


def dealer(number: int) -> str:
    """The name of dealer `number`; no two are alike."""
    town, turn = TOWNS[number % len(TOWNS)], number // len(TOWNS)
    house = HOUSES[(number + turn) % len(HOUSES)]
    form = FORMS[(number + turn // len(HOUSES)) % len(FORMS)]
    again = turn // (len(HOUSES) * len(FORMS))
    return f"{house} {form} {town}" + (f" {again + 1}" if again else "")


def distributor(number: int) -> str:
    """The name of distributor `number`."""
    return f"{('Meridian', 'Halcyon', 'Corvane', 'Astrid', 'Pelham')[number % 5]} Distribution" + (
        f" {number // 5 + 1}" if number >= 5 else ""
    )


def region(number: int) -> str:
    """The name of region `number`."""
    return REGIONS[number] if number < len(REGIONS) else f"Region {number + 1}"


def person(number: int, variant: int) -> str:
    """The name customer `number` goes by on account `variant`: 0 as registered, then shortened."""
    given, surname = GIVEN[number * 7919 % len(GIVEN)], SURNAMES[number * 104729 // 53 % len(SURNAMES)]
    match variant:
        case 0:
            return f"{given} {surname}"
        case 1:
            return f"{given[0]}. {surname}"
        case 2:
            return f"{surname} {SHORT.get(given, given)}"
        case _:
            return f"{given.lower()}_{surname[:4].lower()}{number % 90 + 10}"
