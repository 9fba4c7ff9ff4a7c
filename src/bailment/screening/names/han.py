"""How a Han name is read: split into known words and the rest, and the rest spelled in Latin letters.

Known words come first, the longest at each place: legal forms, places, generic words, brands. What is left
between them is taken as the distinctive part and read as pinyin, with every reading of a character that has
several (长 is chang and zhang). The older spellings of the same sounds (Wade-Giles) and the Cantonese ones of
Hong Kong stand beside the pinyin, because that is how such companies registered.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from anyascii import anyascii

from bailment.screening.names.han_known import COMPOUND, ENGLISH, KNOWN
from bailment.screening.names.han_words import GENERIC
from bailment.screening.names.legal_form_words import HAN as FORMS
from bailment.screening.names.places import HAN_PLACES
from bailment.screening.names.tables import mapped, several
from bailment.screening.names.traditional import SIMPLIFY

_MOST_READINGS = 16

# Characters of names that are read in more than one way; the rest has the one that anyascii gives.
_READINGS = several("""
长:chang/zhang 重:chong/zhong 行:xing/hang 厦:xia/sha 乐:le/yue 单:shan/dan 曾:zeng/ceng
解:jie/xie 朝:chao/zhao 传:chuan/zhuan 藏:zang/cang 都:du/dou 调:diao/tiao 翟:zhai/di 查:cha/zha
柏:bai/bo 率:lv/shuai 绿:lv/lu/lyu 吕:lv/lu/lyu 旅:lv/lu/lyu 律:lv/lu/lyu 女:nv/nu/nyu 略:lve/lue
朴:pu/piao 尉:wei/yu 弹:tan/dan 晟:sheng/cheng 拓:tuo/ta 隽:jun/juan 泊:bo/po 地:di 勒:le/lei 镐:hao/gao
莘:xin/shen 鹄:hu/gu 宿:su/xiu 贾:jia/gu 覃:qin/tan 牟:mou/mu 仇:qiu/chou 浒:hu/xu
""")
# How the characters that Hong Kong companies like are spelled there: usage, not a romanisation system.
_CANTONESE = several("""
永:wing 安:on 长:cheung 江:kong 新:sun 鸿:hung 基:kai/kee/kei 恒:hang 生:sang/seng 周:chow 大:tai
福:fook/fuk 李:lee/li 锦:kam 记:kee 陈:chan 黄:wong 林:lam 张:cheung 国:kwok 利:lee/li 丰:fung 兴:hing
荣:wing 华:wah/wa 信:shun 昌:cheong 成:shing/sing 盛:shing/sing 宝:po/bo 金:kam 龙:lung 凤:fung
明:ming 光:kwong 泰:tai 和:wo 合:hop 德:tak 义:yee 发:fat 富:fu 东:tung 南:nam 北:pak 中:chung 西:sai
天:tin 海:hoi 山:shan 美:mei 星:sing 环:wan 球:kau 建:kin 业:yip 文:man 英:ying 伟:wai 志:chi 强:keung
家:ka 益:yick/yik 顺:shun 联:luen 力:lik 亚:ah/a 远:yuen 源:yuen 有:yau 裕:yue 民:man 埔:po 会:wui
太:tai 古:koo 九:kowloon/kau 仓:chong 铁:tit 置:chi 地:dei 隆:lung 创:chong 嘉:ka 里:lee 鹰:ying
君:kwan 瑞:sui 百:pak 佳:kai 万:man 宁:ning 道:to 宏:wang 亿:yik 京:king 才:choi 财:choi 鹏:pang 辉:fai
耀:yiu 达:tat 胜:sing 庆:hing 祥:cheung 吉:kat 运:wan 通:tung 高:ko 立:lap 正:ching 方:fong 圆:yuen
人:yan 先:sin 进:chun 思:sze 捷:tsit/chit 汇:wui 丽:lai 晨:san 晶:ching 苑:yuen 欧:au 马:ma 何:ho
""")
_WADE_INITIALS = mapped("""
zh:ch ch:ch sh:sh z:ts c:ts j:ch q:ch x:hs b:p d:t g:k r:j
""")
_WADE_FINALS = mapped("""
iong:iung ong:ung ian:ien yan:yen ye:yeh ie:ieh yue:yueh ue:ueh you:yu uo:o hua:hwa si:ssu
kuai:kuai
""")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a Han name: what it `is` (form, place, generic, english, name), and its readings.

    For a place the readings are its key, for a generic word its concepts, for `english` the words, for a
    `name` other names first and then the pinyin.
    """

    shown: str
    what: str
    readings: tuple[str, ...]
    spelled: str = ""


