"""One schema.org Review as interactions: its words and overall rating, and an answer for each aspect it rates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from touchstone.core.errors import Skip
from touchstone.listen import _cells, _dates, _scores
from touchstone.listen._whole import slug

REVIEWS = {"Review", "UserReview", "CriticReview", "EmployerReview", "Recommendation"}
PLACES = {
    "LocalBusiness", "Organization", "Corporation", "Hotel", "LodgingBusiness", "Restaurant", "FoodEstablishment",
    "Store", "AutoDealer", "AutoRepair",
    "AutomotiveBusiness", "BankOrCreditUnion", "FinancialService", "Airline", "Airport",
    "Hospital", "MedicalClinic", "MovieTheater", "Place", "TouristAttraction", "Resort", "CafeOrCoffeeShop", "Dentist",
    "HealthClub", "InsuranceAgency", "RealEstateAgent", "TravelAgency", "ProfessionalService", "Physician", "Bakery",
}  # fmt: skip
"""Types that are a unit; whatever else is reviewed is a product."""
TAKEN = {
    "@context", "@type", "reviewBody", "description", "name", "headline", "author", "datePublished", "dateCreated",
    "reviewRating", "inLanguage", "url", "itemReviewed", "reviewAspect",
}  # fmt: skip


def found(document: Any, about: Any = None, depth: int = 0) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every review in a JSON-LD document with the thing it stands within, if any."""
    if depth > 50:
        return
    if isinstance(document, list):
        for each in document:
            yield from found(each, about, depth + 1)
    elif isinstance(document, dict):
        if types(document) & REVIEWS:
            yield document, about
            return
        thing = document if types(document) - {"WebPage", "ItemList", "ListItem", "BreadcrumbList"} else about
        for name, each in document.items():
            if isinstance(each, dict | list) and name != "aggregateRating":
                yield from found(each, thing, depth + 1)


def types(node: Any) -> set[str]:
    """The types of a node, without their address."""
    kinds = node.get("@type") if isinstance(node, dict) else None
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {str(kind).rsplit("/", 1)[-1].removeprefix("schema:") for kind in kinds if kind}


def interactions(node: dict[str, Any], about: Any, *, source: str) -> list[dict[str, Any]]:
    """The review itself and its rated aspects. Raises `Skip` for one that says nothing or cannot be read."""
    item = node.get("itemReviewed") or about
    shared = {
        "source": source,
        "occurred_at": _when(node),
        "person": _name(node.get("author")),
        "language": _language(node.get("inLanguage")),
        "url": _string(node.get("url")) or _string(_of(item, "url")),
        "incentive": "unknown",
        **_reviewed(item),
    }
    ratings = [each for each in _list(node.get("reviewRating")) if isinstance(each, dict | int | float | str)]
    whole = [each for each in ratings if not _of(each, "reviewAspect")]
    aspects = [each for each in ratings if isinstance(each, dict) and each.get("reviewAspect")]
    key = _identity(node, item)
    text = _text(node)
    score = _score(whole[0]) if whole else {}
    if not text and not score and not aspects:
        raise Skip("it has neither words nor a rating.", where="Review")
    main = {"source_id": key, "kind": "review", "text": text, **score, "attributes": _rest(node, whole[1:])}
    main["touchpoint"] = _aspect(node.get("reviewAspect"))
    rows = [{**shared, **main}]
    for place, each in enumerate(aspects, 1):
        answer = {
            "source_id": f"{key}#{place}",
            "kind": "answer",
            "thread": key,
            "touchpoint": _aspect(each["reviewAspect"]),
        }
        rows.append({**shared, **answer, **_score(each)})
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def units(node: dict[str, Any], about: Any) -> list[dict[str, str | None]]:
    """The unit a review is about, as a row of `UNIT`; nothing where it is about a product."""
    item = node.get("itemReviewed") or about
    name = _name(item)
    kind = next(iter(sorted(types(item) & PLACES)), None)
    if not name or not kind:
        return []
    address = _of(item, "address")
    region = _string(_of(address, "addressRegion")) or _string(_of(address, "addressLocality"))
    parent = _name(_of(item, "parentOrganization"))
    row = {"id": slug(name), "name": name, "kind": kind, "parent": slug(parent) if parent else None, "region": region}
    return [row] if not parent else [{"id": slug(parent), "name": parent, "kind": "Organization"}, row]


def _reviewed(item: Any) -> dict[str, str | None]:
    name = _name(item)
    if not name:
        return {}
    return {"unit": slug(name)} if types(item) & PLACES else {"product": name}


def _score(rating: Any) -> dict[str, Any]:
    """A rating's value with its scale. Raises `Skip` where it cannot be read or lies outside."""
    raw = rating if not isinstance(rating, dict) else rating.get("ratingValue")
    if raw is None:
        return {}
    value, named = _scores.number(str(raw))
    if value is None:
        raise Skip(f"its rating cannot be read: {str(raw)[:60]}.", where="ratingValue")
    best = _number(_of(rating, "bestRating"), named or (100.0 if "%" in str(raw) else 5.0))
    worst = _number(_of(rating, "worstRating"), 0.0 if best == 100 else 1.0)
    if not min(worst, best) <= value <= max(worst, best):
        raise Skip(f"its rating of {value:g} lies outside {worst:g} to {best:g}.", where="ratingValue")
    return {"metric": "rating", "value": value, "worst": worst, "best": best}


def _number(value: Any, other: float) -> float:
    read = _scores.number(str(value))[0] if value is not None else None
    return other if read is None else read


def _text(node: dict[str, Any]) -> str | None:
    body = _string(node.get("reviewBody")) or _string(node.get("description"))
    title = _string(node.get("headline")) or _string(node.get("name"))
    if title and body and not body.startswith(title):
        return f"{title}\n{body}"
    return body or title


def _when(node: dict[str, Any]) -> datetime | None:
    written = _string(node.get("datePublished")) or _string(node.get("dateCreated"))
    if not written:
        return None
    when = _dates.instant(written)
    if when is None:
        raise Skip(f"its date cannot be read: {written[:60]}.", where="datePublished")
    return when


def _identity(node: dict[str, Any], item: Any) -> str:
    """The review's own address or number where it has one, else a digest of what it says."""
    own = _string(node.get("@id")) or _string(node.get("identifier"))
    if own:
        return own
    says = [_text(node), node.get("datePublished"), _name(node.get("author")), node.get("reviewRating"), _name(item)]
    return hashlib.blake2b(json.dumps(says, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()


def _rest(node: dict[str, Any], ratings: list[Any]) -> str | None:
    left = {name: value for name, value in node.items() if name not in TAKEN}
    if ratings:
        left["reviewRating"] = ratings
    return json.dumps(left, ensure_ascii=False) if left else None


def _aspect(value: Any) -> str | None:
    return next((text for each in _list(value) if (text := _string(each))), None)


def _language(value: Any) -> str | None:
    text = _string(value) or _string(_of(value, "alternateName")) or _string(_of(value, "name"))
    return _cells.language(text) if text else None


def _name(value: Any) -> str | None:
    value = next(iter(_list(value)), None)
    return _string(value) or _string(_of(value, "name")) or _string(_of(value, "@id"))


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _string(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("@value") or value.get("value")
    return value.strip() or None if isinstance(value, str) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
