"""What our own surveys say, in each of their languages: questions of the ready kinds, and the page around them."""

from __future__ import annotations

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
"""Languages in which ready surveys and the pages around all of them are written."""

Said = dict[str, str]


def said(en: str, de: str, fr: str, es: str) -> Said:
    """One text in all languages."""
    return {"en": en, "de": de, "fr": fr, "es": es}


MAIN = {
    "nps": said(
        "How likely are you to recommend us to a friend or colleague?",
        "Wie wahrscheinlich ist es, dass Sie uns einem Freund oder Kollegen weiterempfehlen?",
        "Quelle est la probabilité que vous nous recommandiez à un proche ou à un collègue ?",
        "¿Qué probabilidad hay de que nos recomiende a un amigo o colega?",
    ),
    "csat": said(
        "How satisfied are you?", "Wie zufrieden sind Sie?", "Êtes-vous satisfait ?", "¿Qué tan satisfecho está?"
    ),
    "ces": said(
        "It was easy to get my matter done.",
        "Es war leicht, mein Anliegen zu erledigen.",
        "Il m’a été facile de régler ma demande.",
        "Me resultó fácil resolver mi asunto.",
    ),
    "rating": said(
        "How do you rate your experience?",
        "Wie bewerten Sie Ihre Erfahrung?",
        "Comment évaluez-vous votre expérience ?",
        "¿Cómo valora su experiencia?",
    ),
}
"""The first question of each ready kind."""
ENDS = {
    "nps": (
        said("not at all likely", "sehr unwahrscheinlich", "pas du tout probable", "nada probable"),
        said("extremely likely", "äußerst wahrscheinlich", "très probable", "muy probable"),
    ),
    "csat": (
        said("very dissatisfied", "sehr unzufrieden", "très insatisfait", "muy insatisfecho"),
        said("very satisfied", "sehr zufrieden", "très satisfait", "muy satisfecho"),
    ),
    "ces": (
        said("strongly disagree", "stimme gar nicht zu", "pas du tout d’accord", "muy en desacuerdo"),
        said("strongly agree", "stimme voll zu", "tout à fait d’accord", "muy de acuerdo"),
    ),
    "rating": (
        said("poor", "schlecht", "mauvaise", "mala"),
        said("excellent", "ausgezeichnet", "excellente", "excelente"),
    ),
}
"""What the ends of each scale mean."""
BETTER = said(
    "What should we do better?",
    "Was sollen wir besser machen?",
    "Que devrions-nous améliorer ?",
    "¿Qué deberíamos mejorar?",
)
GOOD = said(
    "What did you like most?",
    "Was hat Ihnen am besten gefallen?",
    "Qu’avez-vous le plus apprécié ?",
    "¿Qué fue lo que más le gustó?",
)
SETTLED = said(
    "You told us what went wrong, and we answered. How satisfied are you now?",
    "Sie haben uns gesagt, was nicht gut war, und wir haben geantwortet. Wie zufrieden sind Sie jetzt?",
    "Vous nous avez dit ce qui n’allait pas, et nous avons répondu. Êtes-vous satisfait maintenant ?",
    "Nos contó qué salió mal y le respondimos. ¿Qué tan satisfecho está ahora?",
)
UNSETTLED = said("What is still not right?", "Was ist noch nicht gut?", "Qu’est-ce qui ne va pas encore ?",
                 "¿Qué sigue sin estar bien?")  # fmt: skip
