"""How personal data is written: e-mail, IBAN (ISO 13616), card (ISO 7812), telephone, number plate, address."""

from __future__ import annotations

import re

ANY = r"[@0-9]|[(\[{] ?(?i:at) ?[)\]}]"
"""RE2 of what every one of these needs."""
MAY = {
    "email": r"@|[(\[{] ?(?i:at) ?[)\]}]",
    "iban": r"(?i:[A-Z]{2}\d{2}[ -]?[A-Z0-9]{4}[ -]?[A-Z0-9]{4})",
    "card": r"\d{4}[ -]?\d{4}[ -]?\d{4}|\d{4}[ -]?\d{6}[ -]?\d{4}",
    "plate": r"[A-Z]{2}\d{2} [A-Z]{3}|[A-Z]{2}-\d{3}-[A-Z]|[A-ZÄÖÜ]-[A-Z]{1,2} \d|"
    r"(?i:plate|licen[cs]e|reg|tag|kennzeichen|immat|plaque|matr|targa|kenteken|placa|rejest).{0,25}\d",
    "address": r"\d[A-Za-z]? \p{Lu}[\pL'’.-]* (?:\p{Lu}[\pL'’.-]* ){0,2}[SRALDBWCTGP]"
    r"|(?i:str\.|(?:stra(?:ß|ss)e|weg|allee|platz|gasse|damm|ufer|ring|straat|laan|plein|gracht|kade|dijk|singel)) \d"
    r"|\d ?[a-z]{0,3},? (?:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|allée|quai|route) "
    r"|(?:[Cc]alle|C/|Avda|Avenida|Paseo|Plaza|Via|Viale|Piazza|Corso|[Rr]ua|Travessa|ul\.|al\.|Aleja).{1,50}\d",
    "phone": r"\d(?:[ ().\-/\x{a0}]{0,3}\d){5}",
}
"""RE2 of what each of these needs: a text without it holds none."""

