"""The words that rules about sentences know."""

from __future__ import annotations


def words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# each followed by a name, so never the last word
TITLES = words(
    "mr mrs ms mx dr prof gen sen rep reps sens gov lt col maj capt cmdr cpl sgt pvt pfc adm rev hon messrs mme mlle "
    "pres supt det insp vs v e.g i.e cf viz ph brig comdr ald atty amb asst ens"
)
# a number follows, or they are words: "no", "art", "Sun"
NUMBERED = words(
    "no nos nr vol vols pp p fig figs art arts sec ch chap para pt ext tel c ca est approx "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun"
)
# may be the last word; if so, what follows is a word that opens sentences
CLOSERS = words(
    "Inc Corp Co Cos Cie Ltd Bros Jr Sr St Ste Ave Blvd Rd Ft Mt Dept Univ Assn Intl Natl Fr al "
    "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn "
    "Tenn Tex Va Vt Wash Wis Wyo Ont Que Alta"
)
# a letter after one of these is no initial
LETTERED = words("group plan vitamin hepatitis class grade type schedule appendix exhibit section phase building gate")
NAMES = frozenset(("Yahoo", "Jeopardy"))  # written with an exclamation mark
OPENERS = words(
    "The A An In On At But And He She It They We I You This That These Those There His Her Its Their Our My As If When "
    "While After Before Since For From With By To Although Though However Also Meanwhile Some Many Most Both Each All "
    "No Not What Who Why How Where Which Or So Yet Then Now Here Under Among Despite During According Because Once Did "
    "Until Unlike Separately Earlier Later Still Even Only Such Other Others Another Several Few Since Through Without "
    "Asked Nearly About Over More Than Just Instead Perhaps Last Next Mr Mrs Ms Analysts Officials Do Does Is "
    "Are Was Were Will Would Can Could Should Have Has Had Let Please Yes Every Any One Two Three"
)
ZONES = words(
    "GMT UTC ET EST EDT CT CST CDT MT MST MDT PT PST PDT BST CET CEST IST JST KST Eastern Central Mountain Pacific "
    "Greenwich Moscow Jan Feb March April May June July Aug Sept Oct Nov Dec January February August September October "
    "November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
)
