"""What each flag means in one sentence, English and Dutch (level B1); the checks: docs/quality-control.md."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "missing": ("There is no measurement.", "Er is geen meting."),
    "range": (
        "The sensor reports a value that it cannot measure.",
        "De sensor meldt een waarde die hij niet kan meten.",
    ),
    "stuck": ("The sensor repeats the same value for too long.", "De sensor herhaalt te lang dezelfde waarde."),
    "spike": (
        "The value jumps up or down and is back at once.",
        "De waarde springt omhoog of omlaag en is meteen weer terug.",
    ),
    "rate": ("The value changes faster than air usually does.", "De waarde verandert sneller dan lucht meestal doet."),
    "humidity_high": (
        "The air is very humid: water on particles counts as dust.",
        "De lucht is erg vochtig: water op deeltjes telt mee als stof.",
    ),
    "condensation": (
        "There is fog or dew: the sensor may see drops.",
        "Er is mist of dauw: de sensor ziet misschien druppels.",
    ),
    "channel_disagreement": (
        "Two sensors in one box do not agree.",
        "Twee sensoren in één kastje zijn het niet eens.",
    ),
    "neighbour": (
        "The value differs much from stations nearby.",
        "De waarde wijkt veel af van stations in de buurt.",
    ),
    "time_received": (
        "The station sent no usable time: the time of arrival is used.",
        "Het station stuurde geen bruikbare tijd: we gebruiken de tijd van ontvangst.",
    ),
    "clock_offset": ("The station's clock is wrong.", "De klok van het station loopt verkeerd."),
    "duplicate_clock": (
        "The station sent two values for one time.",
        "Het station stuurde twee waarden voor één tijdstip.",
    ),
    "moved": ("The station seems to have been moved.", "Het station lijkt te zijn verplaatst."),
    "drift": ("The sensor slowly goes off.", "De sensor gaat langzaam afwijken."),
    "extrapolated": (
        "The calibration has not seen such values: the interval is wider.",
        "De kalibratie heeft zulke waarden nog niet gezien: het interval is breder.",
    ),
    "calibration_held": (
        "The calibration is old, because official values are away: the interval grows.",
        "De kalibratie is oud, want officiële waarden ontbreken: het interval groeit.",
    ),
    "calibration_prior": (
        "The sensor is new: the calibration of its siblings is used.",
        "De sensor is nieuw: we gebruiken de kalibratie van dezelfde soort sensoren.",
    ),
    "not_calibrated": ("There is no calibration for this value.", "Er is geen kalibratie voor deze waarde."),
    "few_references": (
        "Fewer than two official stations could be used.",
        "Minder dan twee officiële stations waren bruikbaar.",
    ),
    "episode": (
        "Many stations see these high values: they are real air.",
        "Veel stations zien deze hoge waarden: het is echt zo.",
    ),
    "local_event": (
        "Only this station sees it: a fire or a barbecue close by, for example.",
        "Alleen dit station ziet het: bijvoorbeeld een vuur of barbecue dichtbij.",
    ),
    "late": ("The value arrived late.", "De waarde kwam te laat binnen."),
    "short_window": (
        "The calibration has learnt from a few days only.",
        "De kalibratie heeft nog maar van een paar dagen geleerd.",
    ),
    "low_capture": (
        "Too few measurements for a good mean.",
        "Te weinig metingen voor een goed gemiddelde.",
    ),
    "no_skill": (
        "This sensor says too little about the air to give a value.",
        "Deze sensor zegt te weinig over de lucht om een waarde te geven.",
    ),
    "zero": ("The sensor reports exactly zero for too long.", "De sensor meldt te lang precies nul."),
    "paused": (
        "The owner has paused the station: its measurements are kept, but not used.",
        "De eigenaar heeft het station gepauzeerd: we bewaren de metingen, maar gebruiken ze niet.",
    ),
    "new_segment": (
        "Something changed at the station: the calibration learns anew from then on.",
        "Er is iets veranderd aan het station: de kalibratie leert vanaf dat moment opnieuw.",
    ),
}
