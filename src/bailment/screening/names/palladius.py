# ruff: noqa: RUF001 - a table from Cyrillic to Latin letters holds letters that look alike
"""Palladius's system, in which Russian writes Chinese: its syllables, with the pinyin of each.

The table is put together from initials and finals; combinations that Chinese does not have do no harm,
because no name holds them.
"""

from bailment.screening.names.tables import mapped

_INITIALS = mapped("""
б:b п:p м:m ф:f д:d т:t н:n л:l г:g к:k х:h цз:z ц:c с:s чж:zh ч:ch ш:sh ж:r
""")
_PALATAL = {"цз": "j", "ц": "q", "с": "x"}
_FINALS = mapped("""
а:a о:o э:e ай:ai эй:ei ао:ao оу:ou ань:an энь:en ан:ang эн:eng ун:ong у:u уа:ua уай:uai уй:ui
уань:uan унь:un уан:uang ы:i и:i
""")
_PALATAL_FINALS = mapped("""
и:i я:ia е:ie яо:iao ю:iu янь:ian инь:in ян:iang ин:ing юн:iong юй:u юэ:ue юань:uan юнь:un
""")
_ALONE = mapped("""
а:a ай:ai ань:an ан:ang ао:ao э:e эй:ei энь:en эр:er и:yi я:ya е:ye яо:yao ю:you янь:yan инь:yin
ян:yang ин:ying юн:yong юй:yu юэ:yue юань:yuan юнь:yun у:wu ва:wa вай:wai вань:wan ван:wang вэй:wei
вэнь:wen вэн:weng во:wo хуа:hua хуэй:hui хой:hui го:guo ко:kuo хо:huo до:duo то:tuo ло:luo но:nuo
цзо:zuo цо:cuo со:suo чжо:zhuo чо:chuo шо:shuo жо:ruo
""")
# Everyday Russian writes the plain e after a consonant where the system has the open one.
PALLADIUS = {
    **{a + b: _INITIALS[a] + _FINALS[b] for a in _INITIALS for b in _FINALS},
    **{a + b: _INITIALS[a] + _PALATAL_FINALS[b] for a in "бпмднтл" for b in _PALATAL_FINALS},
    **{a + b: _PALATAL[a] + _PALATAL_FINALS[b] for a in _PALATAL for b in _PALATAL_FINALS},
    **_ALONE,
    "вей": "wei",
    "вен": "weng",
    "хуэ": "hue",
}