_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"  # RFC 5322's atext, and letters of any script
_LABEL = r"[^\W_](?:[\w-]{0,62}[^\W_])?"
EMAIL = re.compile(
    rf"(?<!{_LOCAL}){_LOCAL}{{0,63}}\w(?:@|\s?[(\[{{]\s?at\s?[)\]}}]\s?){_LABEL}"
    rf"(?:(?:\.|\s?[(\[{{]\s?dot\s?[)\]}}]\s?){_LABEL}){{1,8}}",
    re.IGNORECASE,
)
IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?(?!\w)", re.IGNORECASE)
_IBAN_LENGTHS = """
NO15 BE16 DK18 FI18 FO18 GL18 NL18 MK19 SI19 AT20 BA20 EE20 LT20 LU20 XK20 CH21 HR21 LI21 LV21 BG22 BH22 CR22 DE22 GB22
GE22 IE22 ME22 RS22 AE23 GI23 IL23 AD24 CZ24 ES24 MD24 PK24 RO24 SA24 SE24 SK24 TN24 VG24 PT25 IS26 TR26 FR27 GR27 IT27
MC27 MR27 SM27 AL28 AZ28 CY28 DO28 GT28 HU28 LB28 PL28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 MT31 SC31
"""
LENGTHS = {each[:2]: int(each[2:]) for each in _IBAN_LENGTHS.split()}  # of the IBAN registry, without spaces
CARD = re.compile(
    r"(?<![\w.,])(?:[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}"
    r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5}|3[068]\d{2}[ -]?\d{6}[ -]?\d{4})(?!\w)"
)
PLATE = re.compile(
    r"(?<![\w-])(?:[A-Z]{2}[0-9]{2} [A-Z]{3}"  # British
    r"|[A-HJ-NP-TV-Z]{2}-[0-9]{3}-[A-HJ-NP-TV-Z]{2}"  # French
    r"|(?!HD-|TV-|LED-|USB-|CD-|PC-|X-|T-)[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} [1-9][0-9]{2,3}[EH]?"  # German
    r")(?![\w-])"
)
_CALLED = (
    r"number ?plates?|licen[cs]e (?:plate|number)s?|plates?|registration(?: number)?|reg\.?(?: no\.?)?|tag number"
    r"|kennzeichen|immatriculation|immatriculée?|plaque|matr[ií]cula|targa|targata|kenteken|placa"
    r"|nr\.? rejestracyjn\w+|rejestracj\w+|registreringsnummer"
)
PLATE_NAMED = re.compile(
    rf"(?i:\b(?:{_CALLED})\b)(?:\s?[:#]|\s(?:is|ist|was|war|est|es|è|no\.?|nr\.?|n°))?\s?"
    r"((?:[A-ZÄÖÜ0-9]{1,4}[- ]?){1,3}[A-Z0-9]{1,4})(?![\w-])"
)
_NAME = r"(?:(?!Wheel|Door|Star)[A-ZÀ-Þ](?:[\w'’-]{0,30}|\w{0,3}\.) ){1,3}"
_TOWN = r"(?:,? (?:[A-Z]{1,2}-)?\d{4,5} [A-ZÀ-Þ][\w'’-]{0,30})?"
_LATIN = r"[A-ZÀ-ÞŁŚŻ][\w'’-]{0,30}"
_ENGLISH = (
    r"Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Square|Sq|Terrace|Close|Crescent"
    r"|Gardens|Grove|Row|Parkway|Pkwy"
)
_GERMAN = r"straße|strasse|str\.|weg|allee|platz|gasse|damm|ufer"
_FRENCH = r"rue|avenue|av\.|boulevard|bd|place|chemin|impasse|allée|quai|route"
_SOUTHERN = r"Calle|calle|C/|Avenida|Avda\.?|Paseo|Plaza|Via|Viale|Piazza|Corso|Rua|rua|Travessa|ul\.|al\.|Aleja"
ADDRESSES = tuple(
    re.compile(form)
    for form in (
        rf"(?<![\w.,])\d{{1,5}}[A-Za-z]? {_NAME}(?:{_ENGLISH})\b(?:,? (?:Apt|Flat|Unit|Suite)\.? ?\w{{1,5}})?"
        r"(?:,? [A-Z][a-z]+,? (?:[A-Z]{2} \d{5}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}))?",
        rf"(?<![\w-])[A-ZÄÖÜ][\w.-]{{0,30}}(?: [A-ZÄÖÜ][\w.-]{{0,30}}){{0,2}}(?:{_GERMAN})"
        rf" \d{{1,4}}(?: ?[a-h])?(?!\w){_TOWN}",
        rf"(?<![\w-])(?!(?:D[a-z]{{2}}|[Ii]m|\w*[Ee]in) )[A-ZÄÖÜ][\w.-]{{0,30}}[ -](?i:{_GERMAN}|ring)"
        rf" \d{{1,4}}(?: ?[a-h])?(?!\w){_TOWN}",
        rf"(?<![\w.,])\d{{1,4}}(?: ?(?:bis|ter|[a-d]))?,? (?:{_FRENCH}) "
        rf"(?:(?:de|du|des|la|le|les|l['’]|d['’]) ?){{0,2}}{_LATIN}(?: (?:de |du )?{_LATIN}){{0,3}}{_TOWN}",
        rf"(?<!\w)(?:{_SOUTHERN}) ?(?:(?:de|del|la|las|los|di|della|dei|da|do|dos|das) ){{0,2}}{_LATIN}"
        rf"(?: (?:de |di |da )?{_LATIN}){{0,3}},? (?:n[º°.]? ?)?\d{{1,4}}(?![\w:.,]\d|\w){_TOWN}",
        r"(?<![\w-])[A-Z][\w'-]{0,30}(?:straat|laan|plein|gracht|kade|dijk|singel) \d{1,4}(?: ?[a-hA-H])?(?!\w)"
        r"(?:,? \d{4} ?[A-Z]{2}(?: [A-Z]\w+)?)?",
    )
)
PHONE = re.compile(r"(?<![\w.,/:#€$£%+-])(?:\+|00)?\(?\d(?:[ ().\-/\u00a0]{0,3}\d){5,16}(?![\w%€$£])")
_SAID = re.compile(
    r"(?i:\b(?:tele\w*|tel|phone\w*|call(?:ed|ing)?|ring|text|mobile|cell\w*|whats ?app|handy\w*|fon|mobil\w*|ruf\w*"
    r"|anruf\w*|appel\w*|joindre|port(?:able)?|m[oó]vil|celular|ll[aá]m\w*|cellulare|chiam\w*|numer\w*|bel(?:len)?"
    r"|ligar?|dzwoń|reach|contact)\b)[^.!?\n]{0,20}$"
)
_OTHER = re.compile(
    r"(?i:\b(?:order|invoice|booking|reservation|ticket|case|ref\w*|reg|vin|serial|model|part|account|policy|flight"
    r"|bestell\w*|rechnung\w*|auftrag\w*|commande|facture|pedido|factura|ordine|fattura|isbn|id|nr|no|code|version)"
    r"\b)\.?\s?(?:number|nummer|no\.?|nr\.?|is|id|#|:)*[\s:#]*$"
)
_DATES = re.compile(
    r"\(?\d{1,2}[./ -]\d{1,2}[./ -]\d{2,4}|(?:19|20)\d\d[./ -]\d{1,2}[./ -]\d{1,2}"
    r"|(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d|\d{1,3}(?:[ .]\d{3})+"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"
    r"|(?:[01]\d|2[0-3])[.:]?[0-5]\d ?- ?(?:[01]\d|2[0-4])[.:]?[0-5]\d"  # opening hours
    r"|\d{1,3}(?:\.\d{1,5}){3,}"  # a version
)
_FORMS = (
    re.compile(r"(?:\+|00)\(?[1-9][\d\s().\-/]{6,22}"),  # with its country
    re.compile(r"\(?0\d{1,5}\)?[\s\-/.]{0,3}\d[\d\s\-/.]{4,12}"),  # with a trunk 0
    re.compile(r"(?:1[ -.])?\(?[2-9]\d\d\)?[\s.-]{1,2}\d{3}[\s.-]\d{4}"),  # North American
)
_EVERYDAY = """
will mark may june april august rose grace bill pat art hope joy young long price short best good park rich frank ray
jack drew chase dean sue bob rob summer autumn dawn faith miles dale wood woods stone field fields hill king major small
brown black white green grey gray gold silver day week sun moon cook baker driver carpenter service max star sky love
bright sharp swift north south east west lane street bridge church ford mini lang klein gross neu jung gut herr frau van
von der den das die del los las san sol paz luz the and
"""
EVERYDAY = frozenset(_EVERYDAY.split())
"""Words that are names and everyday words alike: by themselves they are not sure to be a name."""


