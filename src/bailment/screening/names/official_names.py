# ruff: noqa: RUF001 - tables of Cyrillic and Arabic letters look like Latin ones; that is what they are for
"""Bodies whose official Latin name neither translates nor spells their native one: the other name for each.

The native name stays one way to read a name; the other is read beside it, with whatever words stand around
it, so that a numbered institute of a group keeps its number. A row belongs here when no gloss could give the
other name; places of two words in Arabic stand here too, because the Latin ones are one place.
"""

import re

from bailment.screening.names.han_known import COMPOUND, KNOWN
from bailment.screening.names.text import MAX_CHARS, fold_arabic
from bailment.screening.names.traditional import SIMPLIFY

_NAMES = """
北京航空航天大学 | Beihang University
西安电子科技大学 | Xidian University
电子科技大学 | University of Electronic Science and Technology of China
中国科学技术大学 | University of Science and Technology of China
上海交通大学 | Shanghai Jiao Tong University
西安交通大学 | Xi'an Jiaotong University
中山大学 | Sun Yat-sen University
国防科技大学 | National University of Defense Technology
国防科学技术大学 | National University of Defense Technology
中国人民解放军国防科技大学 | National University of Defense Technology
北京邮电大学 | Beijing University of Posts and Telecommunications
南京邮电大学 | Nanjing University of Posts and Telecommunications
西南科技大学 | Southwest University of Science and Technology
东北大学 | Northeastern University China
东南大学 | Southeast University
华中科技大学 | Huazhong University of Science and Technology
华南理工大学 | South China University of Technology
武汉理工大学 | Wuhan University of Technology
大连理工大学 | Dalian University of Technology
南京航空航天大学 | Nanjing University of Aeronautics and Astronautics
中国石油大学 | China University of Petroleum
中国矿业大学 | China University of Mining and Technology
中国地质大学 | China University of Geosciences
中国政法大学 | China University of Political Science and Law
公安部物证鉴定中心 | Institute of Forensic Science of the Ministry of Public Security
军事医学科学院 | Academy of Military Medical Sciences
军事科学院 | Academy of Military Science
中国工程物理研究院 | Chinese Academy of Engineering Physics
中国空间技术研究院 | China Academy of Space Technology
中国运载火箭技术研究院 | China Academy of Launch Vehicle Technology
中国远洋海运 | China COSCO Shipping
中国远洋运输 | China Ocean Shipping
中国海运 | China Shipping
中国外运 | Sinotrans
中国对外贸易运输 | Sinotrans
中国能源建设 | China Energy Engineering
中国电力建设 | Power Construction Corporation of China / PowerChina
中国电建 | PowerChina
中国能建 | China Energy Engineering
国家能源投资 | China Energy Investment
国家电力投资 | State Power Investment
国家石油天然气管网 | PipeChina
中国航空发动机 | Aero Engine Corporation of China
中国电子信息产业 | China Electronics Corporation
中国电子有限 | China Electronics Corporation
中国船舶重工 | China Shipbuilding Industry
中国船舶工业 | China State Shipbuilding
中国船舶集团 | China State Shipbuilding
中国铁路工程集团 | China Railway Group
中国铁路总公司 | China Railway
中国铁路通信信号 | China Railway Signal and Communication
中国铁塔 | China Tower
中国卫通 | China Satcom
中国卫星通信 | China Satellite Communications
中国卫星网络 | China Satellite Network
中国机械工业集团 | Sinomach / China National Machinery Industry
中国重型汽车 | China National Heavy Duty Truck / Sinotruk
中国重汽 | Sinotruk
中国第一汽车 | FAW / China First Automobile
上海汽车集团 | SAIC Motor
广州汽车集团 | Guangzhou Automobile Group / GAC
北京汽车 | BAIC Motor
安徽江淮汽车 | Anhui Jianghuai Automobile
中国建材 | China National Building Material
中国化工 | ChemChina
中国中化 | Sinochem
中国中车 | CRRC
中国宝武 | China Baowu Steel
中国五矿 | China Minmetals
中国华电 | China Huadian
中国大唐 | China Datang
中国华能 | China Huaneng
中国三峡 | China Three Gorges
长江三峡 | China Three Gorges
中国长江三峡 | China Three Gorges
中国民用航空局 | Civil Aviation Administration of China
中国邮政储蓄银行 | Postal Savings Bank of China
兴业银行 | Industrial Bank
中国人民银行 | People's Bank of China
中国人寿 | China Life
中国人民保险 | People's Insurance Company of China
中国出口信用保险 | China Export and Credit Insurance / Sinosure
中国进出口银行 | Export-Import Bank of China
中国投资有限 | China Investment Corporation
中国国际金融 | China International Capital
中国国新 | China Reform
中国通用技术 | China General Technology / Genertec
中国诚通 | China Chengtong
中国有色矿业 | China Nonferrous Metal Mining
中国航空油料 | China National Aviation Fuel
中国民生投资 | China Minsheng Investment
航天信息 | Aisino
新疆生产建设兵团 | Xinjiang Production and Construction Corps
新华通讯社 | Xinhua News Agency
中央电视台 | China Central Television / CCTV
中国中央电视台 | China Central Television
中国国际电视台 | China Global Television Network
中国国际广播电台 | China Radio International
人民日报 | People's Daily
环球时报 | Global Times
人民武装警察 | People's Armed Police
国家安全部 | Ministry of State Security
国务院 | State Council
国家互联网信息办公室 | Cyberspace Administration of China
工业和信息化部 | Ministry of Industry and Information Technology
鸿海精密 | Hon Hai Precision / Foxconn
台湾积体电路 | TSMC
海尔智家 | Haier Smart Home
济南二机床 | Jinan No. 2 Machine Tool
第四范式 | 4Paradigm
中国石油化工集团 | China Petrochemical / Sinopec
中国石油化工股份 | China Petroleum and Chemical / Sinopec
中国石油天然气 | China National Petroleum / CNPC / PetroChina
中国海洋石油 | China National Offshore Oil / CNOOC
中国石化 | Sinopec
中国石油 | PetroChina / CNPC
中国海油 | CNOOC
中国国新控股 | China Reform Holdings
中国兵器工业 | China North Industries / Norinco
中国电子科技集团 | China Electronics Technology Group / CETC
中国航天科技集团 | China Aerospace Science and Technology / CASC
中国航天科工集团 | China Aerospace Science and Industry / CASIC
中国航空工业集团 | Aviation Industry Corporation of China / AVIC
中国商用飞机 | Commercial Aircraft Corporation of China / COMAC
中国广核 | China General Nuclear Power / CGN
中国核工业 | China National Nuclear / CNNC
中国交通建设 | China Communications Construction / CCCC
中国铁建 | China Railway Construction / CRCC
国家发展和改革委员会 | National Development and Reform Commission
国有资产监督管理委员会 | State-owned Assets Supervision and Administration Commission / SASAC
统一战线工作部 | United Front Work Department
中央军事委员会 | Central Military Commission
战略支援部队 | Strategic Support Force
火箭军 | Rocket Force
西北工业大学 | Northwestern Polytechnical University
哈尔滨工业大学 | Harbin Institute of Technology
中国航空技术国际 | AVIC International
中国信息通信研究院 | China Academy of Information and Communications Technology
广电运通 | GRG
星网锐捷 | Star-net
长鑫存储 | CXMT / ChangXin Memory
通用汽车 | General Motors
理想汽车 | Li Auto
车和家 | Li Auto
香港上海汇丰银行 | HSBC / Hongkong and Shanghai Banking Corporation
汇丰银行 | HSBC
渣打银行 | Standard Chartered Bank
俄罗斯技术国家集团 | Rostec
俄罗斯天然气工业 | Gazprom
俄罗斯石油 | Rosneft
俄罗斯联邦储蓄银行 | Sberbank
俄罗斯外贸银行 | VTB Bank
卢克石油 | Lukoil
россельхозбанк | Russian Agricultural Bank
российский сельскохозяйственный банк | Rosselkhozbank
внешэкономбанк | VEB.RF / Bank for Development and Foreign Economic Affairs
газпромбанк | Gazprom Bank
сбербанк россии | Sberbank
роснано | Rusnano
русал | United Company Rusal
ростех | Rostec
росатом | State Atomic Energy Corporation Rosatom
государственная корпорация по атомной энергии росатом | State Atomic Energy Corporation Rosatom
роскосмос | Roscosmos State Space Corporation
первый канал | Channel One Russia
россия сегодня | Rossiya Segodnya
вгтрк | VGTRK / All-Russia State Television and Radio Broadcasting Company
всероссийская государственная телевизионная и радиовещательная компания | VGTRK
ржд | Russian Railways / RZD
российские железные дороги | Russian Railways / RZD
ростелеком | Rostelecom
мтс | MTS / Mobile TeleSystems
мобильные телесистемы | MTS / Mobile TeleSystems
вымпелком | VimpelCom
лаборатория касперского | Kaspersky Lab
яндекс | Yandex
транснефть | Transneft
россети | Rosseti / Russian Grids
русгидро | RusHydro
интер рао | Inter RAO
фсб | Federal Security Service / FSB
федеральная служба безопасности | Federal Security Service / FSB
главное разведывательное управление | Main Intelligence Directorate / GRU
служба внешней разведки | Foreign Intelligence Service / SVR
министерство обороны | Ministry of Defense
министерство внутренних дел | Ministry of Internal Affairs
московская биржа | Moscow Exchange
мосбиржа | Moscow Exchange
дом.рф | DOM.RF
тактическое ракетное вооружение | Tactical Missiles
дальневосточный завод звезда | Far Eastern Shipbuilding Complex Zvezda
конструкторское бюро приборостроения | KBP Instrument Design Bureau
камский автомобильный завод | Kamaz
горьковский автомобильный завод | GAZ
уральский автомобильный завод | Ural Automobile Plant / UralAZ
минский автомобильный завод | Minsk Automobile Plant / MAZ
минский завод колесных тягачей | Minsk Wheel Tractor Plant / MZKT
белорусский автомобильный завод | BelAZ
белорусский металлургический завод | Byelorussian Steel Works
белавиа | Belavia Belarusian Airlines
беларуськалий | Belaruskali
белоруснефть | Belorusneft
белгазпромбанк | Belgazprombank
белинвестбанк | Belinvestbank
уралхим | Uralchem
еврохим | EuroChem
фосагро | PhosAgro
северсталь | Severstal
норникель | Nornickel / Norilsk Nickel
норильский никель | Norilsk Nickel / Nornickel
мечел | Mechel
евраз | Evraz
магнитогорский металлургический комбинат | Magnitogorsk Iron and Steel Works / MMK
новолипецкий металлургический комбинат | Novolipetsk Steel / NLMK
بانک مرکزی جمهوری اسلامی ایران | Central Bank of the Islamic Republic of Iran
بانک توسعه صادرات ایران | Export Development Bank of Iran
بانک صنعت و معدن | Bank of Industry and Mine
بانک کشاورزی | Bank Keshavarzi / Agricultural Bank
بانک مسکن | Bank Maskan / Housing Bank
بانک رفاه کارگران | Refah Kargaran Bank
بانک اقتصاد نوین | EN Bank / Eghtesad Novin Bank
بانک شهر | Bank Shahr / City Bank
بانک آینده | Ayandeh Bank
بانک خاورمیانه | Middle East Bank
پست بانک ایران | Post Bank of Iran
صدا و سیمای جمهوری اسلامی ایران | Islamic Republic of Iran Broadcasting
سپاه پاسداران انقلاب اسلامی | Islamic Revolutionary Guard Corps
ستاد اجرایی فرمان امام | Execution of Imam Khomeini's Order
بنیاد مستضعفان | Bonyad Mostazafan / Mostazafan Foundation
آستان قدس رضوی | Astan Quds Razavi
کشتیرانی جمهوری اسلامی ایران | Islamic Republic of Iran Shipping Lines
هواپیمایی جمهوری اسلامی ایران | Iran Air
شرکت هواپیماسازی ایران | Iran Aircraft Manufacturing Industrial Company
صنایع هواپیماسازی ایران | Iran Aircraft Manufacturing Industries
سازمان صنایع هوافضا | Aerospace Industries Organization
سازمان صنایع دفاع | Defense Industries Organization
صنایع الکترونیک ایران | Iran Electronics Industries
وزارت دفاع و پشتیبانی نیروهای مسلح | Ministry of Defense and Armed Forces Logistics
ایران خودرو | Iran Khodro
سایپا | SAIPA
فولاد مبارکه | Mobarakeh Steel
فولاد خوزستان | Khuzestan Steel
ذوب آهن اصفهان | Esfahan Steel
خلیج فارس | Persian Gulf
جزیره خارگ | Kharg Island
بندر عباس | Bandar Abbas
بندر امام خمینی | Bandar Imam Khomeini
البنك الأهلي المصري | National Bank of Egypt
البنك الأهلي السعودي | Saudi National Bank
البنك المركزي المصري | Central Bank of Egypt
البنك العربي الوطني | Arab National Bank
بنك أبوظبي الأول | First Abu Dhabi Bank
بنك أبوظبي التجاري | Abu Dhabi Commercial Bank
بنك دبي الإسلامي | Dubai Islamic Bank
مصرف أبوظبي الإسلامي | Abu Dhabi Islamic Bank
مصرف الإمارات المركزي | Central Bank of the UAE
بنك المشرق | Mashreq Bank
بنك الإمارات دبي الوطني | Emirates NBD
شركة بترول أبوظبي الوطنية | ADNOC / Abu Dhabi National Oil Company
أدنوك | ADNOC
أرامكو السعودية | Saudi Aramco / Saudi Arabian Oil Company
سابك | SABIC
الشركة السعودية للصناعات الأساسية | SABIC / Saudi Basic Industries Corporation
الشركة السعودية للكهرباء | Saudi Electricity Company
شركة الاتصالات السعودية | Saudi Telecom Company / STC
شركة التعدين العربية السعودية | Saudi Arabian Mining Company / Maaden
الخطوط الجوية السعودية | Saudia / Saudi Arabian Airlines
الخطوط السعودية | Saudia / Saudi Arabian Airlines
الخطوط الجوية القطرية | Qatar Airways
الاتحاد للطيران | Etihad Airways
طيران الإمارات | Emirates Airline
فلاي دبي | flydubai
العربية للطيران | Air Arabia
مصر للطيران | EgyptAir
مؤسسة الطيران العربية السورية | Syrian Arab Airlines
الخطوط الجوية السورية | Syrian Arab Airlines
السورية للطيران | Syrian Arab Airlines / Syrianair
أجنحة الشام | Cham Wings
الخطوط الجوية العراقية | Iraqi Airways
الخطوط الجوية اليمنية | Yemenia / Yemen Airways
طيران الشرق الأوسط | Middle East Airlines
الشرق الأوسط | Middle East
مصرف سورية المركزي | Central Bank of Syria
المصرف التجاري السوري | Commercial Bank of Syria
المصرف الصناعي | Industrial Bank
مصرف التسليف الشعبي | Popular Credit Bank
مصرف التوفير | Savings Bank
المصرف الزراعي التعاوني | Agricultural Cooperative Bank
مصرف ليبيا المركزي | Central Bank of Libya
مصرف لبنان | Banque du Liban
بنك القاهرة | Banque du Caire
بنك الإسكندرية | Bank of Alexandria
البنك التجاري الدولي | Commercial International Bank
بيت التمويل الكويتي | Kuwait Finance House
بنك الكويت الوطني | National Bank of Kuwait
بنك قطر الوطني | Qatar National Bank / QNB
مجموعة طلعت مصطفى | Talaat Moustafa Group
المقاولون العرب | Arab Contractors
الهيئة العربية للتصنيع | Arab Organization for Industrialization
هيئة قناة السويس | Suez Canal Authority
الهيئة العامة للاستثمار | General Authority for Investment
مركز الدراسات والبحوث العلمية | Scientific Studies and Research Center
الشركة السورية للنفط | Syrian Petroleum Company
المؤسسة العامة للنفط | General Petroleum Corporation
مصفاة بانياس | Baniyas Refinery
مصفاة حمص | Homs Refinery
موانئ دبي العالمية | DP World / Dubai Ports World
موانئ أبوظبي | AD Ports / Abu Dhabi Ports
أبو ظبي | Abu Dhabi
رأس الخيمة | Ras Al Khaimah
دير الزور | Deir ez-Zor
غازبروم بنك | Gazprombank
غازبروم | Gazprom
سبيربنك | Sberbank
روسنفت | Rosneft
روساتوم | Rosatom
"""


def _folded(name: str) -> str:
    return fold_arabic(name.casefold().replace("ё", "е")).translate(SIMPLIFY)


_OTHER = {
    **{word: KNOWN[word] for word in COMPOUND},
    **{
        _folded(native): tuple(other.split(" / "))
        for native, _, other in (line.partition(" | ") for line in _NAMES.strip().splitlines())
    },
}
# Longest first; words of scripts that put blanks between them must be whole.
_ANY = re.compile(
    r"(?<![\u0400-\u06ff])(?:"
    + "|".join(map(re.escape, sorted(_OTHER, key=len, reverse=True)))
    + r")(?![\u0400-\u06ff])"
)


def other_names(name: str) -> tuple[str, ...]:
    """Return a native name with each official Latin name of the body that it holds, () if it holds none."""
    if name.isascii():
        return ()
    # The first row that the name holds is the longest there: one is enough.
    text = _folded(name[:MAX_CHARS])
    found = _ANY.search(text)
    if not found:
        return ()
    return tuple(f"{text[: found.start()]} {other} {text[found.end() :]}" for other in _OTHER[found[0]])