TOLD = said(
    "Who told you about us?",
    "Wer hat Ihnen von uns erzählt?",
    "Qui vous a parlé de nous ?",
    "¿Quién le habló de nosotros?",
)
TELLERS = {
    "person": said("Somebody I know", "Jemand, den ich kenne", "Quelqu’un que je connais", "Alguien que conozco"),
    "advertisement": said("An advertisement", "Eine Anzeige oder Werbung", "Une publicité", "Un anuncio"),
    "review": said(
        "A review or a forum", "Eine Bewertung oder ein Forum", "Un avis ou un forum", "Una reseña o un foro"
    ),
    "coupon": said(
        "A coupon or an offer", "Ein Gutschein oder Angebot", "Un bon ou une offre", "Un cupón o una oferta"
    ),
    "other": said("Something else", "Etwas anderes", "Autre chose", "Otra cosa"),
}
"""What a question of kind `told` may be answered with."""
PAGE = {
    "send": said("Send", "Absenden", "Envoyer", "Enviar"),
    "thanks": said("Thank you.", "Vielen Dank.", "Merci.", "Gracias."),
    "kept": said(
        "Your answer has been kept. You may close this page.",
        "Ihre Antwort ist angekommen. Sie können diese Seite schließen.",
        "Votre réponse a été enregistrée. Vous pouvez fermer cette page.",
        "Su respuesta ha sido registrada. Puede cerrar esta página.",
    ),
    "before": said(
        "You have answered already. Thank you.",
        "Sie haben bereits geantwortet. Vielen Dank.",
        "Vous avez déjà répondu. Merci.",
        "Ya ha respondido. Gracias.",
    ),
    "closed": said(
        "This survey is closed.",
        "Diese Umfrage ist beendet.",
        "Cette enquête est terminée.",
        "Esta encuesta está cerrada.",
    ),
    "gone": said(
        "There is no survey here.",
        "Hier gibt es keine Umfrage.",
        "Il n’y a pas d’enquête ici.",
        "Aquí no hay ninguna encuesta.",
    ),
    "later": said(
        "Too many answers came from your network. Try again in a few minutes.",
        "Aus Ihrem Netz kamen zu viele Antworten. Versuchen Sie es in einigen Minuten erneut.",
        "Trop de réponses viennent de votre réseau. Réessayez dans quelques minutes.",
        "Llegaron demasiadas respuestas desde su red. Inténtelo en unos minutos.",
    ),
    "old": said(
        "This page was open for too long. Please send it again.",
        "Diese Seite war zu lange offen. Bitte senden Sie sie noch einmal ab.",
        "Cette page est restée ouverte trop longtemps. Veuillez l’envoyer de nouveau.",
        "Esta página estuvo abierta demasiado tiempo. Envíela de nuevo.",
    ),
    "wrong": said(
        "Please look at what is marked.",
        "Bitte sehen Sie sich das Markierte an.",
        "Veuillez vérifier ce qui est signalé.",
        "Revise lo que está marcado.",
    ),
    "needed": said(
        "Please answer this.", "Bitte beantworten Sie dies.", "Veuillez répondre ici.", "Responda a esta pregunta."
    ),
    "outside": said(
        "Choose one of the answers.",
        "Wählen Sie eine der Antworten.",
        "Choisissez une des réponses.",
        "Elija una de las respuestas.",
    ),
    "long": said(
        "That is too long: 5,000 characters at most.",
        "Das ist zu lang: höchstens 5.000 Zeichen.",
        "C’est trop long : 5 000 caractères au plus.",
        "Es demasiado largo: 5.000 caracteres como máximo.",
    ),
    "words": said("In your own words", "In Ihren eigenen Worten", "Avec vos propres mots", "Con sus propias palabras"),
    "who": said("Who or what was it?", "Wer oder was war es?", "Qui ou quoi ?", "¿Quién o qué fue?"),
    "maybe": said("may be left out", "kann wegbleiben", "facultatif", "opcional"),
    "language": said("Language", "Sprache", "Langue", "Idioma"),
    "survey": said("A short survey", "Eine kurze Umfrage", "Une courte enquête", "Una encuesta breve"),
    "stop": said(
        "Do not ask me again.",
        "Bitte nicht mehr fragen.",
        "Ne plus me demander.",
        "No vuelvan a preguntarme.",
    ),
    "subject": said("How was it?", "Wie war es?", "Comment était-ce ?", "¿Qué tal fue?"),
    "mail": said(
        "Would you tell us how it was? It takes a minute:\n\n{link}\n\n"
        "The link is yours alone. On its page you can also say that we should not ask again.",
        "Sagen Sie uns, wie es war? Es dauert eine Minute:\n\n{link}\n\n"
        "Der Link ist nur für Sie. Auf seiner Seite können Sie auch sagen, dass wir nicht mehr fragen sollen.",
        "Voulez-vous nous dire comment c’était ? Cela prend une minute :\n\n{link}\n\n"
        "Ce lien vous est personnel. Vous pouvez aussi y demander que nous ne vous sollicitions plus.",
        "¿Nos cuenta cómo fue? Le llevará un minuto:\n\n{link}\n\n"
        "El enlace es solo para usted. En su página también puede pedir que no volvamos a preguntarle.",
    ),
    "settled": said("Is it settled?", "Ist es erledigt?", "Est-ce réglé ?", "¿Está resuelto?"),
    "settled_mail": said(
        "You told us what went wrong, and we answered. Is it settled for you? It takes a minute:\n\n{link}\n\n"
        "The link is yours alone. On its page you can also say that we should not ask again.",
        "Sie haben uns gesagt, was nicht gut war, und wir haben geantwortet. Ist es für Sie erledigt? Es dauert eine "
        "Minute:\n\n{link}\n\n"
        "Der Link ist nur für Sie. Auf seiner Seite können Sie auch sagen, dass wir nicht mehr fragen sollen.",
        "Vous nous avez dit ce qui n’allait pas, et nous avons répondu. Est-ce réglé pour vous ? Cela prend une "
        "minute :\n\n{link}\n\n"
        "Ce lien vous est personnel. Vous pouvez aussi y demander que nous ne vous sollicitions plus.",
        "Nos contó qué salió mal y le respondimos. ¿Está resuelto para usted? Le llevará un minuto:\n\n{link}\n\n"
        "El enlace es solo para usted. En su página también puede pedir que no volvamos a preguntarle.",
    ),
    "scan": said(
        "Tell us how it was: scan this code.",
        "Sagen Sie uns, wie es war: Scannen Sie diesen Code.",
        "Dites-nous comment c’était : scannez ce code.",
        "Cuéntenos cómo fue: escanee este código.",
    ),
}
"""What the page around the questions says."""
