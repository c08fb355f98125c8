"""Taxonomies of the benches as a stranger would write them: names of the data sets, one sentence about each.

Written from the tasks' own guidelines, not from what any model finds in the texts; no words, no examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from touchstone.core.taxonomy import Taxonomy, Touchpoint

RESTAURANTS = {
    "FOOD#QUALITY": "How the food tastes and how well it is made: freshness, temperature, cooking, ingredients.",
    "FOOD#PRICES": "What the dishes on the menu cost, and whether the food is expensive or cheap.",
    "FOOD#STYLE_OPTIONS": "The choice and variety of dishes, the size of the portions and how they are presented.",
    "DRINKS#QUALITY": "How good the drinks are: wine, beer, cocktails, coffee or tea.",
    "DRINKS#PRICES": "What the drinks cost, and whether wine, beer and cocktails are expensive or cheap.",
    "DRINKS#STYLE_OPTIONS": "The choice and variety of drinks, such as the wine list or the selection of beers.",
    "SERVICE#GENERAL": "How waiters, hosts and other staff treat guests: attentive or rude, quick or slow.",
    "AMBIENCE#GENERAL": "The atmosphere and look of the restaurant: decor, music, noise, light, space and seating.",
    "LOCATION#GENERAL": "Where the restaurant is: the street, the neighbourhood, the view, how easy it is to reach.",
    "RESTAURANT#GENERAL": "The restaurant as a whole: whether one liked it, recommends it or will come back.",
    "RESTAURANT#PRICES": "What a meal in the restaurant costs altogether, and whether it is good value for money.",
    "RESTAURANT#MISCELLANEOUS": "Anything else: reservations, a wait for a table, delivery, occasions, hours.",
}
FIVE = {
    "food": "The dishes and drinks that were served, how they taste and what there is to choose from.",
    "service": "How waiters and other staff treat guests, and how quick they are.",
    "price": "What the meal costs, and whether it is good value for money.",
    "ambience": "The atmosphere of the place: decor, music, noise, light and space.",
    "anecdotes/miscellaneous": "The restaurant as a whole, or a story about the visit that fits none of the others.",
}
EIGHT = {
    "food": "The dishes and drinks that were served and how they taste.",
    "service": "How quickly and how well guests are served, including waiting, reservations and delivery.",
    "staff": "The people who work there: waiters, bartenders, hosts, the manager, the owner.",
    "price": "What the meal costs, the bill, and whether it is good value for money.",
    "ambience": "The atmosphere of the place: decor, music, noise, light.",
    "menu": "The menu itself: which dishes, specials and wines are listed and how much choice there is.",
    "place": "The room and where it is: tables, seats, bar, garden, street, neighbourhood.",
    "miscellaneous": "Anything else about the visit that fits none of the others.",
}
REASONS = {
    "Customer Service Issue": "Nobody answers or helps: long hold on the phone, rude agents, no reply to messages.",
    "Late Flight": "The flight left or arrived late, or passengers sat waiting on the runway.",
    "Can't Tell": "The customer is unhappy, but the message does not say about what.",
    "Cancelled Flight": "The flight was cancelled, and the passenger has to be rebooked.",
    "Lost Luggage": "A bag did not arrive, is delayed or cannot be found.",
    "Bad Flight": "The flight itself was unpleasant: seats, entertainment, wifi, food, cleanliness or a broken plane.",
    "Flight Booking Problems": "Trouble with booking or changing a flight, the website, fares, seats or reward miles.",
    "Flight Attendant Complaints": "The crew on the plane or the staff at the gate were rude or did not help.",
    "longlines": "Passengers had to stand in long lines at check-in, security or the gate.",
    "Damaged Luggage": "A bag was damaged, broken or opened during the journey.",
}
THINGS = {
    "LAPTOP": "the laptop as a whole",
    "SUPPORT": "customer support, technicians and repair",
    "DISPLAY": "the screen",
    "BATTERY": "the battery",
    "COMPANY": "the company that makes the laptop",
    "KEYBOARD": "the keyboard and its keys",
    "MOUSE": "the mouse, touchpad or trackpad",
    "SOFTWARE": "the programs and applications",
    "OS": "the operating system, such as Windows or Mac OS",
    "MULTIMEDIA_DEVICES": "sound, speakers, camera, webcam and microphone",
    "GRAPHICS": "the graphics card and video",
    "HARD_DISC": "the hard drive and its storage",
    "CPU": "the processor",
    "POWER_SUPPLY": "the charger, power cord and adapter",
    "MEMORY": "the memory (RAM)",
    "SHIPPING": "shipping and delivery",
    "HARDWARE": "the hardware",
    "MOTHERBOARD": "the motherboard",
    "OPTICAL_DRIVES": "the CD, DVD or Blu-ray drive",
    "WARRANTY": "the warranty",
    "PORTS": "the ports, such as USB, HDMI and the card reader",
    "FANS_COOLING": "the fan and cooling, heat and fan noise",
}
ASPECTS = {
    "GENERAL": "{}: a judgement in general, whether one likes or recommends it.",
    "QUALITY": "{}: how good, solid and reliable it is, and whether it breaks or fails.",
    "OPERATION_PERFORMANCE": "{}: how fast and how well it runs, and how long it lasts in use.",
    "DESIGN_FEATURES": "{}: its design, look, size, features and what it is equipped with.",
    "USABILITY": "{}: how easy and convenient it is to use, learn and set up.",
    "MISCELLANEOUS": "{}: anything else, such as what it is used for.",
    "PRICE": "{}: what it costs, and whether it is good value for money.",
    "CONNECTIVITY": "{}: its connections, such as wireless internet and Bluetooth.",
    "PORTABILITY": "{}: how light, thin and easy to carry it is.",
}


def taxonomy(name: str, described: Mapping[str, str]) -> Taxonomy:
    """A taxonomy of one stage from names and their sentences."""
    return Taxonomy(name, tuple(Touchpoint(each, sentence, "all") for each, sentence in described.items()))


def laptops(names: Iterable[str]) -> Taxonomy:
    """A taxonomy of `ENTITY#ATTRIBUTE` names, each described by its two halves."""
    described = {}
    for name in names:
        thing, aspect = name.split("#")
        sentence = ASPECTS[aspect].format(THINGS[thing])
        described[name] = sentence[0].upper() + sentence[1:]
    return taxonomy("laptops 2016", described)
