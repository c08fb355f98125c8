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


def main() -> None:
    """Prints one line per set."""
    model = load_model(sys.argv[1] if len(sys.argv) > 1 else None)

    def say(what: str, figure: float, count: int) -> None:
        print(f"{what:62s} {figure:6.3f}  n={count}")

    score, count, confusion = polarity_given(model, parse(MAMS), mams())
    say("MAMS, held apart: polarity of given touchpoints", score, count)
    print(confusion)
    taxonomy = parse(RESTAURANT)
    score, count, confusion = polarity_given(model, taxonomy, [each for each in restaurants() if each[1]])
    say("restaurants-2016 polarity of given touchpoints, never taught", score, count)
    print(confusion)
    data = [(text, {name for name, _ in pairs}) for text, pairs in restaurants()]
    say("restaurants-2016 touchpoints from the taxonomy alone, F1", *zero_shot(model, taxonomy, data))
    five = parse(FOUR)
    fourteen = [
        (row["text"], {each["category"] for each in row["aspectCategories"]} - {"anecdotes/miscellaneous"})
        for row in rows("semeval-absa/rest14_train")
    ]
    say("restaurants-2014 four touchpoints from the taxonomy alone, F1", *zero_shot(model, five, fourteen))
    cars = parse(CARS)
    data = [
        (row["Review"], [(name, "positive" if row[name] > 0 else "negative") for name in cars.names if row[name]])
        for row in rows("car-reviews/edmunds_aspects_manual")
    ]
    say(
        "car reviews: nine touchpoints from the taxonomy alone, F1",
        *zero_shot(model, cars, [(t, {n for n, _ in p}) for t, p in data]),
    )
    score, count, confusion = polarity_given(model, cars, [each for each in data if each[1]])
    say("car reviews: polarity of given touchpoints", score, count)
    print(confusion)
    airline = [row for row in rows("skytrax-2015/airline") if row["content"] and row["recommended"] in (0, 1)]
    mood = reading(model, [row["content"] for row in airline]).text_sentiment
    say(
        "skytrax airlines: sentiment against `recommended`, AUC",
        area(mood, np.array([row["recommended"] == 1 for row in airline])),
        len(airline),
    )
    bank = [row for row in rows("bank-branch-reviews/reviews") if row["review_text"] and row["rating"] != 3]
    mood = reading(model, [row["review_text"] for row in bank]).text_sentiment
    good = np.array([row["rating"] > 3 for row in bank])
    say("bank branches (French): sentiment against rating, AUC", area(mood, good), len(bank))
    say("bank branches (French): sign against rating, accuracy", float(((mood > 0) == good).mean()), len(bank))
    tweets = rows("twitter-us-airline-sentiment/tweets")
    held = reading(model, [row["text"] for row in tweets])
    mood = held.text_sentiment
    sides = np.array([row["airline_sentiment"] for row in tweets])
    told = np.where(mood > 0.2, "positive", np.where(mood < -0.2, "negative", "neutral"))
    say("airline tweets: three-way sentiment, accuracy", float((told == sides).mean()), len(tweets))
    sided = sides != "neutral"
    say(
        "airline tweets: positive against negative, AUC",
        area(mood[sided], sides[sided] == "positive"),
        int(sided.sum()),
    )
    for name in ("semeval2019-suggestion-mining/train_forum", "semeval2019-suggestion-mining/trial_b_hotels"):
        data_s = rows(name)
        score_s = reading(model, [row["sentence"] for row in data_s]).kinds[:, 1]
        truth = np.array([int(row["label"]) for row in data_s]) == 1
        yes = score_s >= 0.5
        say(f"{name}: suggestions, F1", 2 * (yes & truth).sum() / (yes.sum() + truth.sum()), len(data_s))
    sephora = [row for row in rows("sephora-disclosed/reviews") if row["review_text_without_disclosure"]]
    promotional = reading(model, [row["review_text_without_disclosure"] for row in sephora]).promotional
    say(
        "Sephora without its disclosure: promotional, AUC",
        area(promotional, np.array([bool(row["disclosed_incentive"]) for row in sephora])),
        len(sephora),
    )
    bank_read = reading(model, [row["review_text"] for row in bank], load("bank_branch"))
    say("bank branches: share of texts with a mention", len(np.unique(bank_read.mentions.text)) / len(bank), len(bank))
    say(
        "bank branches: language told as French",
        float(np.mean([each == "fr" for each in bank_read.language])),
        len(bank),
    )


if __name__ == "__main__":
    main()
