"""What columns are called, in English, French, German and Spanish: the vocabulary `_recognise` judges names by."""

from __future__ import annotations

import re
import unicodedata

FIELDS: dict[str, tuple[str, ...]] = {
    "id": (
        "id", "source id", "review id", "response id", "respondent id", "answer id", "feedback id", "tweet id",
        "message id", "record id", "ticket id", "case id", "complaint id", "submission id", "interaction id", "uuid",
        "guid", "row id", "reference", "survey id", "comment id", "post id", "event id", "order id", "invoice no",
        "transaction id", "row", "row number", "identifiant", "numero avis", "bewertungs id", "kennung",
        "identificador", "fact review id",
    ),
    "text": (
        "text", "review text", "review", "review body", "review content", "reviews", "comment", "comments", "content",
        "verbatim", "verbatims", "feedback", "body", "message", "message text", "tweet", "post", "narrative",
        "consumer complaint narrative", "description", "opinion", "open answer", "free text", "remarks", "response",
        "answer", "full text", "reviewtext", "transcript", "complaint", "what happened", "avis", "commentaire",
        "commentaires", "texte", "contenu", "remarque", "remarques", "verbatim client", "kommentar", "kommentare",
        "bewertungstext", "rezension", "nachricht", "freitext", "anmerkung", "anmerkungen", "ruckmeldung", "inhalt",
        "meinung", "comentario", "comentarios", "resena", "resenas", "texto", "mensaje", "contenido", "observaciones",
        "value text", "likes", "dislikes", "pros", "cons", "positive review", "negative review", "reason for score",
        "positives", "negatives", "suggestions", "points forts", "points faibles",
    ),
    "title": (
        "title", "review title", "subject", "headline", "review summary", "summary", "heading", "titre", "titre avis",
        "objet", "titel", "betreff", "uberschrift", "titulo", "asunto",
    ),
    "occurred_at": (
        "occurred at", "review date", "date of review", "date", "date published", "published date", "published at",
        "publication date", "date submitted", "submission date", "submission time", "submitted at", "submitted",
        "date submitted id", "response date", "answered at", "completed at", "created at", "date created", "created",
        "creation date", "post date", "posted at", "posted", "timestamp", "datetime", "date time", "time",
            "tweet created",
        "date received", "received at", "collected at", "recorded date", "end date", "start date", "survey date",
        "interview date", "purchase date", "invoice date", "order date", "transaction date", "date avis",
        "date de l avis", "date de publication", "date de creation", "horodatage", "datum", "bewertungsdatum",
            "erstellt am",
        "zeitpunkt", "zeitstempel", "abgegeben am", "fecha", "fecha de la resena", "fecha resena", "fecha de creacion",
        "value date",
        "visit date", "date of visit", "date visit", "date of experience", "experience date", "date flown",
        "date flown id", "stay date", "date de visite", "besuchsdatum", "fecha de visita",
    ),
    "value": (
        "nps", "nps score", "value number", "overall", "overall rating", "overall score", "overall satisfaction",
            "overall experience",
        "overall experience rating", "total star", "total stars", "total rating", "rating overall", "note globale",
        "satisfaction globale", "gesamtbewertung", "gesamtzufriedenheit", "gesamtnote", "gesamteindruck",
        "puntuacion general", "satisfaccion general", "valoracion general", "rating", "ratings", "review rating",
        "star rating", "stars", "star", "review score", "score", "rating 10", "rating value", "user rating", "note",
        "note client", "etoiles", "evaluation", "bewertung", "sterne", "punkte", "punktzahl", "calificacion",
            "puntuacion",
        "valoracion", "estrellas", "nota", "likelihood to recommend", "likely to recommend", "would you recommend us",
        "how likely are you to recommend us", "weiterempfehlung", "recommandation", "recomendacion", "csat",
        "csat score", "satisfaction", "satisfaction score", "zufriedenheit", "satisfaccion", "satisfied", "ces",
        "ces score", "customer effort", "customer effort score", "effort", "average rating", "avg rating",
        "mean rating", "value", "grade", "recommended", "recommend", "would recommend", "recommended service",
        "recommande", "empfohlen", "weiterempfehlen", "recomendado", "recomendaria", "value boolean",
    ),
    "person": (
        "person", "customer id", "user id", "author id", "reviewer id", "member id", "client id", "respondent",
        "person id", "account id", "contact id", "guest id", "passenger id", "customer", "user", "author", "reviewer",
        "author name", "reviewer name", "review writer", "customer name", "user name", "username", "screen name",
        "handle", "nickname", "guest", "guest name", "writer", "from", "sender", "name", "full name", "email", "e mail",
        "email address", "member", "auteur", "utilisateur", "nom", "nom du client", "client", "id client", "pseudo",
        "autor", "verfasser", "kunde", "kundennummer", "kunden id", "benutzer", "nutzer", "cliente", "usuario",
        "id cliente", "nombre", "nombre del cliente",
    ),
    "product": (
        "product", "stock code", "product id", "product name", "product title", "item", "item id", "item name", "sku",
        "asin",
        "model", "vehicle", "vehicle title", "vehicle model", "car", "car model", "app", "article", "produit",
        "modele", "vehicule", "produkt", "modell", "fahrzeug", "artikel", "producto", "modelo", "articulo", "vehiculo",
        "aircraft", "aircraft model",
    ),
    "channel": (
        "channel", "source channel", "medium", "platform", "touch channel", "contact channel", "survey channel",
        "canal", "plateforme", "kanal", "plattform", "plataforma",
    ),
    "url": (
        "url", "link", "source url", "review url", "permalink", "href", "uri", "web page", "lien", "adresse web",
        "enlace", "verweis",
    ),
    "language": (
        "language", "lang", "language code", "locale", "review language", "langue", "sprache", "idioma", "lengua",
    ),
    "touchpoint": (
        "touchpoint", "touch point", "touchpoint name", "aspect", "journey point", "point de contact", "kontaktpunkt",
        "punto de contacto", "field label", "question", "question text", "item label",
    ),
    "campaign": ("campaign", "campaign id", "campaign name", "campagne", "kampagne", "aktion", "campana"),
    "amount": (
        "amount", "dollar value", "order total", "unit price", "price", "total", "spend", "revenue", "order value",
        "purchase amount", "total amount",
        "transaction value", "montant", "prix", "betrag", "preis", "umsatz", "importe", "precio", "monto",
    ),
    "currency": ("currency", "currency code", "devise", "monnaie", "wahrung", "moneda", "divisa"),
    "level": ("level", "customer level", "speaker level", "respondent level", "niveau client", "kundenebene"),
    "incentive": (
        "incentive", "disclosed incentive", "incentivized", "incentivised", "incentivized review", "is incentivized",
        "sponsored", "is sponsored", "received free product", "free product", "compensated", "rewarded", "vine",
        "incite", "gesponsert", "incentivado", "patrocinado",
    ),
    "kind": ("kind", "interaction kind"),
    "thread": ("thread", "thread id", "conversation", "conversation id", "session id", "call id", "chat id"),
    "reply_to": ("reply to", "in response to tweet id", "in reply to", "in reply to id", "in reply to status id",
        "parent id"),
    "inbound": ("inbound", "is inbound", "from customer"),
    "metric": ("metric", "metric name"),
    "best": ("best", "best rating", "scale max"),
    "worst": ("worst", "worst rating", "scale min"),
    "attributes": ("attributes",),
}  # fmt: skip
"""Field -> what its column may be called, the surest first."""

