"""Words people rate with, from worst to best, and words that say there is no answer."""

from __future__ import annotations

MISSING = frozenset(
    (
        "n/a", "na", "n.a.", "nan", "null", "none", "nil", "-", "--", "---", ".", "?", "unknown", "missing", "#n/a",
        "#null!", "#value!", "not applicable", "not given", "no opinion", "don't know", "k.a.", "keine angabe",
        "weiß nicht", "sans objet", "s.o.", "non applicable", "nsp", "ne sait pas", "no aplica", "ns/nc", "no sabe",
    )
)  # fmt: skip
"""Cells that say there is no answer, in lower case."""

LADDERS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("very dissatisfied", "extremely dissatisfied", "completely dissatisfied", "tres insatisfait",
         "pas du tout satisfait", "sehr unzufrieden", "muy insatisfecho"),
        ("dissatisfied", "somewhat dissatisfied", "unsatisfied", "insatisfait", "peu satisfait", "unzufrieden",
         "insatisfecho", "eher unzufrieden", "plutot insatisfait"),
        ("neutral", "neither satisfied nor dissatisfied", "neither", "neutre", "ni satisfait ni insatisfait",
         "weder noch", "teils teils", "ni satisfecho ni insatisfecho", "neutro"),
        ("satisfied", "somewhat satisfied", "satisfait", "plutot satisfait", "zufrieden", "eher zufrieden",
            "satisfecho"),
        ("very satisfied", "extremely satisfied", "completely satisfied", "tres satisfait", "tout a fait satisfait",
         "sehr zufrieden", "muy satisfecho"),
    ),
    (
        ("strongly disagree", "pas du tout d'accord", "stimme gar nicht zu", "muy en desacuerdo"),
        ("disagree", "somewhat disagree", "pas d'accord", "plutot pas d'accord", "stimme nicht zu", "en desacuerdo"),
        ("neutral", "neither agree nor disagree", "ni d'accord ni pas d'accord", "teils teils", "neutre", "neutro"),
        ("agree", "somewhat agree", "d'accord", "plutot d'accord", "stimme zu", "de acuerdo"),
        ("strongly agree", "tout a fait d'accord", "stimme voll zu", "muy de acuerdo", "totalmente de acuerdo"),
    ),
    (
        ("very difficult", "very hard", "tres difficile", "sehr schwierig", "muy dificil"),
        ("difficult", "hard", "difficile", "schwierig", "dificil"),
        ("neutral", "neither easy nor difficult", "neutre", "neutro"),
        ("easy", "facile", "einfach", "facil"),
        ("very easy", "tres facile", "sehr einfach", "muy facil"),
    ),
    (
        ("very unlikely", "extremely unlikely", "tres improbable", "sehr unwahrscheinlich", "muy improbable"),
        ("unlikely", "improbable", "unwahrscheinlich"),
        ("neutral", "neither likely nor unlikely", "neutre", "neutro"),
        ("likely", "probable", "wahrscheinlich"),
        ("very likely", "extremely likely", "tres probable", "sehr wahrscheinlich", "muy probable"),
    ),
    (
        ("poor", "mauvais", "schlecht", "malo"),
        ("fair", "passable", "ausreichend", "regular"),
        ("good", "bon", "gut", "bueno"),
        ("very good", "tres bon", "sehr gut", "muy bueno"),
        ("excellent", "ausgezeichnet", "excelente"),
    ),
    (
        ("terrible", "awful", "very bad", "very poor", "tres mauvais", "sehr schlecht", "muy malo", "pesimo",
            "horrible"),
        ("poor", "bad", "mauvais", "schlecht", "malo"),
        ("average", "ok", "okay", "fair", "moyen", "mittel", "regular"),
        ("good", "very good", "bon", "gut", "bueno"),
        ("excellent", "great", "tres bon", "sehr gut", "muy bueno", "excelente"),
    ),
    (
        ("neutral or dissatisfied", "dissatisfied", "not satisfied", "unsatisfied", "insatisfait", "unzufrieden",
         "insatisfecho"),
        ("satisfied", "satisfait", "zufrieden", "satisfecho"),
    ),
    (
        ("no", "n", "false", "f", "non", "nein", "faux", "falsch", "falso", "not recommended", "would not recommend",
         "👎", "thumbs down", "dislike"),
        ("yes", "y", "true", "t", "oui", "ja", "si", "vrai", "wahr", "verdadero", "recommended", "would recommend",
         "👍", "thumbs up", "like"),
    ),
)  # fmt: skip
"""Each ladder from its worst step to its best; one step may be said in several ways. Two steps make a boolean."""