def _dictionary() -> dict[str, tuple[str, tuple[str, ...]]]:
    known: dict[str, tuple[str, tuple[str, ...]]] = {}
    known.update((word, ("generic", (concept,))) for word, concept in GENERIC.items())
    known.update((word, ("name", names)) for word, names in KNOWN.items() if word not in COMPOUND)
    known.update((word, ("english", english)) for word, english in ENGLISH.items())
    known.update((word, ("place", (place,))) for word, place in HAN_PLACES.items())
    known.update((word.translate(SIMPLIFY), ("form", ())) for word in FORMS)
    return known


# "上虞区": a place that no table has is told by the word for its kind after it.
_DIVISION = re.compile(r"([^市县区镇省]{2,3})(?:自治)?[市县区镇省](?=..)")

_KNOWN = _dictionary()
_LONGEST = max(map(len, _KNOWN))


def simplify(text: str) -> str:
    """Return Han text with the traditional characters of the table made simplified."""
    return text.translate(SIMPLIFY)


def pieces(text: str) -> Iterator[Piece]:
    """Yield the parts of a run of Han characters in order."""
    text = simplify(text)
    at, unknown, after_known = 0, "", False
    while at < len(text):
        size = _known_at(text, at, alone=after_known and not unknown)
        if size == 2 and _straddles(text, at):
            size = 0
        if not size and not unknown and (place := _division_at(text, at)):
            yield Piece(place, "place", (spell(place),), spell(place))
            at, after_known = at + len(place), True
            continue
        if not size:
            unknown += text[at]
            at += 1
            continue
        if unknown:
            yield _name(unknown, (), text[at : at + 1] if text[at : at + 3] == "微电子" else "")
        what, readings = _KNOWN[text[at : at + size]]
        shown = text[at : at + size]
        yield _name(shown, readings) if what == "name" else Piece(shown, what, readings, spell(shown))
        unknown, after_known, at = "", True, at + size
    if unknown:
        yield _name(unknown, ())


def _known_at(text: str, at: int, *, alone: bool) -> int:
    """Return how long the longest known word is here; one character counts only right after another word."""
    for size in range(min(_LONGEST, len(text) - at), 0, -1):
        if (size > 1 or alone) and text[at : at + size] in _KNOWN:
            return size
    return 0


def _straddles(text: str, at: int) -> bool:
    """Tell whether the two characters here are known by chance, the second beginning the true word.

    In "龙芯|中|科|技术" the characters 科技 are a word, but would leave 术 alone, where 技术 leaves nothing.
    """
    if at + 2 >= len(text) or _known_at(text, at + 2, alone=True):
        return False
    later = _known_at(text, at + 1, alone=False)
    end = at + 1 + later
    return later >= 2 and (end == len(text) or bool(_known_at(text, end, alone=True)))


def _division_at(text: str, at: int) -> str:
    """Return the name of a city or district that the tables lack, or ""."""
    found = _DIVISION.match(text, at)
    if not found or any(_known_at(text, place, alone=False) for place in range(at, found.end(1))):
        return ""
    return found[1]


def spell(text: str) -> str:
    """Return the pinyin of Han text without tones, each character in its commonest reading."""
    return "".join(_syllables(each)[0] for each in text)


def pinyin(text: str) -> Iterator[str]:
    """Yield the pinyin of Han text without tones, in up to sixteen readings, the commonest first."""
    return islice(map("".join, product(*map(_syllables, text))), _MOST_READINGS)


def _name(shown: str, names: tuple[str, ...], after: str = "") -> Piece:
    # "纳芯|微电子" may be microelectronics of Naxin or electronics of Naxinwei.
    readings = dict.fromkeys((*names, *_spellings(shown), *(pinyin(shown + after) if after else ())))
    return Piece(shown, "name", tuple(readings), spell(shown))


@lru_cache(maxsize=10_000)
def _syllables(character: str) -> tuple[str, ...]:
    # A character that has no reading is its own.
    return _READINGS.get(character) or (anyascii(character).lower().strip() or character,)


def _spellings(text: str) -> Iterator[str]:
    """Yield pinyin readings, then the Wade-Giles spelling, then the Cantonese ones if each sound is known."""
    yield from pinyin(text)
    yield "".join(_wade(_syllables(each)[0]) for each in text)
    if len(text) > 1 and all(each in _CANTONESE for each in text):
        yield from islice(map("".join, product(*(_CANTONESE[each] for each in text))), _MOST_READINGS)


def _wade(syllable: str) -> str:
    """Return a pinyin syllable in Wade-Giles letters, without the marks that names leave out."""
    for ending, old in _WADE_FINALS.items():
        if syllable.endswith(ending):
            syllable = syllable.removesuffix(ending) + old
            break
    for beginning, old in _WADE_INITIALS.items():
        if syllable.startswith(beginning):
            return old + syllable.removeprefix(beginning)
    return syllable
