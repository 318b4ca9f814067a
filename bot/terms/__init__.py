"""Words and stems, by which rooms compare texts, and the proper names a text speaks of.

Laws: a word means the same in every room (one splitter, one stemmer, one list of stop words); answers depend on the
text alone; any thread may call. A text of another language than English comes with its language.
"""

from bot.terms.proper import names
from bot.terms.stemming import findable, is_stop, pieces, signs, stem, stems, words, written

__all__ = ["findable", "is_stop", "names", "pieces", "signs", "stem", "stems", "words", "written"]