def iban_length(written: str) -> int:
    """How many characters of what is written are an IBAN (country, length, mod 97 = 1: ISO 7064); 0 where none are."""
    length = LENGTHS.get(written[:2].upper(), 0)
    places = [place for place, letter in enumerate(written) if letter.isalnum()]
    if not length or len(places) < length or (len(places) > length and places[length] == places[length - 1] + 1):
        return 0
    kept = [written[place].upper() for place in places[:length]]
    whole = int("".join(str(int(each, 36)) for each in kept[4:] + kept[:4])) % 97 == 1
    return places[length - 1] + 1 if whole else 0


def is_card(written: str) -> bool:
    """Whether the digits are a card's: 13 to 19 of them, whose check digit is right (Luhn; ISO 7812)."""
    digits = [int(each) for each in written if each.isdigit()]
    doubled = sum(sum(divmod(2 * each, 10)) for each in digits[-2::-2])
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and (sum(digits[-1::-2]) + doubled) % 10 == 0


def is_phone(written: str, *, before: str) -> bool:
    """Whether digits are a telephone number, by their form or by what stands before; not what else is counted so."""
    digits = sum(each.isdigit() for each in written)
    if not 6 <= digits <= 15 or len(set(written)) < 3 or _OTHER.search(before):
        return False
    if any(each.fullmatch(written) for each in _FORMS) and digits >= 8:
        return not _DATES.fullmatch(written) or written.startswith(("+", "00"))
    return _SAID.search(before) is not None and not _DATES.fullmatch(written)
