"""Korean words without their particles and endings, which are closed classes: no dictionary of words is needed.

Takes a folded word, gives its stem. Pure. That a noun loses an end that only looks like a particle ("전문가") does no harm:
question and text lose it alike.
"""

from __future__ import annotations

_PARTICLES = """
은 는 이 가 을 를 의 도 만 에 와 과 로 으로 나 이나 며 이며 고 이고 인 뿐 요 들 들은 들이 들을 들의 들과 들에 들에게
에서 에는 에도 에만 에서는 에서도 에서의 에게 에게는 에게서 께 께서 한테 로는 로도 로의 로서 로서의 로써 로부터
으로는 으로도 으로의 으로서 으로서는 으로서의 으로써 으로부터 으로부터는 과는 과의 와는 와의 하고 랑 이랑 만을 만이 뿐만
까지 까지는 까지도 까지의 부터 부터는 보다 보다는 마다 처럼 만큼 조차 마저 밖에 에서부터
란 이란 라 이라 라는 이라는 라고 이라고 이자 이다 이었다 이었으며 였다 였으며 입니다 예요 이에요
"""
_ENDINGS = """
하다 하는 한 할 함 함을 함은 해 해야 해서 해도 하여 하여야 하고 하며 하면 하면서 하지 하게 하기 하기에 하기를 하기로 하도록
하려는 하려면 한다 한다는 했다 했던 했고 했으며 했습니다 합니다 하세요 하십시오 하였다 하였던 하였고 하였으며 하였습니다
되다 되는 된 될 됨 돼 되어 되어야 되고 되며 되면 되지 된다 된다는 됐다 됩니다 되었다 되었던 되었으며 되었습니다
시키는 시킨 시킬 시켜 시켰다 받는 받은 받을 받아
"""
PARTICLES = frozenset(_PARTICLES.split())
_ENDS = PARTICLES | frozenset(_ENDINGS.split())
_NEVER_PART_OF_A_NOUN = "은는을를에와"
_LAST = frozenset(end[-1] for end in _ENDS)
_LONGEST_END = max(map(len, _ENDS))
_BEGINNINGS = frozenset(end[:length] for end in _ENDS for length in range(1, len(end) + 1))


def stem(word: str) -> str:
    """The word without its longest end. Two characters stay, or one before an end of several; words of two are left alone."""
    length = len(word)
    if length < 3 or word[-1] not in _LAST:
        return word
    for cut in range(min(_LONGEST_END, length - 1), 0, -1):
        if word[-cut:] in _ENDS and length - cut >= (2 if cut == 1 else 1):
            return word[:-cut]
    return word


def whole(word: str, own: str) -> str:
    """`own`, its stem, or the word itself where what was cut may have been part of it, as in "연차휴가"."""
    return word if len(word) - len(own) == 1 and word[-1] not in _NEVER_PART_OF_A_NOUN else own


def certain(beginning: str) -> int:
    """How many of these characters are in the stem of every word that begins so."""
    for cut in range(1, len(beginning)):
        if beginning[cut:] in _BEGINNINGS:
            return cut
    return len(beginning)
