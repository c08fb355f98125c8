"""Urgency, effort and feelings are told where words name them, in seven languages; most texts have none."""

from __future__ import annotations

from types import ModuleType

import pytest

from touchstone.core.tables import INTERACTION, conform
from touchstone.core.taxonomy import Taxonomy
from touchstone.language.model import HEADS, load
from touchstone.understand import effort, emotion, promotion, urgency
from touchstone.understand._pass import read

COMPILED = load().compile(Taxonomy("none", ()))
pytestmark = pytest.mark.skipif(
    not COMPILED.model.arrays["head_words"][:, HEADS.index("urgency")].any(), reason="a model built before these heads"
)
URGENT = (
    "Please help, this is urgent, my flight leaves in two hours.",
    "C'est urgent, merci de me rappeler au plus vite.",
    "Es urgente, necesito una respuesta lo antes posible.",
    "Es ist dringend, bitte melden Sie sich umgehend bei mir.",
    "È urgente, vi prego di rispondere il prima possibile.",
    "É urgente, preciso de uma resposta o mais rápido possível.",
    "Het is dringend, graag zo snel mogelijk een antwoord.",
)
HARD = (
    "I had to call five times and repeat myself again and again.",
    "J'ai dû appeler plusieurs fois, un vrai parcours du combattant.",
    "Tuve que llamar varias veces y fue muy complicado.",
    "Ich musste mehrmals anrufen, alles war sehr umständlich.",
    "Ho dovuto chiamare più volte, è tutto molto complicato.",
    "Tive que ligar várias vezes, foi tudo muito complicado.",
    "Ik moest meerdere keren bellen, het was erg ingewikkeld.",
)
EASY = (
    "Booking was very easy and the whole process was seamless.",
    "L'inscription est très simple et intuitive.",
    "Fue muy fácil y rápido, sin complicaciones.",
    "Die Buchung war sehr einfach und völlig unkompliziert.",
    "Prenotare è stato molto facile, senza complicazioni.",
    "Foi muito fácil e prático, sem burocracia.",
    "Het was heel makkelijk en zonder gedoe geregeld.",
)
FELT = {
    "anger": ("I am furious, this is a disgrace!", "C'est scandaleux, une honte !", "Estoy indignado, una vergüenza.",
              "Eine Frechheit, ich bin wütend.", "Una vergogna, sono furioso.", "Um absurdo, estou revoltado.",
              "Schandalig, ik ben woedend."),
    "sadness": ("I am so disappointed, what a shame.", "Je suis très déçue, quel dommage.", "Qué decepción, una pena.",
                "Ich bin sehr enttäuscht, schade.", "Sono molto deluso, peccato.", "Fiquei muito decepcionada.",
                "Ik ben heel teleurgesteld, erg jammer."),
    "joy": ("We loved it, I am so happy!", "Je suis ravie, que du bonheur !", "Estoy encantada, me encantó.",
            "Ich bin total begeistert, eine Freude.", "Sono felicissima, un piacere.", "Adorei, estou feliz!",
            "Ik ben dolblij en heb genoten."),
    "fear": ("I am worried and afraid that it is not safe.", "Je suis inquiète, cela me fait peur.",
             "Estoy preocupada, me da miedo.", "Ich bin besorgt und habe Angst.", "Sono preoccupata, ho paura.",
             "Estou preocupado e com medo.", "Ik ben ongerust en bang."),
    "surprise": ("I was pleasantly surprised, wow.", "J'ai été agréablement surpris.", "Me quedé sorprendido.",
                 "Ich war angenehm überrascht.", "Sono rimasta piacevolmente sorpresa.", "Fiquei surpreso.",
                 "Ik was aangenaam verrast."),
    "trust": ("I trust them completely, they are honest.", "On peut leur faire confiance, ils sont honnêtes.",
              "Son de confianza y muy honestos.", "Ich habe volles Vertrauen, sie sind ehrlich.",
              "Mi fido di loro, sono onesti.", "São honestos e de confiança.", "Ze zijn eerlijk en betrouwbaar."),
}  # fmt: skip
PLAIN = (
    "The car was delivered on Tuesday.",
    "We ordered two coffees and a sandwich.",
    "The room is on the third floor, next to the lift.",
    "Le magasin ouvre à neuf heures.",
    "Das Zimmer liegt im dritten Stock.",
    "El hotel tiene cien habitaciones.",
)
NOT_FELT = (
    ("I was not disappointed at all.", "sadness"),
    ("No worries, nothing to worry about.", "fear"),
    ("I don't trust this company.", "trust"),
    ("We were not happy with the room.", "joy"),
    ("No rush, whenever you find the time.", "urgent"),
    ("It was not easy to find.", "low"),
)


def labels(part: ModuleType, text: str) -> set[str]:
    """What a part tells of one text."""
    rows = part.understand(read(conform([{"id": "a", "text": text}], INTERACTION), COMPILED)).to_pylist()
    assert all(row["score"] >= 0.5 and 0 <= row["probability"] <= 1 for row in rows if row["layer"] != "promotion")
    return {row["label"] for row in rows}


@pytest.mark.parametrize("text", URGENT)
def test_what_presses_for_time_is_urgent(text: str):
    assert labels(urgency, text) == {"urgent"}


@pytest.mark.parametrize("text", HARD)
def test_trouble_is_high_effort(text: str):
    assert "high" in labels(effort, text)


@pytest.mark.parametrize("text", EASY)
def test_what_went_by_itself_is_low_effort(text: str):
    assert labels(effort, text) == {"low"}


@pytest.mark.parametrize(("feeling", "text"), [(name, text) for name, texts in FELT.items() for text in texts])
def test_a_feeling_that_is_named_is_told(feeling: str, text: str):
    assert feeling in labels(emotion, text)


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("part", [effort, emotion, promotion, urgency])
def test_plain_statements_have_no_rows(part: ModuleType, text: str):
    assert labels(part, text) == set()


@pytest.mark.parametrize(("text", "wrong"), NOT_FELT)
def test_what_is_denied_is_not_told(text: str, wrong: str):
    assert wrong not in labels(urgency, text) | labels(effort, text) | labels(emotion, text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I received this product for free in exchange for my honest review.", "disclosed"),
        ("Produit reçu gratuitement en échange d'un avis honnête.", "disclosed"),
        ("Recibí este producto gratis a cambio de una reseña honesta.", "disclosed"),
        ("Ich habe das Produkt kostenlos zum Testen erhalten, im Gegenzug für eine ehrliche Meinung.", "disclosed"),
        ("Ho ricevuto questo prodotto in cambio di una recensione onesta.", "disclosed"),
        ("Recebi este produto em troca de uma avaliação honesta.", "disclosed"),
        ("Gratis ontvangen in ruil voor een eerlijke review.", "disclosed"),
        ("Use my code SAVE20 at checkout for 20 % off, link in bio!", "coupon"),
        ("Mit meinem Code gibt es 10 % Rabatt, jetzt bestellen!", "coupon"),
        ("I work for this brand and our team of experts is proud to offer the best service.", "insider"),
    ],
)
def test_promotion_says_its_reason(text: str, reason: str):
    assert {"promotional", reason} <= labels(promotion, text)


def test_free_breakfast_and_a_gift_are_nobodys_reward():
    for text in ("The complimentary breakfast was fine.", "I got this as a birthday gift from my sister.",
                 "I received the wrong item and want a refund."):  # fmt: skip
        assert labels(promotion, text) == set()
