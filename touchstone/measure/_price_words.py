"""How people speak of prices, in English, French, Spanish and German, and what each phrase says."""

from __future__ import annotations

from functools import cache

SAID = {
    "plain": (
        "no hidden", "without hidden", "nothing hidden", "no surcharge", "no unwelcome", "no extra charge",
        "no extra charges",
        "no unexpected", "sans frais cachés", "aucun frais caché", "pas de frais cachés",
        "sin gastos ocultos",
        "sin costes ocultos", "ningún cargo oculto", "keine versteckten", "ohne versteckte",
    ),
    "not_worth": (
        "not worth", "isn't worth", "wasn't worth", "hardly worth", "not good value", "poor value",
        "bad value",
        "no value for money", "waste of money", "rip off", "ripped off", "ripoff", "daylight robbery",
        "pas la peine", "ne vaut pas", "ne valait pas", "mauvais rapport qualité", "arnaque", "argent jeté",
        "no vale la pena", "no merece la pena", "no vale lo que", "mala relación calidad", "estafa", "timo",
        "nicht wert", "lohnt sich nicht", "lohnt nicht", "geldverschwendung", "abzocke",
    ),
    "worth": (
        "worth it", "worth every", "worth the money", "worth the price", "well worth", "good value",
        "great value",
        "excellent value", "value for money", "fair price", "fair prices", "fairly priced",
        "reasonable price",
        "reasonable prices", "reasonably priced", "money well spent", "bargain", "good price", "great price",
        "vaut le prix", "vaut le coup", "vaut son prix", "en vaut la peine", "bon rapport qualité",
        "prix juste",
        "prix correct", "prix raisonnable", "bonne affaire",
        "vale la pena", "merece la pena", "vale lo que cuesta", "buena relación calidad", "precio justo",
        "precio razonable", "buen precio", "dinero bien gastado",
        "preis wert", "sein geld wert", "preiswert", "lohnt sich", "gutes preis-leistungs", "fairer preis",
        "faire preise", "angemessener preis",
    ),
    "unclear": (
        "hidden fee", "hidden fees", "hidden cost", "hidden costs", "hidden charge", "hidden charges",
        "surcharge",
        "surcharges", "extra charge", "extra charges", "unexpected charge", "unexpected charges",
        "unexplained charge", "unexplained charges", "unexplained fee", "unexplained fees",
        "nobody explained the bill", "did not understand the bill", "don't understand the bill",
        "not transparent",
        "confusing bill", "confusing price", "confusing prices", "more than quoted", "more than agreed",
        "than the quote", "than the estimate", "fees appeared", "fees nobody", "fees that nobody",
        "frais cachés", "frais caches", "coûts cachés", "pas clair", "facture incompréhensible",
        "plus que le devis",
        "que le devis", "supplément surprise", "opaque",
        "gastos ocultos", "costes ocultos", "cargos ocultos", "poco claro", "factura incomprensible",
        "más que el presupuesto", "que el presupuesto", "sin explicar",
        "versteckte kosten", "versteckte gebühren", "undurchsichtig", "unklare rechnung",
        "nicht nachvollziehbar",
        "mehr als vereinbart", "als im angebot",
    ),
    "not_dear": (
        "not expensive", "not too expensive", "not overpriced", "isn't expensive", "wasn't expensive",
        "pas cher",
        "pas chère", "pas trop cher", "pas trop chère", "no es caro", "no es cara", "nada caro", "nicht teuer",
        "gar nicht teuer",
    ),
    "dear": (
        "too dear", "too expensive", "so expensive", "very expensive", "expensive", "overpriced",
        "over priced",
        "pricey", "pricy", "costly", "steep price", "bit steep", "too steep", "exorbitant", "overcharged",
        "extortionate", "too much money", "costs too much",
        "cost too much", "cannot afford", "can't afford", "price hike", "cheaper elsewhere",
        "trop cher", "trop chère", "bien cher", "bien chère", "hors de prix", "très cher", "très chère",
        "coûteux", "exorbitant",
        "demasiado caro", "demasiado cara", "muy caro", "muy cara", "carísimo", "carísima", "costoso",
        "zu teuer", "sehr teuer", "teuer", "überteuert", "kostspielig", "wucher",
    ),
}  # fmt: skip
"""Phrases that settle what a text says of its price; an earlier list settles it before a later one."""
ABOUT = (
    "price", "prices", "priced", "pricing", "cost", "costs", "fee", "fees",
    "bill", "billed", "invoice", "money", "paid", "pay", "payment", "quote", "discount", "expensive", "cheap",
    "cheaper",
    "prix", "coût", "coûts", "frais", "facture", "facturé", "payé", "payer", "argent", "devis", "remise", "tarif",
    "tarifs", "precio", "precios", "coste", "costes", "gastos", "factura", "cobraron", "pagué", "pagar", "dinero",
    "presupuesto", "descuento", "tarifa", "preis", "preise", "kosten", "gebühr", "gebühren", "rechnung", "bezahlt",
    "zahlen", "geld", "angebot", "rabatt",
)  # fmt: skip
"""Words without which a mention of a touchpoint about prices, among other things, is not taken for one of the price."""
TOUCHPOINT = (
    "price",
    "prices",
    "bill",
    "billing",
    "invoice",
    "cost",
    "costs",
    "fee",
    "fees",
    "fare",
    "value",
    "tariff",
)
"""Words in the name of a touchpoint that is about prices."""
CLARITY = ("clarity", "clear", "understandable", "transparent", "transparency")
"""Words in its name that make an unhappy mention one of prices that are unclear."""


