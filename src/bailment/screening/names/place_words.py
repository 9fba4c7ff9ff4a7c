"""What places are called in other scripts: `key of places | Han | Cyrillic stems | Arabic and Persian`.

Only where the native word is not the sound of the Latin one, which is found by itself: adjectives and
translations. Chinese places and their Han names stand in `places`.
"""

_ROWS = """
taiwan | - | тайван тайванск | تايوان
northkorea | 北韩 | кндр севернокорейск | -
korea | 南韩 大韩 | коре корейск южнокорейск | كوريا كورية
japan | - | япон японск | يابان يابانية ژاپن
usa | 美利坚 | сша америк американск | امريكا امريكية أمريكية آمريكا
uk | 大不列颠 | великобритан британск английск | بريطانيا بريطانية انگليس
germany | 德意志 | германи германск немецк | المانية
france | 法兰西 | франци французск | فرنسي فرانسه
italy | - | итали итальянск | ايطاليا ايطالية
spain | - | испани испанск | اسبانيا اسبانية
portugal | 葡萄牙 | португал португальск | برتغال
netherlands | - | нидерланд голландск | هولندا هولندية هلند
belgium | 比利时 | бельги бельгийск | بلجيكا
switzerland | - | швейцар швейцарск | سويسرا سويسرية
austria | 奥地利 | австри австрийск | نمسا
sweden | 瑞典 | швеци шведск | سويد سويدية
norway | 挪威 | норвег норвежск | نرويج
denmark | 丹麦 | дани датск | دنمارك
finland | 芬兰 | финлянд финск | فنلندا
poland | 波兰 | польш польск | بولندا لهستان
ireland | 爱尔兰 | ирланд ирландск | ايرلندا
estonia | 爱沙尼亚 | эстон эстонск | استونيا
latvia | 拉脱维亚 | латви латвийск | لاتفيا
lithuania | 立陶宛 | литв литовск | ليتوانيا
ukraine | - | - | اوكرانيا
belarus | - | - | بيلاروسيا بلاروس
kazakhstan | 哈萨克 | казахстанск | كازاخستان قزاقستان
uzbekistan | 乌兹别克斯坦 | узбекистанск | اوزبكستان
kyrgyzstan | 吉尔吉斯斯坦 | киргизск кыргызск киргизи кыргызстан | قيرغيزستان
tajikistan | 塔吉克斯坦 | таджикск | طاجيكستان تاجيكستان
turkmenistan | 土库曼斯坦 | туркменск | تركمانستان
greece | 希腊 | греци греческ | يونان يونانية
cyprus | 塞浦路斯 | кипр кипрск | قبرص
romania | 罗马尼亚 | румын румынск | رومانيا
bulgaria | 保加利亚 | болгар болгарск българск българи | بلغاريا
serbia | 塞尔维亚 | серби сербск србиј србија србије | صربيا
hungary | 匈牙利 | венгр венгерск | مجر مجارستان
czechia | 捷克 | чехи чешск | تشيك
slovakia | 斯洛伐克 | словаки словацк | سلوفاكيا
slovenia | 斯洛文尼亚 | словени словенск | سلوفينيا
croatia | 克罗地亚 | хорват хорватск | كرواتيا
bosnia | 波斯尼亚 | босни боснийск | بوسنة
albania | 阿尔巴尼亚 | албан албанск | البانيا
israel | 以色列 | израил израильск | اسرائيل اسرائيلية
iraq | - | ирак иракск | -
iran | - | иранск | ايرانية
lebanon | 黎巴嫩 | ливан ливанск | لبنانية لبناني
jordan | 约旦 | иордан иорданск | اردنية
egypt | - | египет египт египетск | مصري
libya | 利比亚 | ливи ливийск | ليبية ليبي
sudan | 苏丹 | судан суданск | سودانية سوداني
yemen | 也门 | йемен йеменск | يمنية يمني
saudiarabia | - | саудовск | سعودي عربستان
uae | 阿拉伯联合酋长国 | оаэ эмират | اماراتية
qatar | 卡塔尔 | катар катарск | قطرية قطري
kuwait | 科威特 | кувейт кувейтск | كويتية كويتي
bahrain | 巴林 | бахрейн | بحرينية
oman | 阿曼 | оманск | عماني
arab | 阿拉伯 | арабск | -
palestine | 巴勒斯坦 | палестин палестинск | فلسطينية
afghanistan | 阿富汗 | афган афганск | افغاني
pakistan | - | пакистанск | باكستانية
bangladesh | 孟加拉 孟加拉国 | бангладеш | بنغلاديش
srilanka | 斯里兰卡 | - | سريلانكا
thailand | - | таиланд тайск | تايلاند
vietnam | - | вьетнам вьетнамск | فيتنام
malaysia | 大马 | малайзи малайзийск | ماليزيا
singapore | - | сингапур сингапурск | سنغافورة
indonesia | 印尼 | индонези индонезийск | اندونيسيا
philippines | 菲律宾 | филиппин | فلبين
myanmar | - | мьянм бирм | ميانمار
cambodia | 柬埔寨 | камбодж | كمبوديا
laos | 老挝 | лаос лаосск | لاوس
mongolia | 蒙古 蒙古国 | монгол монгольск | منغوليا
australia | 澳洲 | австрали австралийск | استراليا
newzealand | 新西兰 | - | نيوزيلندا
canada | - | канад канадск | كندا كندية
mexico | 墨西哥 | мексик мексиканск | مكسيك
brazil | 巴西 | бразили бразильск | برازيل
argentina | 阿根廷 | аргентин | ارجنتين
chile | 智利 | чили | تشيلي
colombia | 哥伦比亚 | колумби | كولومبيا
peru | 秘鲁 | перу | بيرو
venezuela | 委内瑞拉 | венесуэл венесуэльск | فنزويلا
cuba | 古巴 | кубинск | كوبا
panama | 巴拿马 | панам | بنما
nicaragua | 尼加拉瓜 | никарагуа | -
ethiopia | 埃塞俄比亚 | эфиоп эфиопск | اثيوبيا
kenya | 肯尼亚 | кени | كينيا
nigeria | 尼日利亚 | нигери | نيجيريا
southafrica | 南非 | юар | -
morocco | 摩洛哥 | марокк | مغربي
algeria | 阿尔及利亚 | алжир алжирск | جزائري
tunisia | 突尼斯 | тунис тунисск | تونسية
armenia | 亚美尼亚 | армен армянск | ارمينيا
georgia | 格鲁吉亚 | грузи грузинск | جورجيا
azerbaijan | 阿塞拜疆 | азербайджан азербайджанск | -
moldova | 摩尔多瓦 | молдов молдавск молдавии | مولدوفا
turkey | - | турецк | تركي
asia | 亚细亚 | азиатск | آسيا آسيوية
europe | - | европ европейск | اوروبا أوروبية
africa | - | африк африканск | افريقيا افريقية
northamerica | 北美 | североамериканск | -
middleeast | 中东 | ближневосточн | -
gulf | 海湾 | залив | خليجية
pacific | - | тихоокеанск | -
eastern | 华东 东部 | восточно | شرقية شرقي
western | 华西 | западно | غربية غربي
northern | 华北 北部 | северо | شمالية شمالي
southern | 华南 南部 | - | جنوبية جنوبي
central | 华中 中央 | центр | وسطى
northeast | 东北 | - | -
northwest | 西北 | - | -
southwest | 西南 | - | -
southeast | 东南 | - | -
moscow | 莫斯科 | подмосковн | موسكو مسكو
petersburg | 圣彼得堡 | петербургск | بطرسبورغ
vladivostok | 海参崴 符拉迪沃斯托克 | приморск владивостокск | -
novosibirsk | 新西伯利亚 | - | -
siberia | 西伯利亚 | сибирск | سيبيريا
crimea | 克里米亚 | крымск | -
minsk | 明斯克 | - | مينسك
kyiv | 基辅 | киевск київськ | كييف
kharkiv | - | харьковск харківськ | -
odesa | - | одесск | -
dnipro | - | днепровск днепропетровск дніпровськ | -
lviv | - | львовск | -
donetsk | - | донецк | -
luhansk | - | луганск | -
zaporizhzhia | - | запорожск | -
mykolaiv | - | николаевск миколаївськ | -
kherson | - | херсонск | -
sevastopol | - | севастопольск | -
almaty | 阿拉木图 | алматинск | -
astana | 阿斯塔纳 | - | -
tashkent | 塔什干 | ташкентск | -
baku | 巴库 | бакинск | باكو
tbilisi | 第比利斯 | тбилисск | -
yerevan | 埃里温 | ереванск | -
ufa | - | уфимск | -
penza | - | пензенск | -
ryazan | - | рязанск | -
volgograd | - | волгоградск | -
tver | - | тверск | -
tomsk | - | томск | -
omsk | - | омск | -
kursk | - | курск | -
bryansk | - | брянск | -
kaluga | - | калужск | -
vologda | - | вологодск | -
kostroma | - | костромск | -
lipetsk | - | липецк | -
orel | - | орловск | -
ivanovo | - | ивановск | -
yaroslavl | - | ярославск | -
irkutsk | - | иркутск | -
tyumen | - | тюменск | -
kemerovo | - | кемеровск кузбасск | -
barnaul | - | барнаульск | -
astrakhan | - | астраханск | -
arkhangelsk | - | архангельск | -
murmansk | - | мурманск | -
pskov | - | псковск | -
nizhny | - | горьковск новгородск | -
smolensk | - | смоленск | -
rostov | - | ростовск | -
krasnodar | - | краснодарск | -
stavropol | - | ставропольск | -
saratov | - | саратовск | -
ulyanovsk | - | ульяновск | -
orenburg | - | оренбургск | -
kurgan | - | курганск | -
magnitogorsk | - | магнитогорск | -
tagil | - | нижнетагильск тагильск | -
cherepovets | - | череповецк | -
taganrog | - | таганрогск | -
novorossiysk | - | новороссийск | -
sochi | - | сочинск | -
sakhalin | 萨哈林 | сахалинск | -
kamchatka | - | камчатск | -
yekaterinburg | - | екатеринбургск свердловск | -
tambov | - | тамбовск | -
cheboksary | - | чебоксарск | -
kaliningrad | - | калининградск | -
tolyatti | - | тольяттинск | -
kovrov | - | ковровск | -
zlatoust | - | златоустовск | -
vyborg | - | выборгск | -
zelenograd | - | зеленоградск | -
krasnogorsk | - | красногорск | -
kolomna | - | коломенск | -
rybinsk | - | рыбинск | -
podolsk | - | подольск | -
karelia | - | карельск карели | -
udmurtia | - | удмуртск удмурти | -
chuvashia | - | чувашск чуваши | -
mordovia | - | мордовск мордови | -
gomel | - | гомельск | -
grodno | - | гродненск | -
brest | - | брестск | -
vitebsk | - | витебск | -
mogilev | - | могилевск | -
bobruisk | - | бобруйск | -
tehran | 德黑兰 | тегеран | -
damascus | 大马士革 | дамасск | دمشقي
baghdad | 巴格达 | багдад | -
beirut | - | бейрут | بيروتية
cairo | 开罗 | каир | -
riyadh | 利雅得 | - | -
dubai | 迪拜 | дубай | -
abudhabi | 阿布扎比 | - | -
doha | 多哈 | - | -
gaza | 加沙 | - | -
amman | 安曼 | - | -
istanbul | 伊斯坦布尔 | стамбул стамбульск | اسطنبول استانبول
ankara | 安卡拉 | - | انقرة
kabul | 喀布尔 | - | كابول كابل
karachi | 卡拉奇 | - | كراتشي كراچي
islamabad | 伊斯兰堡 | - | -
london | 伦敦 | лондонск | لندن
paris | 巴黎 | парижск | باريس پاريس
berlin | 柏林 | берлинск | برلين
hamburg | 汉堡 | - | هامبورغ هامبورگ
frankfurt | 法兰克福 | - | فرانكفورت
munich | 慕尼黑 | мюнхенск | -
zurich | 苏黎世 | - | زيورخ
geneva | 日内瓦 | женев женевск | جنيف
vienna | 维也纳 | венск | فيينا
newyork | 纽约 | - | -
chicago | 芝加哥 | - | -
california | 加利福尼亚 加州 | - | -
texas | 德克萨斯 得克萨斯 | - | -
tokyo | - | токийск | طوكيو
havana | 哈瓦那 | - | -
salalah | - | - | صلالة
damietta | - | - | دمياط
banias | - | - | بانياس
zanjan | - | - | زنجان
urmia | - | - | اروميه
rasht | - | - | رشت
ardabil | - | - | اردبيل
lorestan | - | - | لرستان
kurdistan | 库尔德斯坦 | курдистан | كردستان
sulaymaniyah | - | - | سليمانية
anbar | - | - | انبار
maysan | - | - | ميسان
diyala | - | - | ديالى
dhiqar | - | - | ذيقار
raqqa | - | - | رقة
daraa | - | - | درعا
sweida | - | - | سويداء
aswan | - | - | اسوان
mansoura | - | - | منصورة
tanta | - | - | طنطا
asyut | - | - | اسيوط
misrata | - | - | مصراتة
rabat | - | - | رباط
casablanca | 卡萨布兰卡 | - | دارالبيضاء
sfax | - | - | صفاقس
taiz | - | - | تعز
marib | - | - | مأرب
hadramawt | - | - | حضرموت
portsudan | - | - | بورتسودان
tabuk | - | - | تبوك
qassim | - | - | قصيم
taif | - | - | طائف
najran | - | - | نجران
sohar | - | - | صحار
nizwa | - | - | نزوى
tripoli | 的黎波里 | - | -
zahle | - | - | زحلة
bekaa | - | - | بقاع
jerusalem | 耶路撒冷 | иерусалим | قدس
ramallah | - | - | رامالله
nablus | - | - | نابلس
irbid | - | - | اربد
aqaba | - | - | عقبة
hungnam | 兴南 | - | -
pyongyang | 平壤 | пхеньян | -
seoul | 首尔 汉城 | сеульск | -
busan | 釜山 | - | -
hanoi | 河内 | - | -
bangkok | 曼谷 | - | -
jakarta | 雅加达 | - | -
mumbai | 孟买 | - | -
yokohama | 横滨 | - | -
nagoya | 名古屋 | - | -
kyoto | 京都 | - | -
hokkaido | 北海道 | - | -
ulaanbaatar | 乌兰巴托 | - | -
"""


def _columns() -> tuple[dict[str, str], ...]:
    columns: tuple[dict[str, str], ...] = ({}, {}, {})
    for line in _ROWS.strip().splitlines():
        key, *cells = (cell.strip() for cell in line.split("|"))
        for column, cell in zip(columns, cells, strict=True):
            if cell != "-":
                column.update(dict.fromkeys(cell.split(), key))
    return columns


HAN, CYRILLIC, ARABIC = _columns()
