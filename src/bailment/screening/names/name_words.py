# ruff: noqa: RUF001 - tables of Cyrillic and Arabic letters look like Latin ones; that is what they are for
"""Words that companies are called by and that English may translate: Eagle, Dawn, Unity, Golden Bridge.

`English | Han | Cyrillic | Arabic and Persian`, "-" for none; "/" joins
`English | - | stems | English words of which any will do.
How the word sounds always stays beside what it means, because most companies keep their own word. Generic
words, which say what a company does, stand in `lexicon`.
"""

_ROWS = """
infinite | 无限 | бесконечн | -
star | 之星 | звездн | كوكب كواكب
northstar/polaris | 北极星 | - | -
morningstar | 启明星 晨星 | - | -
bright/guangming | 光明 明亮 | светл | مشرق
light | 之光 曙光 | свет | نور ضياء
sunrise/rising | 东升 日出 旭日 | восход рассвет | شروق
sunset | - | закат | غروب
sunshine/sunny | 阳光 | солнечн | -
dawn | 黎明 晨曦 | - | سپيده
spring | 春风 | весенн весна | ربيع بهار
summer | - | лето | صيف
autumn | 金秋 | осень | خريف
winter | - | зима | شتاء
snow | - | снег снежн | ثلج برف
ice | - | лед ледов | -
rain | - | дожд | مطر باران
cloud | - | облак | سحاب ابر
wind | - | ветер ветр | ريح رياح باد
breeze | - | бриз | نسيم
lightning | 闪电 | молни | -
thunder | 雷霆 | гроз | رعد
fire | - | огонь огн | آتش
flame | 火焰 烈焰 | пламя пламен | شعلة لهب
torch/fakel | 火炬 | факел | مشعل
spark | 火花 星火 | искр | شرارة
ocean | 大洋 远洋 | океан | محيط اقيانوس
sea | 大海 | море | -
wave | 波浪 海浪 | волн | موج أمواج
island | - | остров | جزيرة
lake | - | озер | بحيرة
source | 源泉 | источник родник | منبع ينبوع
spring/source | - | ключ | -
falls/waterfall | 瀑布 | водопад | شلال شلالات آبشار
valley | 山谷 | долин | وادي
hill | - | холм | -
summit/peak | 高峰 巅峰 顶峰 | вершин пик | قمة قله
rock | 岩石 磐石 | скал утес | صخرة صخور
stone | - | камень | -
steppe | 草原 | степ степн | -
forest | 森林 | - | غابة جنگل
tree | 大树 | дерев | شجرة درخت
oak | 橡树 | дуб | بلوط
pine | - | сосн | صنوبر
birch | 白桦 | берез | -
cypress | - | кипарис | سرو
olive | 橄榄 | олив | زيتون
rose | 玫瑰 | роза | وردة ورد
lotus | 莲花 荷花 | лотос | لوتس
orchid | 兰花 | орхиде | -
jasmine | 茉莉 | жасмин | ياسمين
lily | 百合 | лили | زنبق
tulip | - | тюльпан | لاله
peony | 牡丹 | пион | -
bamboo | - | бамбук | -
eagle | 雄鹰 老鹰 | беркут орлан орлин | -
falcon | 猎鹰 | кречет соколин | باشق
swan | 白天鹅 | лебед | -
crane | 仙鹤 白鹤 | журавл | -
dove | 白鸽 和平鸽 | голуб | حمامة
phoenix | - | феникс | عنقاء
pelican | - | пеликан | -
owl | - | сова филин | -
bird | 飞鸟 | птица | طائر پرنده
dragon | 神龙 天龙 蛟龙 | дракон | تنين
lion | 雄狮 狮子 | льв | أسد
tiger | 猛虎 老虎 | тигр | نمر ببر
leopard | 猎豹 | барс леопард | فهد پلنگ
panther | 黑豹 | пантер | -
wolf | 战狼 | волч | ذئب
fox | 狐狸 | лиса | ثعلب
bear | 大熊 | медвед | -
horse | 骏马 神马 | конь | خيل
camel | - | верблюд | جمل
deer | 金鹿 | олен | غزال آهو
bull/ox | 金牛 | бык | ثور
bison/zubr | - | зубр | -
elephant | 白象 | слон | فيل
whale | 鲸鱼 蓝鲸 | - | حوت
dolphin | 海豚 | дельфин | دلفين
shark | 鲨鱼 | акула | قرش
turtle | - | черепах | -
ant | - | мурав | نمل
bee | 蜜蜂 | пчел | نحلة
butterfly | 蝴蝶 | бабочк | فراشة
gold/golden | 黄金时代 | золот | ذهب
silver | 白银 | серебр | فضة نقره
diamond | 钻石 金刚 | бриллиант | -
emerald | 翡翠 | изумруд | زمرد
ruby | 红宝石 | рубин | ياقوت
sapphire | 蓝宝石 | сапфир | -
amber | 琥珀 | янтар | عنبر كهربا
jade | - | нефрит | -
crystal | 水晶 | кристалл | كريستال بلور
pearl | 明珠 珍珠 | жемчуг жемчужин | -
ivory | - | - | عاج
bronze | 青铜 | бронз | برنز
crown | 皇冠 | корон | -
king/royal | 国王 皇家 | король королевск царск | ملك ملكية شاه
queen | 女王 皇后 | королев | ملكة
prince | 王子 | княж принц | أمير
emperor/imperial | 帝王 皇帝 | император империя имперск | -
knight | 骑士 | рыцар витяз | فارس
warrior | 勇士 战士 | воин | محارب مقاتل
hero | 英雄 | герой богатыр | بطل أبطال قهرمان
giant | 巨人 | гигант | عملاق
titan | 泰坦 | титан | تيتان
atlas | - | атлант | أطلس
guardian | 守护 卫士 | страж хранитель | حارس نگهبان
defender | - | защитник | مدافع
patriot | 爱国 爱国者 | патриот | -
citizen | - | гражданин | -
champion | 冠军 | чемпион | -
leader | 领袖 领航 | лидер | قائد رهبر
master | 大师 | мастер | استاد
friend/friendship | 友好 | дружб друг | صديق صداقة دوستي
brotherhood | - | братств | اخوة
trust/amanah | 诚信 信任 | довери | امانة
faith/iman | 信仰 | вера | إيمان
truth | 真理 | правд истин | حقيقة
justice | 正义 | справедлив | عدالة
freedom/liberty | - | свобод | حرية آزادي
independence | 独立 | независим | استقلال
unity | 统一 | единств | وحدة وحدت
union | - | - | وحده
solidarity | - | солидарн | تضامن
peace | 太平 | мирн | صلح
victory | 凯旋 胜利 | побед | نصر ظفر
triumph | 凯歌 | триумф | -
glory | 光荣 荣耀 | слав | مجد امجاد
honour/honor | 荣誉 | честь | شرف
pride | 骄傲 | гордость | فخر
success | 成功 | успех | نجاح
prosperity/rafah | 繁荣 兴盛 昌盛 | процветан благосостоян | ازدهار رخاء رفاه
happiness/happy | 幸福 快乐 欢乐 | счасть счастлив радост | سعادة شادي
luck/fortune | 幸运 好运 | удач фортун | -
wealth | 富贵 | богат | ثروة
treasure | 宝藏 百宝 | сокровищ клад | كنز گنج
love | 爱心 | любов | محبة عشق
life | 生命 | жизн | حياة
soul | - | душа | روح
harmony | 和谐 | гармони | -
dream | 梦想 | мечт | حلم رؤيا
vision | 远见 愿景 | виден | رؤية
idea | 创意 | идея | فكرة
wisdom | - | мудр | حكمة
knowledge/znanie | 知识 | знани | معرفة
spirit | 精神 | дух | -
courage | 勇气 | отваг мужеств | شجاعة
strength/power | 力量 | - | قوة
speed | 极速 | скорост | سرعة
flight/polyot | - | полет | -
future | 明天 未来 | будущ | فردا
new-era/era | 新时代 时代 | эпох эра | عصر
century | 世纪 新世纪 | век столет | قرن
millennium | 千年 | тысячелети | -
time | - | время | زمان
generation | - | поколени | جيل نسل
renaissance/revival/vozrozhdenie | 复兴 振兴 | возрожден | نهضة
renewal | - | обновлен | تجديد
origin | - | начал исток | أصل
heritage | 传承 | наследи | ميراث
tradition | 传统 | традици | -
horizon | 视野 | горизонт | -
world/mir | 世界 天下 | мир | -
universe | 宇宙 | вселенн | كون
planet | 行星 | планет | -
earth/terra | 大地 地球 | земля | أرض زمين
globe | 寰宇 | глобус | -
space/cosmos | 星空 | - | -
orbit | - | орбит | مدار
galaxy | 星系 | галактик | مجرة
comet | 彗星 | комет | -
meteor | 流星 | метеор | شهاب
satellite | - | спутник | -
compass | 指南针 罗盘 | компас | بوصلة
anchor | - | якор | مرساة
sail | 风帆 远帆 | парус | شراع
ship | - | корабл | سفينة
captain | 船长 | капитан | -
navigator | 领航者 | навигатор | -
harbour/haven | 港湾 | гаван | مرفأ
beacon/lighthouse | 灯塔 | маяк | منارة فنار
gate | 大门 | ворот | بوابة باب
door | - | двер | -
key | - | ключев | كليد
bridge | 大桥 | мостик | -
road/path | - | путь | طريق درب راه
crossroads | - | перекрест | -
tower | 高塔 | башн | -
castle | 城堡 | замок | قلعة
fortress | 堡垒 | крепост | حصن
palace | 宫殿 | - | -
house/dom | 之家 | дом | دار بيت خانه
home | 家园 | домашн | -
garden | - | сад | بستان حديقة باغ
paradise | 天堂 乐园 | рай | جنة فردوس بهشت
oasis | 绿洲 | оазис | واحة
square | - | площад | -
city | - | город | -
capital | - | столиц столичн | عاصمة پايتخت
village | - | деревн село | -
homeland/rodina | 祖国 家乡 | родин отчизн отечеств | -
dragon-pearl | 龙珠 | - | -
sword | 宝剑 利剑 | клинок | -
shield | 盾牌 神盾 | щит | درع سپر
arrow | 神箭 | стрел стрела | سهم تير
spear | 长矛 | копье | رمح
bow | - | - | قوس
hammer | 铁锤 | молот | مطرقة
anvil | - | наковальн | -
wheel | 车轮 | колес | -
wings | 之翼 飞翼 | крыл крыль | جناح بال
feather | - | перо | -
book | - | книга | -
word | - | слово | كلمة
voice | 之声 | голос | صوت صدا
echo | 回声 | эхо | صدى
song | - | песн | -
mirror | - | зеркал | آينه
alliance | 联盟 | альянс содружеств | تحالف ائتلاف
partner | 伙伴 合作伙伴 | партнер | شريك شركاء
initiative | - | инициатив | مبادرة
perspective | 前景 | перспектив | چشمانداز
impulse | 脉冲 | импульс | -
vector | 矢量 | вектор | -
quantum | - | квант | -
excellence | 卓越 | - | تميز
quality | 品质 | качеств | جودة
perfect | 完美 | совершенств | كمال
ideal | 理想 | идеал | مثالي
elite | 精英 | элит | نخبة
premier | - | премьер | -
best | - | лучш | -
great | 伟大 | велик | عظيم عظمى كبرى بزرگ
big | - | больш | -
old | - | старый | قديم قديمة
young | 青年 | молод | جوان
fast | - | быстр | سريع
strong | - | сильн | قوي
blue | 蓝色 湛蓝 | голуб син синий синяя | آبي
green | 绿色 翠绿 | зелен | -
red | 红色 | красн | قرمز سرخ
white | 白色 | - | -
black | 黑色 | черн | -
yellow | - | желт | أصفر صفراء زرد
orange | 橙色 | оранжев апельсин | برتقال
purple/violet | 紫色 | фиолетов | بنفسجي
rainbow | 彩虹 | радуг | -
colour/color | 色彩 彩色 | - | الوان رنگ
nile | 尼罗河 | - | -
euphrates | 幼发拉底 | евфрат | -
volga | 伏尔加 | волг | -
don | - | дон | -
yenisei/enisey | - | енисе | -
ladoga | - | ладог ладожск | -
baikal | 贝加尔 | байкал | بايكال
himalaya/himalayan | 喜马拉雅 | гимала | هيمالايا
everest | 珠穆朗玛 珠峰 | эверест | -
alps/alpine | 阿尔卑斯 | альп альпийск | -
olympus | - | олимп | -
damavand | - | демавенд | دماوند
alborz/elbrus | - | эльбрус | البرز
zagros | - | - | زاگرس
kunlun | 昆仑 | - | -
taishan | 泰山 | тайшан | -
huangshan | 黄山 | - | -
pamir | - | памир | -
altai/altay | - | алтай алтайск | -
aral | - | аральск | -
babylon | 巴比伦 | вавилон | بابل
mesopotamia | - | месопотам | رافدين
palmyra | - | - | تدمر
sahara | 撒哈拉 | сахар | صحارى
nineveh | - | - | نينوى
andalus/andalusia | - | - | اندلس
carthage | - | - | قرطاج
pyramid/pyramids | 金字塔 | пирамид | هرم
sphinx | - | сфинкс | ابوالهول
admiralty | - | адмиралтейск адмиралтейств | -
"""


def _columns() -> tuple[dict[str, str], ...]:
    columns: tuple[dict[str, str], ...] = ({}, {}, {})
    for line in _ROWS.strip().splitlines():
        english, *cells = (cell.strip() for cell in line.split("|"))
        for column, cell in zip(columns, cells, strict=True):
            if cell != "-":
                column.update((word, english) for word in cell.split() if word not in column)
    return columns


HAN, CYRILLIC, ARABIC = _columns()