UNITS: dict[str, tuple[str, ...]] = {
    "dealer": ("dealer", "dealership", "concession", "concessionnaire", "handler", "autohaus", "concesionario"),
    "branch": ("branch", "agence", "filiale", "sucursal", "oficina", "succursale"),
    "store": ("store", "shop", "outlet", "magasin", "boutique", "laden", "markt", "tienda", "point de vente"),
    "hotel": ("hotel", "property", "resort"),
    "restaurant": ("restaurant", "restaurante"),
    "clinic": ("clinic", "hospital", "practice", "clinique", "klinik", "clinica"),
    "airline": ("airline", "carrier", "compagnie aerienne", "fluggesellschaft", "aerolinea"),
    "airport": ("airport", "aeroport", "flughafen", "aeropuerto"),
    "bank": ("bank", "banque", "banco"),
    "agency": ("agency", "agentur", "agencia"),
    "vendor": ("vendor", "supplier", "fournisseur", "lieferant", "proveedor"),
    "department": ("department", "service centre", "service center", "departement", "abteilung", "departamento"),
    "partner": ("partner", "distributor", "distributeur", "reseller", "partenaire", "distribuidor"),
    "company": ("company", "brand", "organisation", "organization", "entreprise", "marque", "firma", "marke",
        "unternehmen", "empresa", "marca", "business", "provider"),
    "location": ("location", "site", "place", "venue", "lieu", "standort", "ubicacion", "lugar"),
}  # fmt: skip
"""Kind of unit -> the nouns it goes by. The first ones are nearer to the customer, the last ones vaguer."""

