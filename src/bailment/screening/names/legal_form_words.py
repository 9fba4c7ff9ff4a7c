# ruff: noqa: RUF001 - tables of Cyrillic letters look like Latin ones; that is what they are for
"""Legal forms of companies, as `text.words` leaves their words: small letters, no dots, no marks.

A comma ends a form; a form may be several words, and line ends count as blanks.
"""

from bailment.screening.names.tables import listed

# Forms wherever they stand in a name.
ANYWHERE = """
limited, ltd, ltda, llc, llp, lllp, plc, pllc, inc, incorporated, corp, corporation, corporacion,
company, compagnie, compania, companhia, compagnia, gmbh, mbh, ggmbh, ohg, kgaa,
aktiengesellschaft, aktiebolag, aktieselskab, aksjeselskap, osakeyhtio, spzoo, sarl, sasu, sprl,
bvba, eurl, spa, srl, sro, doo, dooel, eood, ood, ead, kft, zrt, nyrt, oyj, asa, aps, fzco, fze,
fzc, fzllc, dmcc, wll, bsc, ksc, ksp, saog, saoc, psc, pjsc, pjsfc, jsfc, prjsc, pojsc, ojsc, cjsc, jsc, ooo,
oao, zao, pao, fgup, fgbu, gup, mup, fkp, rup, chup, nao, tov, prat, pat, pvt, pty, pte, bhd,
tbk, persero, pcl, gufen, gongsi, sherkat, sharika, sharikat, unlimited, scrl, gie, ges,
gesellschaft mit beschrankter haftung, gesellschaft mbh, societe anonyme,
societe a responsabilite limitee, sociedad anonima, sociedade anonima, societa per azioni,
societa a responsabilita limitata, societatea cu raspundere limitata, societate pe actiuni,
naamloze vennootschap, besloten vennootschap, spolka akcyjna,
spolka z ograniczona odpowiedzialnoscia, sp z oo, sp zoo, sp z o o, kabushiki kaisha,
kabushiki gaisha, yugen kaisha, godo kaisha, chusik hoesa, jusik hoesa, joint stock company,
joint stock, public joint stock company, open joint stock company, closed joint stock company,
private joint stock company, public limited company, private limited, limited liability company,
limited liability partnership, limited partnership, company with limited liability,
publicly traded company,
free zone company, private limited company, sdn bhd, perseroan terbatas, anonim sirketi,
limited sirketi, limitet sirketi, public company limited, youxian gongsi, youxian zeren gongsi,
gufen youxian gongsi, obshchestvo s ogranichennoy otvetstvennostyu,
obshchestvo s ogranichennoi otvetstvennostyu, aktsionernoe obshchestvo,
publichnoe aktsionernoe obshchestvo, otkrytoe aktsionernoe obshchestvo,
zakrytoe aktsionernoe obshchestvo
"""
# Forms only at the end of a name: inside it they may be a syllable or an initial.
AT_THE_END = """
co, cos, cie, cia, ag, se, sa, sas, sca, nv, bv, cv, vof, kg, ab, as, oy, kk, gk, yk, na, lp, lc,
pc, ad, dd, ao, ic, tas, plt, spc, sal, sae, saa, sac, sab, ev, eg, stiftung, kb, hb, rt, ans, cva,
scs, snc, sapa, si, uab, publ, mchj, too, ltee, limitee, ulc, lda, eirl, eireli, oo, ooo, nl, fz,
est, a s, ltd sti, as tic, sab de cv, sa de cv, de cv, sapi de cv, s de rl, ab publ
"""
AT_THE_BEGINNING = "pt, cv, ud, ao, ab, too, uab, as, ad"
CYRILLIC = """
афк, дп, пп, аат, зат, таа, жшс, ақ, ано, нп, фгбоу, фгаоу, фгбун, фгбоу во, фгаоу во, гбоу,
ооо, оао, зао, пао, ао, нао, тоо, ип, фгуп, фкп, гуп, муп, фгбу, гк, тов, прат, пат, ат, еоод, оод, еад,
ад, доо, дд, чп, общество с ограниченной ответственностью,
общество с дополнительной ответственностью, акционерное общество, публичное акционерное общество,
открытое акционерное общество, закрытое акционерное общество, непубличное акционерное общество,
федеральное государственное унитарное предприятие, государственное унитарное предприятие,
федеральное государственное бюджетное учреждение, федеральное казенное предприятие,
федеральное государственное казенное учреждение, государственное учреждение, корпорейшн, лимитед, компани,
инкорпорейтед, одо, чуп, руп, ндо, госкорпорация, унитарное предприятие,
республиканское унитарное предприятие, частное предприятие, частное унитарное предприятие,
федеральное государственное автономное учреждение, федеральное государственное казенное предприятие,
товарищество с ограниченной ответственностью, автономная некоммерческая организация,
некоммерческое партнерство, муниципальное унитарное предприятие, производственный кооператив,
товариство з обмеженою відповідальністю,
приватне акціонерне товариство, публічне акціонерне товариство, акціонерне товариство
"""
ARABIC = """
شركة, شركه, شرکت, الشركة, شمم, ذمم, المحدودة, محدودة, المساهمة, مساهمة, سهامی, ش م م, ذ م م, ش م ل,
ش م ع, ش م ق, ش م س, ذات مسؤولية محدودة, ذات المسؤولية المحدودة, مسؤولية محدودة, مساهمة عامة,
مساهمة مصرية, مساهمة سعودية, مساهمة مغفلة, منطقة حرة, ليمتد, كوربوريشن, كومباني, سهامی خاص, سهامی عام,
شخص واحد, شركة الشخص الواحد, توصية بسيطة, مقفلة, با مسئولیت محدود, مسئولیت محدود, تضامنی
"""
HAN = listed("""
股份有限公司 有限责任公司 股份有限责任公司 有限公司 有限合伙企业
普通合伙 股份合作公司 股份公司 总公司 分公司 公司
株式会社 有限会社 合同会社 合资公司 股份 有限合伙 有限責任公司 總公司 株式會社
""")
# As anyascii spells the Korean forms.
HANGUL = "jusighoesa, yuhanhoesa"
