"""What the shipped model scores on texts it was not trained on: `python -m training.evaluate`.

All sets but MAMS (held-apart part) come from other domains, other writers and other licences: they only ever measure.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet as pq

from touchstone.core.taxonomy import Taxonomy, load, parse
from touchstone.language.model import Model
from touchstone.language.model import load as load_model
from touchstone.language.reading import POLARITIES, Reading
from touchstone.language.tagger import tag
from training import lists
from training.corpora import ROOT

RESTAURANT = """
name: restaurants 2016
stages:
- name: all
  touchpoints:
  - {name: FOOD#QUALITY, description: "taste, freshness, cooking and quality of the food and the dishes"}
  - {name: FOOD#PRICES, description: "price of the food, expensive or cheap dishes"}
  - {name: FOOD#STYLE_OPTIONS, description: "portion size, variety, choice and menu options of the food"}
  - {name: DRINKS#QUALITY, description: "quality of drinks, wine, beer and cocktails"}
  - {name: DRINKS#PRICES, description: "price of drinks and wine"}
  - {name: DRINKS#STYLE_OPTIONS, description: "variety and choice of drinks, wine list, beer selection"}
  - {name: SERVICE#GENERAL, description: "service, staff, waiters and waitresses, attentive or rude, waiting"}
  - {name: AMBIENCE#GENERAL, description: "ambience, atmosphere, decor, music, noise and space of the place"}
  - {name: LOCATION#GENERAL, description: "location, view and neighborhood"}
  - {name: RESTAURANT#GENERAL, description: "the restaurant as a whole, recommend, come back, favorite place"}
  - {name: RESTAURANT#PRICES, description: "price level of the restaurant, expensive, value, bill, money"}
  - {name: RESTAURANT#MISCELLANEOUS, description: "other things about the restaurant"}
"""
CARS = """
name: cars
stages:
- name: all
  touchpoints:
  - {name: Value, description: "value for money, price, worth, deal"}
  - {name: Size, description: "size, room, space, legroom, cargo, trunk, small or big"}
  - {name: Comfort_Drive, description: "comfort, ride, drive, handling, smooth, quiet, seats"}
  - {name: Interior, description: "interior, dashboard, materials, radio, navigation, screen, technology"}
  - {name: Appearance_Exterior, description: "appearance, exterior, looks, style, design, color, paint"}
  - {name: Power_Performance, description: "power, performance, engine, acceleration, transmission, speed"}
  - {name: Safety, description: "safety, brakes, airbags, crash, blind spot, sensors"}
  - {name: Mpg_Efficiency, description: "fuel economy, gas mileage, mpg, efficiency, battery range"}
  - {name: Maintanence, description: "maintenance, repair, reliability, problems, dealer service, warranty"}
"""
MAMS = """
name: mams
stages:
- name: all
  touchpoints: [food, service, staff, price, ambience, menu, place, miscellaneous]
"""
FOUR = """
name: restaurants 2014
stages:
- name: all
  touchpoints:
  - food
  - service
  - {name: price, description: prices and value}
  - {name: ambience, description: "atmosphere, decor, music"}
"""
SHOP = """
name: shop
stages:
- name: all
  touchpoints:
  - {name: staff, description: "How employees and salesmen treat and help customers."}
  - {name: waiting, description: "Waiting, queues and lines."}
  - {name: price, description: "Prices and fees, expensive or cheap."}
  - {name: delivery, description: "Delivery of the order: shipping, parcel and courier."}
  - {name: product, description: "The quality of the product or device, and whether it breaks."}
  - {name: cleanliness, description: "Whether everything is clean or dirty, toilets too."}
"""
SPOKEN = ("en", "fr", "es", "de", "it", "pt", "nl")
NOTHING = Taxonomy("none", ())


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one Parquet file."""
    held: list[dict[str, Any]] = pq.read_table(ROOT / f"{name}.parquet").to_pylist()
    return held


def area(scores: np.ndarray, truth: np.ndarray) -> float:
    """The area under the ROC curve."""
    order = np.argsort(np.argsort(scores, kind="stable"), kind="stable") + 1.0
    for value in np.unique(scores):
        same = scores == value
        order[same] = order[same].mean()
    up = int(truth.sum())
    return float((order[truth].sum() - up * (up + 1) / 2) / (up * (len(truth) - up)))


def f1(found: set[tuple[int, str]], truth: set[tuple[int, str]]) -> float:
    """Micro-averaged F1 of pairs."""
    return 2 * len(found & truth) / max(1, len(found) + len(truth))


def reading(model: Model, texts: list[str], taxonomy: Taxonomy = NOTHING) -> Reading:
    """The model's reading of plain strings."""
    return model.compile(taxonomy).read(pa.array(texts, pa.large_string()))


def polarity_given(
    model: Model, taxonomy: Taxonomy, data: list[tuple[str, list[tuple[str, str]]]]
) -> tuple[float, int, np.ndarray]:
    """Accuracy over (text, touchpoint) pairs of one polarity each, how many, and the confusion (true, predicted)."""
    lines = [
        {"id": place, "text": text, "touchpoints": [name for name, _ in pairs]}
        for place, (text, pairs) in enumerate(data)
    ]
    confusion = np.zeros((4, 4), int)
    for answer, (_, pairs) in zip(tag(lines, model=model, taxonomy=taxonomy), data, strict=True):
        told = {each["touchpoint"]: each["polarity"] for each in answer["mentions"]}
        for name, true in pairs:
            confusion[POLARITIES.index(true), POLARITIES.index(told[name])] += 1
    return float(np.trace(confusion) / confusion.sum()), int(confusion.sum()), confusion


def zero_shot(model: Model, taxonomy: Taxonomy, data: list[tuple[str, set[str]]]) -> tuple[float, int]:
    """Micro-F1 of touchpoints found from the taxonomy alone, and the number of true pairs."""
    found = set()
    for place, answer in enumerate(tag([{"text": text} for text, _ in data], model=model, taxonomy=taxonomy)):
        found |= {(place, each["touchpoint"]) for each in answer["mentions"]}
    truth = {(place, name) for place, (_, names) in enumerate(data) for name in names}
    return f1(found, truth), len(truth)


def mams() -> list[tuple[str, list[tuple[str, str]]]]:
    """Held-apart sentences with categories of different polarity."""
    return [
        (row["text"], [(each["category"], each["polarity"]) for each in row["aspectCategories"]])
        for row in rows("mams-absa/acsa_val")
    ]


def restaurants() -> list[tuple[str, list[tuple[str, str]]]]:
    """SemEval-2016 restaurant sentences with categories; a category with two polarities is left out."""
    data = []
    for row in rows("semeval-absa/rest16_sb1_train"):
        held: dict[str, set[str]] = {}
        for each in row["opinions"]:
            held.setdefault(each["category"], set()).add(each["polarity"])
        data.append((row["text"], [(name, sides.pop()) for name, sides in held.items() if len(sides) == 1]))
    return data


def say(what: str, figure: float, count: int) -> None:
    """One line: what was measured, the figure, on how many."""
    print(f"{what:64s} {figure:6.3f}  n={count}")


def judged(model: Model) -> None:
    """Polarity of touchpoints that are named beforehand."""
    cars = parse(CARS)
    for what, taxonomy, data in (
        ("MAMS, held apart: polarity of given touchpoints", parse(MAMS), mams()),
        ("restaurants-2016, never taught: polarity of given touchpoints", parse(RESTAURANT), restaurants()),
        ("car reviews: polarity of given touchpoints", cars, owners(cars)),
    ):
        score, count, confusion = polarity_given(model, taxonomy, [each for each in data if each[1]])
        say(what, score, count)
        print("   true by told (negative, neutral, positive, mixed):", confusion.tolist())


def owners(cars: Taxonomy) -> list[tuple[str, list[tuple[str, str]]]]:
    """Car owners' reviews with nine touchpoints labelled by hand."""
    return [
        (row["Review"], [(name, "positive" if row[name] > 0 else "negative") for name in cars.names if row[name]])
        for row in rows("car-reviews/edmunds_aspects_manual")
    ]


def found(model: Model) -> None:
    """Touchpoints from the taxonomy alone."""
    data = [(text, {name for name, _ in pairs}) for text, pairs in restaurants()]
    say("restaurants-2016: 12 touchpoints from the taxonomy alone, F1", *zero_shot(model, parse(RESTAURANT), data))
    fourteen = [
        (row["text"], {each["category"] for each in row["aspectCategories"]} - {"anecdotes/miscellaneous"})
        for row in rows("semeval-absa/rest14_train")
    ]
    say("restaurants-2014: 4 touchpoints from the taxonomy alone, F1", *zero_shot(model, parse(FOUR), fourteen))
    cars = parse(CARS)
    data = [(text, {name for name, _ in pairs}) for text, pairs in owners(cars)]
    say("car reviews: 9 touchpoints from the taxonomy alone, F1", *zero_shot(model, cars, data))


def tongues(model: Model) -> None:
    """Languages, touchpoints and moods of sentences of our own (`words/multilingual.txt`), by language."""
    lines = [(head.split(), text) for head, text in lists.lines("multilingual")]
    answers = list(tag([{"text": text} for _, text in lines], model=model, taxonomy=parse(SHOP)))
    for language in dict.fromkeys(each[0] for each, _ in lines):
        own = [(head, answer) for (head, _), answer in zip(lines, answers, strict=True) if head[0] == language]
        right = np.mean([answer["language"] == language for _, answer in own])
        say(f"own sentences, {language}: language told", float(right), len(own))
        if language in SPOKEN:
            said = [(head, answer["mentions"]) for head, answer in own]
            found = {(place, each["touchpoint"]) for place, (_, held) in enumerate(said) for each in held}
            truth = {(place, head[1]) for place, (head, _) in enumerate(said) if head[1] != "-"}
            say(f"own sentences, {language}: touchpoints, F1", f1(found, truth), len(truth))
            moods = [
                each["polarity"] == head[2] for head, held in said for each in held if each["touchpoint"] == head[1]
            ]
            say(f"own sentences, {language}: polarity where found", float(np.mean(moods)), len(moods))


def moods(model: Model) -> None:
    """Sentiment of whole texts."""
    airline = [row for row in rows("skytrax-2015/airline") if row["content"] and row["recommended"] in (0, 1)]
    mood = reading(model, [row["content"] for row in airline]).text_sentiment
    good = np.array([row["recommended"] == 1 for row in airline])
    say("airline reviews: sentiment against `recommended`, AUC", area(mood, good), len(airline))
    bank = [row for row in rows("bank-branch-reviews/reviews") if row["review_text"] and row["rating"] != 3]
    held = reading(model, [row["review_text"] for row in bank], load("bank_branch"))
    good = np.array([row["rating"] > 3 for row in bank])
    say("bank branches (French): sentiment against rating, AUC", area(held.text_sentiment, good), len(bank))
    right = (held.text_sentiment > 0) == good
    say("bank branches (French): its sign against rating, accuracy", float(right.mean()), len(bank))
    say("bank branches: share of texts with a mention", len(np.unique(held.mentions.text)) / len(bank), len(bank))
    french = [each == "fr" for each in held.language]
    say("bank branches: language told as French", float(np.mean(french)), len(bank))
    tweets = rows("twitter-us-airline-sentiment/tweets")
    mood = reading(model, [row["text"] for row in tweets]).text_sentiment
    sides = np.array([row["airline_sentiment"] for row in tweets])
    told = np.where(mood > 0.2, "positive", np.where(mood < -0.2, "negative", "neutral"))
    say("airline tweets: three-way sentiment, accuracy", float((told == sides).mean()), len(tweets))
    sided = sides != "neutral"
    say("airline tweets: good against bad, AUC", area(mood[sided], sides[sided] == "positive"), int(sided.sum()))


def messages(model: Model) -> None:
    """Kinds and promotion."""
    for name in ("train_forum", "trial_a_forum", "trial_b_hotels"):
        data = rows(f"semeval2019-suggestion-mining/{name}")
        score = reading(model, [row["sentence"] for row in data]).kinds[:, 1]
        truth = np.array([int(row["label"]) for row in data]) == 1
        yes = score >= 0.5
        say(f"suggestions, {name}: F1", 2 * (yes & truth).sum() / (yes.sum() + truth.sum()), len(data))
    sephora = [row for row in rows("sephora-disclosed/reviews") if row["review_text_without_disclosure"]]
    promotional = reading(model, [row["review_text_without_disclosure"] for row in sephora]).promotional
    bought = np.array([bool(row["disclosed_incentive"]) for row in sephora])
    say("Sephora without its disclosure: promotional, AUC", area(promotional, bought), len(sephora))


def main() -> None:
    """Prints one line per measure."""
    model = load_model(sys.argv[1] if len(sys.argv) > 1 else None)
    for part in (judged, found, tongues, moods, messages):
        part(model)


if __name__ == "__main__":
    main()