REGIONS = (
    "region", "area", "district", "province", "state", "country", "zone", "territory", "city", "land", "bundesland",
    "gebiet", "pays", "ville", "departement", "ciudad", "provincia", "pais", "stadt", "sales region",
)  # fmt: skip
NEVER_A_SCORE = frozenset(
    (
        "id", "ids", "age", "alter", "edad", "number", "count", "nombre", "anzahl", "numero", "freq",
        "frequency", "year", "annee", "jahr", "ano", "month", "mois", "monat", "day", "jour", "tag", "dia",
        "week", "semaine", "hour", "minutes", "minute", "seconds", "duration", "delay", "distance", "length",
        "size", "price", "amount", "quantity", "qty", "total", "row", "index", "position", "topic", "cluster",
        "label", "code", "zip", "postcode", "latitude", "longitude", "lat", "lng", "rank", "char",
        "chars", "words", "tokens", "capacity", "income", "salary", "visits", "purchases", "flights", "orders",
        "version", "seed", "gender", "sex", "weight", "tenure", "zone", "confidence", "probability", "likes",
        "votes", "helpful", "upvotes", "retweets", "floor",
    )
)  # fmt: skip
"""Words of a name that say its numbers are no score."""
SCORE_WORDS = frozenset(
    (
        "rating", "ratings", "score", "scores", "satisfaction", "satisfied", "stars", "csat", "nps", "ces",
        "note", "bewertung", "zufriedenheit", "puntuacion", "calificacion", "valoracion", "satisfaccion",
        "evaluation", "quality", "service", "comfort", "cleanliness", "staff", "ease",
    )
)  # fmt: skip
ABOUT_THE_TEXT = frozenset(
    (
        "sentiment", "polarity", "emotion", "tonality", "stimmung", "sentimiento",
    )
)  # fmt: skip
"""Names of judgements about a text: no score that the customer gave."""


def unaccented(text: str) -> str:
    """Text without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def normal(name: str) -> str:
    """A column's name as plain lower-case words: `AirLine_Name` and `airline-name` alike."""
    bare = unaccented(name)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", bare)
    return " ".join(re.sub(r"[^0-9a-z]+", " ", spaced.casefold().replace("ß", "ss")).split()) or bare.strip()


def likeness(name: str, phrases: tuple[str, ...]) -> float:
    """How well a column's name says one of these phrases: 1 exactly, less where it says more, 0 not at all."""
    words = normal(name)
    compact = words.replace(" ", "")
    best = 0.0
    for place, phrase in enumerate(phrases):
        if words == phrase or compact == phrase.replace(" ", ""):
            return 1.0 - place * 0.001
        if f" {phrase} " in f" {words} ":
            best = max(best, 0.4 + 0.4 * len(phrase) / len(words) - place * 0.001)
    return best


def unit_kind(name: str) -> tuple[str, float]:
    """The kind of unit a column names and how surely; ("", 0) where it names none."""
    words = normal(name)
    for kind, nouns in UNITS.items():
        for noun in nouns:
            if words in (noun, f"{noun} name", f"name of {noun}", f"{noun} title", f"nom {noun}", f"{noun} nom"):
                return kind, 0.95
            if words.replace(" ", "") in (noun.replace(" ", ""), f"{noun}name".replace(" ", "")):
                return kind, 0.95
            if words in (f"{noun} id", f"{noun} code", f"{noun} no", f"{noun} number", f"id {noun}"):
                return kind, 0.8
    return "", 0.0


def readable(name: str) -> str:
    """A touchpoint's name from its column's: `seat_comfort_rating` -> "Seat comfort"; wording that reads is kept."""
    text = re.sub(r"\((?:rating )?(?:out of|of|1|0|from|sur|von)[^)]*\)|\[[^\]]*\]", " ", name, flags=re.I)
    if not re.search(r"\s", text.strip()):
        text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text.replace("_", " ").replace(".", " "))
    text = text.replace("_", " ")
    text = re.sub(
        r"^\s*(?:q\d+[\s.:)-]+)?(?:(?:rating|satisfaction|score) (?:with|of|for) (?:the )?)?", "", text, flags=re.I
    )
    shorter = re.sub(r"\s+(?:rating|ratings|score|stars|satisfaction)\s*$", "", text.rstrip(), flags=re.I)
    first, *others = (shorter or text).split() or [name]
    return " ".join([first[:1].upper() + first[1:], *(each.lower() if each.istitle() else each for each in others)])