BILLED = (
    "bills?|invoices?|prices?|pricing|charges?|surcharges?|fees?|costs|quotes?|items?|"
    "factures?|devis|prix|tarifs?|frais|suppléments?|facturas?|cuentas?|presupuestos?|precios?|cargos?|"
    "recargos?|rechnung|rechnungen|posten|preise?|gebühr|gebühren|betrag"
)
"""Words for what is to be paid, as it is written down."""
BEFORE = (
    "confusing|unexplained|unclear|baffling|puzzling|cryptic|mysterious|incomprehensible|unintelligible|opaque|"
    "unexpected|unannounced|unklare[nr]?|unverständliche[nr]?|undurchsichtige[nr]?|unerklärte[nr]?|rätselhafte[nr]?"
)
"""What stands before such a word where nobody can follow it."""
AFTER = (
    "unclear|confusing|baffling|cryptic|incomprehensible|not clear|not transparent|a mystery|a riddle|"
    "(pas|peu) (claire?|transparente?|compréhensible)s?|incompréhensibles?|illisibles?|un mystère|"
    "(poco|nada) (clar|transparent)[aoe]s?|incomprensibles?|ilegibles?|confus[ao]s?|un misterio|"
    "unklar|unverständlich|undurchsichtig|nicht nachvollziehbar|ein rätsel"
)
"""What is said of it, a verb between."""
VERBS = "is|was|are|were|looks|remains|n'est|n'était|ne sont|est|était|reste|es|era|son|está|ist|war|sind|bleibt"
SHAPED = {
    "unclear": (
        f"({BEFORE}) ({BILLED})",
        f"({BILLED})( _){{0,5}} ({VERBS})( _)? ({AFTER})",
    ),
}
"""What no list of phrases would end in: a bill and that nobody follows it, its writer named between; _ is a word."""


@cache
def pattern(name: str) -> str:
    """The expression that finds any of the phrases in a text in small letters; plain enough for every engine.

    `said` finds whatever one of SAID would, `any` whatever that or `about` would.
    """
    settling = tuple(dict.fromkeys(phrase for phrases in SAID.values() for phrase in phrases))
    shaped = tuple(shape for shapes in SHAPED.values() for shape in shapes)
    known = {**SAID, "about": ABOUT, "said": (*settling, *shaped), "any": (*settling, *shaped, *ABOUT)}
    phrases = (*known[name], *SHAPED.get(name, ()))
    found = "|".join(each.replace("'", "['’]").replace(" ", "[ -]+").replace("_", "[^ .,;:!?]+") for each in phrases)
    return f"(^|[^a-zà-ÿ])({found})([^a-zà-ÿ]|$)"
