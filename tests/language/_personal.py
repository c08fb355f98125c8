"""Texts with personal data in known places, drawn with a seed: several formats and languages, and look-alikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from touchstone.language._personal import LENGTHS

FRAMES = (
    "Please write to {} about the noise in the cabin.", "I was told to use {} but nobody answered for 3 weeks.",
    "Meine Werkstatt hat {} notiert und 2 Termine vergessen.", "Mon dossier mentionne {} depuis 15 jours.",
    "Mi contacto es {} y espero desde el lunes.", "Il mio riferimento: {}. Ho pagato 120 euro.",
    "Mijn gegevens: {}; de service was prima.", "{} - this is mine, and the bill of 79.90 was wrong.",
)  # fmt: skip
NAMES = (
    "ida.example",
    "j_smith88",
    "Łukasz.nowak",
    "marie-claire.dubois",
    "o'hara+news",
    "jürgen",
    "xu.wei.2",
    "ANNA.B",
)
HOSTS = ("mail.example", "post.example.co.uk", "firma-nord.example", "a1.example.org")
STREETS = (
    "12 Baker Street", "221B Old Mill Road", "7 St. Mary's Lane", "1450 North Lake Shore Drive", "Hauptstraße 12",
    "Unter-den-Linden-Allee 77", "Lindenweg 3 b", "Berliner Str. 114", "Goetheplatz 5, 60313 Frankfurt",
    "12 rue de la Paix", "8 bis, avenue Victor Hugo, 75016 Paris", "Calle de Alcalá, 45", "Avenida Diagonal 640",
    "Via Roma 18", "Piazza della Repubblica, 3", "Keizersgracht 174", "Dorpsstraat 9, 1234 AB Utrecht",
    "Rua Augusta, 1200", "ul. Marszałkowska 84", "350 Fifth Avenue",
)  # fmt: skip
DECOYS = (
    "order number 0012345678", "invoice 2024-118822", "ref 4455667788", "a price of 1.250.000", "12/05/2024 at 10:30",
    "2019-2020", "version 10.0.15252.0", "open 06.30-08.30", "4 Wheel Drive", "a 5 star hotel", "50,000 miles",
    "ticket AB123456", "USB-C 3 and HD-TV 1080", "page 12 of 340", "the 911 Carrera 4S", "article 1234567890123",
    "card ending 4242", "card 4111 1111 1111 1112", "DE89 3704 0044 0532 0130 01", "room 1204, floor 12",
    "@support on X",
    "3.5/5 (1,240 votes)", "seat 12A and 12B", "VIN WVWZZZ1JZXW000001", "2 Way radio", "rated 9 of 10 on 03.04.2023",
    "tyres 205/55 R16 91V", "Der Weg 3 Stunden", "place 2 in the queue", "$1 299 000",
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A text; what is personal in it: (kind, start, stop), or nothing."""

    text: str
    kind: str
    start: int
    stop: int


def drawn(count: int, *, seed: int = 7) -> list[Drawn]:
    """`count` texts, half of them with one piece of personal data, the kinds in turn; the others with look-alikes."""
    random = np.random.default_rng(seed)
    made = []
    for place in range(count):
        frame = FRAMES[random.integers(len(FRAMES))]
        kind = KINDS[place // 2 % len(KINDS)] if place % 2 else ""
        piece = WRITERS[kind](random) if kind else DECOYS[random.integers(len(DECOYS))]
        start = frame.index("{}")
        before = LEADS.get(kind, "")
        made.append(Drawn(frame.format(before + piece), kind, start + len(before), start + len(before) + len(piece)))
    return made


def _pick(random: np.random.Generator, among: tuple[str, ...]) -> str:
    return among[random.integers(len(among))]


def _digits(random: np.random.Generator, count: int) -> str:
    return "".join(map(str, random.integers(0, 10, count)))


def _letters(random: np.random.Generator, count: int) -> str:
    return "".join(random.choice(list("ABCDEFGHJKLMNPRSTVWXYZ"), count))


def _email(random: np.random.Generator) -> str:
    sign = ("@", "@", "@", " [at] ")[random.integers(4)]
    return f"{_pick(random, NAMES)}{random.integers(1, 999)}{sign}{_pick(random, HOSTS)}"


def _phone(random: np.random.Generator) -> str:
    forms = (
        "+44 20 7### ####", "+49 (0)30 4#######", "0049 171 #######", "+33 6 ## ## ## ##", "06 ## ## ## ##",
        "030/4######", "(555) 2##-####", "555-2##-####", "1-800-5##-####", "+1.555.2##.####", "+34 6## ### ###",
        "+39 02 4### ####", "020 7### ####", "0171-4######", "+48 5## ### ###",
    )  # fmt: skip
    return "".join(_digits(random, 1) if each == "#" else each for each in _pick(random, forms))


def _card(random: np.random.Generator) -> str:
    body = f"{_pick(random, ('4', '51', '55', '2221', '6011'))}{_digits(random, 15)}"[:15]
    doubled = sum(sum(divmod(2 * int(each), 10)) for each in body[::-2])
    whole = body + str(-(doubled + sum(map(int, body[-2::-2]))) % 10)
    return _pick(random, ("", " ", "-")).join(whole[each : each + 4] for each in range(0, 16, 4))


def _iban(random: np.random.Generator) -> str:
    country = _pick(random, ("DE", "FR", "ES", "IT", "NL", "GB", "PL", "AT"))
    lead = _letters(random, 4) if country in ("NL", "GB") else ""
    account = lead + _digits(random, LENGTHS[country] - 4 - len(lead))
    check = 98 - int("".join(str(int(each, 36)) for each in f"{account}{country}00")) % 97
    whole = f"{country}{check:02}{account}"
    return whole if random.integers(2) else " ".join(whole[each : each + 4] for each in range(0, len(whole), 4))


def _plate(random: np.random.Generator) -> str:
    forms = ("AA## AAA", "AA-###-AA", "B-AA ####", "#### AAA", "AA ### AA", "#AAA###", "##-AAA-#", "M AA ###")
    return "".join(
        str(random.integers(1, 10)) if each == "#" else _letters(random, 1) if each == "A" else each
        for each in _pick(random, forms)
    )


WRITERS = {
    "email": _email,
    "phone": _phone,
    "card": _card,
    "iban": _iban,
    "plate": _plate,
    "address": lambda random: _pick(random, STREETS),
}
KINDS = tuple(WRITERS)
LEADS = {"plate": "number plate "}
