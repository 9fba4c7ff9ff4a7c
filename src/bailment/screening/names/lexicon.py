# ruff: noqa: RUF001 - tables of Cyrillic and Arabic letters look like Latin ones; that is what they are for
"""Generic words in four scripts side by side: one concept a line, what says it in each script.

`concept | Latin | Han | Cyrillic stems | Arabic and Persian`, "-" for none. `glosses`, `han_words`,
`cyrillic_words` and `arabic_words` read their column beside their own tables, which win where both have a
word. In the first column "/" joins meanings of which any may be meant, "+" words that English says one after
another; a Latin column needs a single concept. What only one script needs stands in that script's own table.
"""

_ROWS = """
process | process processes | 流程 | процесс | -
base | base bases | 基地 | база базы | قاعدة
artificial | artificial synthetic manmade | 人造 人工 合成 | искусственн синтетическ | اصطناعي مصنوعي
canal | canal canals | 运河 | - | قناة كانال
aircraft/aerospace | - | 飞行器 航天器 | - | -
oil/edible-oil/lubricant | - | - | - | زيوت
metal/mineral | - | - | - | معدنية
wireless/broadcasting | - | 无线电 | - | -
mechanical-electrical/machinery/electric | - | 机电 | - | -
performance | performance | 性能 | - | -
high+performance | - | 高性能 | - | -
valuation/inspection | - | 测评 评测 | - | تقييم
valuation | evaluation evaluations assessment | 评价 | - | -
casting | - | - | лить литья | -
power/electric/electric-power | - | 电能 供电 | - | برق كهرباء
uranium | uranium | 铀业 | уран уранов | يورانيوم اورانيوم
cobalt | cobalt | 钴业 | кобальт кобальтов | كوبالت كبالت
manganese | manganese | 锰业 | марганц марганцев | منجنيز منغنيز منگنز
molybdenum | molybdenum | 钼业 | молибден молибденов | -
antimony | antimony | 锑业 | сурьмян | -
lead-metal | - | 铅业 铅锌 | свинцов | رصاص سرب
chromium | chromium chrome chromite | 铬业 | хромов | كروم كروميت
vanadium | vanadium | 钒业 钒钛 | ванадиев | واناديوم
phosphate | phosphate phosphates | 磷业 磷化工 | фосфат фосфорн | فوسفات
phosphate | phosphorus phosphoric | 磷肥 磷化 | фосфорит | فسفات
gypsum | gypsum plaster | 石膏 | гипс гипсов | جبس گچ
limestone | limestone lime | 石灰 | известков извест | -
sand | sand sands aggregate | 砂石 | карьер карьероуправлени | محاجر
sand | aggregates quarry quarries | 石英 | щебен песчан | كسارات
stone | marble | 大理石 | мрамор камн камнеобрабатывающ | -
lng | lng liquefied | 液化天然气 液化气 液化石油气 | спг сжижен | مسال
fuel | fuel fuels | 燃料 燃油 | топлив топливн | وقود محروقات سوخت
diesel | diesel | 柴油 柴油机 | дизел дизельн | ديزل
gasoline | gasoline | 汽油 | бензин бензинов | بنزين
grid | grid grids | 电网 输电 输变电 输配电 | электропередач | -
substation | substation substations | 变电 变电站 | подстанц | -
generator | generator generators genset | 发电机 发电设备 | генератор генераторн | مولدات ژنراتور
nuclear | - | 核 核燃料 核工程 原子能 | атом атомэнергомаш | ذري
tunnel | tunnel tunnels tunnelling tunneling | 隧道 隧道工程 | тоннел тоннельн туннел | أنفاق نفق تونل
metro | metro subway underground | 地铁 | метро метрополитен | مترو
tram | tram trams tramway | 电车 | трамвайн троллейбусн | ترام
tug | tug tugs towage towing | 拖轮 拖船 | буксирн | قطر
stevedoring | stevedoring stevedores | 装卸 | стивидорн | -
courier | courier couriers | 快运 速运 | курьерск | -
taxi | taxi taxis cab | 出租车 出租汽车 的士 | такси таксомоторн | تاكسي اجرة
parking | parking | 停车 停车场 | парковк парковочн | -
escalator | escalator escalators | 扶梯 自动扶梯 | эскалатор | -
wealth | wealth | 理财 财富 财富管理 | - | ثروة ثروت
microfinance | microfinance microcredit | 小额贷款 小贷 | микрофинансов микрокредитн | -
loan | loan loans lending | 贷款 | займ заем | قروض وام
pension | pension pensions retirement | 养老金 年金 | пенсионн | تقاعد معاشات بازنشستگي
lottery | lottery lotteries | 彩票 | лотере лотерейн | يانصيب
commodity | commodity commodities | 大宗商品 | товарн товаров | سلع
securities | - | 股票 | фондов | اسهم
valuation | valuation appraisal appraisals | 评估 | оценк оценочн | تقييم
rating | rating ratings | 评级 资信 | рейтингов рейтинг | -
blockchain | blockchain crypto | 区块链 | блокчейн крипто | -
flower | flower flowers floral floriculture | 花业 鲜花 | цвет цветочн | زهور گل
vegetable | vegetable vegetables | 蔬菜 果蔬 | овощ овощн | خضروات خضار سبزيجات
fruit | fruits | 水果 果品 | фрукт фруктов плодов плодоовощн | فواكه ميوه
noodle | noodle noodles pasta macaroni | 面业 方便面 面条 | макаронн | معكرونة ماكاروني
canned | canned cannery canneries canning | 罐头 | консерв консервн | معلبات كنسرو
frozen | frozen | 冷冻 速冻 | заморож морозильн | مجمدة
chocolate | chocolate chocolates | 巧克力 | шоколад шоколадн | شوكولاتة شكلات
confectionery | sweets candy confectionary | 糖果 | кондитер | حلويات شيريني
ice-cream | icecream | 冰淇淋 雪糕 | морожен | -
honey | honey bee | 蜂业 蜂蜜 | пчеловод | عسل
cigarette | cigarette cigarettes | 卷烟 | сигарет сигаретн | سجائر سيجار
textile | yarn yarns spinning | 纺纱 棉纺 棉业 | хлопчатобумажн хлопк прядильн | قطن اقطان
textile | weaving fabrics fabric | 织造 面料 布业 | ткацк камвольн | پنبه
wool | wool woolen woollen | 毛纺 羊毛 羊绒 | шерст шерстян | صوف پشم
forestry | lumber | 木材 林产 | деревообрабатывающ пиломатериал | -
forestry | sawmill | 森工 木制品 | лесопильн лесозаготовительн | -
plywood | plywood panels board boards | 胶合板 人造板 板材 | фанер фанерн | -
paper | cardboard carton | 纸品 纸制品 | целлюлозно бумаг целлюлозн картонн | تعبئة كارتن
paper | cellulose | 包装材料 纸箱 | упаковк упаковочн тарн | بسته بندي
children | children childrens child kids baby infant | 儿童 少儿 母婴 婴童 | детск детей | أطفال كودك كودكان
cleaning | cleaning laundry | 清洁 保洁 洗涤 洗衣 | клининг клинингов прачечн | نظافة تنظيف تنظيفات
hygiene | hygiene hygienic | 卫生用品 | гигиен гигиеническ | -
outdoor | outdoor outdoors | 户外 户外用品 | - | -
fitness | fitness gym | 健身 | фитнес | -
club | club clubs | 俱乐部 | клуб | نادي باشگاه
film | cinema cinemas movie movies | 影城 院线 | кинотеатр кино | سينمائي
animation | animation cartoon cartoons | 动漫 动画 | мультипликацион анимационн | -
photo | photo photos photographic photography | 摄影 | фото фотограф | تصوير عكاسي
database | database databases | 数据库 | - | -
server | server servers | 服务器 | сервер серверн | -
supercomputer | supercomputer supercomputers | 超级计算 | суперкомпьютер | -
supercomputer | supercomputing | 超算 | суперкомпьютерн | -
processor | processor processors | 处理器 | микропроцессор процессор | -
processor | microprocessor microprocessors | 微处理器 | микропроцессорн | -
microsystem | microsystem microsystems | 微系统 | микросистем | -
platform | platform platforms | 平台 | платформ | منصة منصات
fintech | fintech | 金融科技 金科 | финтех | -
card | card cards smartcard | 智能卡 卡业 | карточн | بطاقات كارت
printer | printer printers | 打印机 打印 | принтер | -
smartphone | smartphone smartphones | 智能手机 | смартфон | -
headphone | headphones headset headsets earphones | 耳机 | наушник | -
camera | camera cameras | 相机 摄像机 照相机 | камер видеокамер | كاميرات كاميرا دوربين
projector | projector projectors projection | 投影 投影机 | проектор | -
touch | touch touchscreen | 触控 触摸 触摸屏 | - | -
wearable | wearable wearables | 可穿戴 穿戴 | - | -
positioning | positioning gps gnss | 定位 | позиционировани | -
lock | lock locks | 锁业 锁具 智能锁 | замочн | أقفال
alarm | alarm alarms | 报警 报警器 | сигнализаци | انذار
gauge | gauge gauges | 量具 | - | -
hydraulic | - | 液压件 液压机 | гидравлик гидравлическ | هيدروليك
bearing | - | 轴承厂 | подшипник | بلبرينج ياتاقان
heat-exchange | heatexchange heatexchangers | 换热 换热器 | теплообменн | -
ventilation | ventilation hvac | 通风 暖通 | вентиляци вентиляционн | تهوية تكييف تهويه
refrigeration | refrigerator refrigerators freezer freezers | 冰箱 冷柜 冷链 | холодильн холодильник | تبريد
conveyor | conveyor conveyors | 输送 输送机 | конвейер конвейерн | -
forklift | forklift forklifts | 叉车 | погрузчик | -
excavator | excavator excavators | 挖掘机 | экскаватор экскаваторн | -
crane | lifting hoist hoisting | 起重 吊装 | кран подъемн | رافعات
mining | - | 矿山 | рудник шахт шахтн | -
ferroalloy | ferroalloy ferroalloys | 铁合金 | ферросплав ферросплавн | -
powder | powder powders | 粉末 粉体 | порошк порошков | پودر
foil | foil foils | 铝箔 铜箔 箔材 | фольг | -
profile | profile profiles extrusion extrusions | 型材 铝型材 | профил | بروفيل پروفيل
iron-and-steel | - | 钢材 钢业 钢厂 钢丝 板带 薄板 | сталелитейн сталепрокатн металлопрокат прокатн | -
pipe | piping | 管材 管件 管路 钢管厂 | трубопровод трубопрокатн трубопроводн | مواسير
casting | diecasting | 压铸 铸件 铸钢 铸铁 | литье литейно | مسبوكات سباكة ريخته گري
rope | rope ropes | 钢丝绳 绳缆 | канат канатн | -
chain | chain chains | 链条 | - | -
fine-chemical | finechemical finechemicals | 精细化工 精化 | - | -
carbon-black | carbonblack | 炭黑 | техуглерод | -
catalyst | catalyst catalysts | 催化剂 催化 | катализатор | -
additive | additive additives | 添加剂 助剂 | присадк | -
agrochemical | agrochemical agrochemicals crop | 农化 | агрохимическ агрохим | -
fluorine | fluorine fluoro fluorochemical | 氟化工 氟材料 | фтор | -
silicone | silicone silicones | 有机硅 硅胶 | силикон | -
membrane | membrane membranes | 膜业 | мембранн | -
foam | foam foams | 泡沫 发泡 | пенопласт | -
oxygen | oxygen | 氧气 制氧 | кислород кислородн | اكسجين
hydrogen | - | 氢 氢能源 制氢 | водород водородн | هيدروجين
industrial-gas | gases | 气体 工业气体 | - | غازات
blasting | blasting | 爆破 | взрывн | -
fireworks | fireworks pyrotechnic pyrotechnics | 烟花 花炮 | пиротехническ фейерверк | -
curtain-wall | curtainwall facade facades | 幕墙 | фасад фасадн | -
garden | greening | 园林绿化 绿化 景观 | озеленени | حدائق
sewage | sewage wastewater sewerage drainage | 排水 污水 | канализаци водоотведени | صرف
water | waterworks | 自来水 供排水 水业 水资源 | водоснабжени | -
sanitation | sanitation | 环卫 | - | -
irrigation | - | - | ирригац мелиораци мелиоративн | ري آبياري
dam | dam dams reservoir | 水库 大坝 | гидротехническ | سدود سد
hospital | polyclinic outpatient | 诊所 门诊 | амбулатор | عيادة
surgical | surgical surgery | 外科 手术 | хирург хирургическ | جراحة
orthopaedic | orthopedic orthopaedic orthopedics | 骨科 | ортопедическ | -
ophthalmic | ophthalmic ophthalmology eye eyes | 眼科 | офтальмолог глазн | عيون
blood | blood plasma | 血液 血液制品 血制品 | кров | دم
cell | cell cells | 细胞 | клеточн | خلايا
nutrition | nutrition nutritional nutrients | 营养 | питани | تغذية
health | wellness | 保健 保健品 养生 | здравоохранени здоровь | صحة تندرستي
disease | disease diseases | 疾病 防疫 | эпидемиологи | اوبئة
disease | epidemic epidemiology | 疾控 疾病预防 | эпидемиологическ | -
prevention | prevention preventive | 预防 防治 | профилактик | وقاية
radiation | radiation radiological radiology | 放射 辐射 | радиационн радиологическ радиолог | اشعاع پرتو
isotope | isotope isotopes | 同位素 | изотоп изотопн | -
nationalities | nationalities nationality minzu ethnic | 民族 | национальност | -
justice | justice judicial | 司法 | юстици правосуди | عدل دادگستري قضايي قضائية
statistics | statistics statistical | 统计 | статистик статистическ | احصاء آمار
audit | audit auditing auditors | 审计 会计师 会计 | аудиторско | محاسبة تدقيق حسابرسي
chamber | chamber chambers | 总商会 | палат | غرفة اتاق
investigation | investigation investigations investigative | 调查 | следственн расследовани | تحقيق
situations | situations situation | - | ситуаци | -
affairs | affair | - | дел делам | شؤون امور
social | social welfare | 社会 社会保险 社保 福利 | социальн | اجتماعية اجتماعي
security | - | 保障 | обеспечени защит | ضمان
heritage | heritage monuments antiquities | 文物 遗产 | памятник | آثار
archaeology | archaeology archaeological | 考古 | археолог археологи | -
history | history historical | 历史 | истори историческ | تاريخ
literature | literature literary | 文学 | литератур литературн | ادب
philosophy | philosophy | 哲学 | философи | -
economic | - | 经济学 | экономик | اقتصاد اقتصادي اقتصادية
psychology | psychology psychological | 心理 | психологи психологическ | -
philharmonic | philharmonic orchestra symphony | 交响乐 爱乐 乐团 | филармони оркестр симфоническ | -
theatre | opera ballet drama | 剧院 戏剧 歌剧 | театр театральн драмы оперы балета | مسرح تئاتر
circus | circus | 杂技 马戏 | цирк | -
zoo | zoo zoological | 动物园 | зоопарк зоологическ | -
botanical | botanical botanic | 植物 植物园 | ботаническ | -
federation | federation confederation | 总会 总工会 | федераци конфедераци | فدراسيون اتحادية
trade-union | tradeunion tradeunions | 工会 | профсоюз профсоюзн | نقابات
olympic | olympic olympics | 奥林匹克 奥运 | олимпийск | اولمبية المپيك
football | football soccer | 足球 | футбол футбольн | قدم فوتبال
hockey | hockey | 冰球 | хоккей хоккейн | -
stadium | stadium arena | 体育场 体育馆 | стадион | ورزشگاه
palace | palace | - | дворец дворц | قصر
hotel | inn resort resorts | 大酒店 大饭店 度假村 度假酒店 旅馆 | отел санатори | منتجع
casino | casino casinos gambling | 赌场 | казино | -
cafe | cafe | 咖啡馆 | кафе | مقهى
mall | mall malls plaza | 购物中心 广场 | - | مول
supermarket | hypermarket hypermarkets | 大卖场 便利店 | супермаркет гипермаркет | هايبر هايبرماركت
wholesale | wholesaler wholesalers retailer retailing | 批发市场 | оптов оптово розничн | جملة تجزئة
foundry | foundries | 铸造厂 | - | -
naval-architecture | hydrodynamics | 水动力 | гидродинамик | -
aerodynamics | aerodynamics | 空气动力 | аэрогидродинамическ аэродинамическ | -
aerodynamics | aerodynamic | 空气动力学 | аэродинамик | -
machinery | mechanic | 力学 | механик | ميكانيك
thermal | thermophysics heatpower | 热工 热能 供热 | теплофизик теплов теплосет | حرارية حراري
cryogenic | cryogenic cryogenics | 低温 深冷 | криогенн | -
astronomy | astronomy astronomical observatory | 天文 天文台 | астрономи астрономическ обсерватори | -
seismology | seismology seismological earthquake | 地震 | сейсмолог сейсмологическ | زلزله
hydrology | hydrology hydrological | 水文 | гидрологи гидрологическ | -
geophysics | geophysics geophysical | 物探 地球物理 | геофизик | -
geochemistry | geochemistry geochemical | 地球化学 | геохими | -
iron-and-steel | - | 冶炼 | металлургии | -
biophysics | biophysics | 生物物理 | биофизик | -
environment | - | 生态环境 环境保护 | эколог экологическ природоохранн | -
energy-saving | energysaving energyconservation | 节能 | энергосбережени | -
energy-saving | conservation | 节能环保 | энергосберегающ | -
low-carbon | decarbonization | 低碳 碳中和 | - | -
biomass | biomass biofuel biofuels bioenergy | 生物质 生物能源 | биотоплив | -
geothermal | geothermal | 地热 | геотермальн | -
desalination | desalination | 海水淡化 | опреснени | تحلية
incineration | incineration | 焚烧 | - | -
scrap | scrap | 废钢 报废 | металлолом вторчермет лом | خردة قراضة
used | used secondhand | 二手 | вторичн | مستعمل
tire | - | 轮胎制造 胎业 | шин | اطارات
automobile | - | 汽车制造 汽车工业 汽车集团 车业 | автомобил | سيارت
vehicle-parts/automobile | - | 汽车零件 车辆部件 | автокомпонент автозапчаст | -
automobile | - | 改装车 特种车 | спецтехник | -
bus/transport | - | 巴士 公交 公共交通 | автобус пассажирск | حافلات باصات اتوبوس
passenger | passenger passengers | 客运 | - | ركاب مسافربري
logistics | - | 货代 货运代理 | грузов грузоперевозк | -
cargo | cargo cargoes | 货物 | карго | بضائع بار
shipbuilding/maintenance | - | 修船 船舶修造 船舶修理 | судоремонт | -
offshore | - | 海工 海洋工程 | шельф | -
yacht | yacht yachts boats | 游艇 | яхт | يخوت قايق
crew | crew crewing manning seafarers | 船员 海员 | крюинг | -
aviation | - | 飞行 | летательн | -
flight | flight flights | 试飞 飞行试验 | - | پرواز
parachute | parachute parachutes | 降落伞 | парашют парашютн | -
balloon | balloon airship | 浮空器 飞艇 | дирижабл | -
propulsion/engine | - | 火箭发动机 | - | -
aerospace | - | 太空 空间 宇宙 | космонавтик | -
launch | - | 发射 | пусков | -
torpedo | torpedo torpedoes | 鱼雷 | торпедн | -
submarine | submarine submarines | 潜艇 潜水 | подводн | -
diving | diving | 打捞潜水 | водолазн | غوص
sonar | sonar hydroacoustic | 声呐 水声 | гидроакустик | -
laser | - | 激光器 | лазер | ليزر
antenna | - | - | антенн | -
cryptography | cryptographic cryptography encryption | 密码 | криптографическ | -
information-security | infosec | 网安 | инфобезопасност | -
intelligence-service | - | 情报 | разведк разведывательн | مخابرات استخبارات اطلاعاتي
electronic-warfare | - | 电子对抗 | рэб | -
night-vision | nightvision | 夜视 | ночн | -
sight | sight sights sighting | 瞄准 | прицел прицельн | -
uniform | uniform uniforms | 制服 | обмундировани | -
mechanized | mechanized motorized | 机械化 | мотострелков | -
reserve | reserve reserves | 储备 | резерв резервн | احتياط ذخاير
warehouse | - | 仓库 | хранени хранилищ элеватор | تخزين
cold | cold | 冷藏 | холод | بارد
veterans | veterans veteran | 退役军人 | ветеран | محاربين
disabled | disabled | 残疾人 | инвалид | -
labour | - | 劳务 人才 | кадр труд труда занятост | عمل كار توظيف
recruitment | recruitment recruiting staffing headhunting | 招聘 | рекрут | -
translation | translation translations translators | 翻译 | перевод переводческ | ترجمة
notary | notary notarial | 公证 | нотариальн нотариус | -
arbitration | arbitration | 仲裁 | арбитраж арбитражн | تحكيم
intellectual-property | intellectualproperty | 知识产权 | - | -
invention | invention inventions | 发明 | изобретени | -
incubator | incubator accelerator | 孵化器 孵化 | инкубатор акселератор | -
innovation | - | - | инноваци инновационн | ابتكار نوآوري
engineering | - | - | инженеринг | -
engineering+technology | - | 工程技术 | - | -
industry+technology | - | 工业技术 | - | -
construction+machinery | - | 工程机械 建筑机械 | - | -
road+road | - | 路桥 公路桥梁 | автодор | -
road | - | 高速公路 高速 桥梁 道路 | дорожн мост мостов автомагистрал | طرق جسور
automobile+industry | - | 汽车产业 | автопром | -
agriculture+machinery | - | 农机 农业机械 | сельхозмаш сельхозтехник | -
chemical+industry | - | 化学工业 | химпром | -
instrument | - | 仪器仪表 测绘仪器 | приборостроительно | -
biological+products | - | 生物制品 | биопрепарат | -
biological+pharmaceutical | - | - | биофарм | -
biopharmaceutical | - | 生物医疗 生物医学 | биофармацевтическ биомедицинск | -
medical+university | - | 医科大学 | мединститут | -
medical+equipment | - | 医疗设备 医用设备 | медтехник | -
medical | - | 医用 | медицин мед медик | طب
gynaecology | maternity obstetrics gynecology | 妇产 妇幼 | родильн перинатальн | ولادة
postal+telecom | - | 邮电 | - | -
project | project projects | 项目 | проект | مشروع
high-speed | highspeed | 高铁 | скоростн высокоскоростн | -
railway+construction | - | 铁路建设 | - | -
machine-building/engineering/machinery | - | - | машиностроительн машиностроени | -
machine-building/engineering/machinery | - | - | машиностроитель машиностроит | -
metal/iron-and-steel | - | 金属材料 | металлургическ металлурги металлург | -
trade/commercial | - | - | торгов торгово | تجارة
energy/power/electric-power | - | - | энергетическ энергетик | -
industry/manufacture | - | - | - | صناعة صناعات
construction/contracting | - | - | - | إنشاءات مقاولات انشائية
technology/technical | - | - | - | تقنية تقنيات
management/bureau | - | - | управлени | -
broadcasting/electronics | - | - | радио | -
holding/investment | - | 投控 控股集团 | - | -
property | - | 不动产 地产开发 房产 | имуществ недвижимост | ملك املاك
property/construction | - | 房地产开发 | девелопмент девелоперск | -
operation/management | - | 运维 | эксплуатационн | -
economic/technology/development | - | 经开 | - | -
security | bodyguard bodyguards | 保全 护卫 保卫 | охран чоп | حراسة
risk | risk | 风险 风控 | риск | مخاطر
research | r&d rnd | 研发 研制 | разработк | -
research+development | - | 研究与开发 | - | -
institute/academy | - | 研究设计院 设计研究总院 | - | -
institute | - | 实验所 研究室 | - | -
centre | - | 中心站 总站 | - | كانون
station | - | 站 | вокзал | محطة ايستگاه
rural | - | - | деревн | قرية
street | street avenue | 街道 大街 | улиц проспект | شارع خيابان
tower | tower towers | 大厦 铁塔 | башн | أبراج
island | island islands | - | остров | جزيرة جزيره
lake | lake | - | озер | بحيرة درياچه
park | - | 保税 新区 高新产业开发区 | зон | منطقة منطقه
free-trade | freetrade freezone | 自由贸易 自由区 | - | حرة آزاد
processing | processing | 加工 加工厂 | перерабатывающ переработк обработк обрабатывающ | معالجة فرآوري
beneficiation | beneficiation enrichment concentrator | 选矿 洗选 | обогатительн обогащени | تغليظ غني سازي
smelting | smelting smelter smelters | 冶炼厂 熔炼 | плавильн | صهر
extraction | extraction | 开采 采掘 | добыч добывающ | استخراج
wells | - | 钻井 油井 | скважин | چاه
drilling | drillings rigs rig | 钻探 钻采 | бурени | حفريات
oil+engineering | - | 石油工程 | - | -
oil+machinery | - | 石油机械 | нефтемаш | -
oil+chemical | - | 油化 | - | -
oil+trade | - | 石油销售 | нефтеторг | -
seismic | seismic | - | сейсмическ сейсморазведк | -
pesticide | insecticide insecticides herbicide | 农药厂 | пестицид | مبيدات سموم
vaccine | serum sera | 血清 | сыворотк вакцин | لقاحات واكسن سرم
sugar | - | 制糖 | сахар | -
edible-oil | fats | 油脂工业 粮油食品 | маслозавод маслоэкстракционн жиров | -
grain | cereals wheat corn | 谷物 玉米 粮库 | хлеб зернопродукт элеваторн | قمح گندم غلات
tea | - | 茶厂 | чай | -
wine | vodka whisky alcohol | 白酒 葡萄酒 酿酒 | коньячн водочн алкогольн | -
wine | alcoholic brandy | 酿造 黄酒 | спирт вино | -
water/beverage | - | 矿泉水 饮用水 乳品饮料 | минеральн | -
dairy | cheese butter | 乳品 牛奶 奶业 乳制品 | сыр сыроваренн молок маслосырзавод | أجبان پنير
poultry | beef pork | 肉食 屠宰 | мясокомбинат мясо мясоперерабатывающ | لحوم
poultry | chicken eggs | 禽蛋 家禽 | колбасн свиноводческ бройлерн | گوشت
fishery | fish shrimp | 水产品 海产 渔业公司 海洋捕捞 | рыб рыбоперерабатывающ рыбокомбинат траловый | ماهي
veterinary | - | 畜禽 牧场 | племенн животноводств | مواشي دام دامداري
consulting | firm firms | 事务所 会计师事务所 | - | -
airforce | - | 空军 | - | -
archive | - | 档案 档案馆 | архив архивн | أرشيف محفوظات
armour | - | 装甲 | бронетехник броневой | مدرعات زرهي
aromatics | - | 芳烃 | ароматик | -
ordnance | - | 兵工 兵器装备 军械 | арсенал | -
assembly | - | 组装 总装 | сборк сборочно | تجميع مونتاژ
autonomous | - | 自主 自动驾驶 | автономн | -
avionics | - | 航电 航空电子 | авионик | -
bitumen | - | 沥青 | битум битумн асфальт асфальтобетонн | اسفلت قير بيتومين
border | - | 边防 边境 | погран | حدود مرزباني
branch | - | 分行 支行 办事处 代表处 | - | نمايندگي شعبه
brick | - | 砖瓦 砖 | кирпич | -
brokerage | - | 经纪 期货经纪 | брокерск брокер | سمسرة
brothers | - | 兄弟公司 | братья брат | برادران
cancer | - | 肿瘤 癌症 | онкологическ онколог | سرطان اورام
carpet | - | 地毯 | ковров ковр | -
cartridge | - | 弹药 子弹 | боеприпасн | ذخائر ذخيره
charity-relief | - | 救济 赈灾 | гуманитарн | -
coastal | - | 沿海 海岸 | прибрежн береговой | ساحل سواحل ساحلي
complex | - | 综合体 | - | مجمع مجتمع
contracting | - | 承包 总承包 | подряд подрядн | پيمانكاري تعهدات
cyber | - | 网络安全 网络空间 | киберзащит | -
cybernetics | - | 控制论 | кибернетическ | -
democratic | - | 民主 | демократическ | ديمقراطية دموكراتيك
design-institute | - | 规划设计院 | гипро | -
detergent | - | 洗涤剂 | моющ мыловаренн | صابون
directorate/department | - | 指挥部 | - | مديرية
duty-free | - | 免税 免税品 | беспошлинн дьюти | -
election | - | 选举 | избирательн | انتخابات مفوضية
export | - | 出口 | экспорт | صادرات صادراتي
face | - | 人脸 | - | -
fleet | - | 舰队 船队 | флотили | اسطول ناوگان
fuel-cell | - | 燃料电池 氢燃料电池 | - | -
gun | - | 火炮 枪械 | пушечн орудийн стрелков | مدفعية مدافع توپخانه
helicopter | - | 直升机 | вертолетн | بالگرد مروحيات
housing | - | 住房 住宅 | жилищн жилищно жилстрой | سكن سكنية
import | - | 进口 | импортн | واردات
installation | - | 设备安装 | монтажно электромонтаж | تركيبات تأسيسات
interior | - | 内政 内务 | внутрен | داخلية كشور
islamic | - | 伊斯兰 | исламск | إسلامي إسلاميه
kitchen | - | 厨具 厨房 厨卫 厨电 | кухонн кухн | مطابخ
maintenance | - | 维修 检修 | ремонтно техобслуживани | اصلاح
mechanical-electrical | - | 机电设备 | - | -
microwave | - | 微波 | микроволнов свч | -
migration | - | 移民 出入境 | - | هجرة مهاجرت
monitoring | - | 监测 监视 | мониторинг | مراقبة رصد پايش
mortgage | - | 按揭 抵押 | ипотек | رهن
olefin | - | 烯烃 乙烯 聚烯烃 | этилен полиэтилен полипропилен | اولفين ايتيلين پلي
ore | - | 矿石 矿砂 铁矿 | рудоуправлени | خامات سنگآهن
organisation | - | 组织 机构 | организаци | هيئات
party | - | 共产党 | партийн | -
perfume | - | 香水 | парфюмерн парфюм | عطور عطر
potash | - | 钾肥 钾盐 | калий | بوتاس پتاس
private | - | 私人 民营 | - | خاصة خصوصي
reconstruction | - | 重建 | реконструкци реставраци | بازسازي
refinery | - | 炼油 炼化 炼油厂 | нефтепереработк | تصفية
religion | - | 宗教 佛教 | религиозн | دينية ديني مذهبي
republic | - | 共和国 | - | -
revolution | - | 革命 | революци | ثورة ثورية انقلاب
river | - | 内河 | речной пароходн | رود انهار
science-production | - | 科研生产 | - | -
serial | - | - | серийн | -
settlement | - | 结算 清算 | клиринг | تسوية مقاصة
soda | - | 纯碱 烧碱 | сода | صودا
launch | - | 航天发射 | космодром | اطلاق پرتاب
staff | - | 参谋 参谋部 总参谋部 | штаб | أركان اركان ستاد
studies | - | 研究学院 | - | -
subsea | - | 水下 海底 深海 | - | -
superconductor | - | 超导 | сверхпроводник | -
tactical | - | 战术 | - | تكتيكي
tank | - | 坦克 储罐 | резервуар | خزانات دبابات مخازن
trailer | - | 挂车 拖车 | прицеп | مقطورات
training-centre | - | 训练 训练中心 | тренажер | -
underwear | - | 内衣 | бельев | -
urea | - | 尿素 | карбамид | اوره يوريا
women | - | 女性 妇女 | - | نساء مرأة زنان بانوان
youth | - | 青少年 共青团 | молодеж | شباب شبيبة جوانان
zipper | - | 拉链 | - | سحابات زيپ
abrasive | - | - | абразив абразивн шлифовальн | -
adhesive | - | 胶粘剂 胶带 | клеев | لواصق چسب
airconditioner | - | 中央空调 | кондиционер кондиционировани | مكيفات كولر
alloy | - | 合金材料 | сплав | سبائك آلياژ
appliance | - | 家用电器 电器产品 | бытов | -
arts | - | 文艺 书画 | искусств художественн | فنون هنر هنري
asset | - | - | актив | أصول دارايي
auction | - | - | аукцион аукционн | مزادات مزايده
bag | - | - | сумк галантере | حقائب كيف
bicycle | - | - | велосипед велозавод | دراجات دوچرخه
biochemical | - | - | биохими | -
biometric | - | - | биометрическ | -
building-materials | - | 建筑材料 | стройматериал стройиндустри | -
bulk | - | - | балкер насыпн | فله
business | - | 企业服务 | бизнес деловой | أعمال كسبوكار
capacitor | - | - | конденсатор конденсаторн | مكثفات خازن
charging | - | 充电桩 | зарядн | -
chemical-fibre | - | - | химволокн волокн | ألياف الياف
chip | - | - | чип | -
circuit-board | - | 印制电路 印刷电路 | плат | مدار
cnc | - | - | чпу | -
component | - | - | комплектующ компонент запчаст | أجزاء قطعات يدكي
composite | - | - | композит композиционн композитн | -
connector | - | - | разъем соединител | -
container | - | - | контейнер контейнерн | حاويات كانتينر
cosmetics | - | 护肤 化妆品厂 | косметик косметическ | -
court | - | - | суд судебн | محاكم
craft | - | - | ремесел промысл | حرف
decoration | - | - | отделочн интерьер декор | ديكورات
dental | - | - | стоматолог стоматологическ | أسنان دندانپزشكي
department-store | - | - | универмаг | -
device | - | - | устройств аппарат | دستگاه
distribution | - | 分销 | дистрибуци дистрибьюшн дистрибьютор сбыт сбытов | -
doors | - | 门业 | двери окна оконн | أبواب نوافذ درب پنجره
dredging | - | - | дноуглубительн | كراكات لايروبي
dyeing | - | - | красильн | صباغة رنگرزي
electric-vehicle | - | - | электромобил | -
expertise | - | - | - | خبرة
factoring | - | - | факторинг факторингов | -
fan | - | - | вентилятор вентиляторн | مراوح
filter | - | - | фильтр | فلاتر فيلتر
firefighting | - | 消防器材 | пожарн пожаротушени | اطفاء حريق آتشنشاني
flooring | - | - | паркет напольн | أرضيات
forensic | - | 物证 法医 | судебно криминалистическ криминалистик | -
foundry | - | - | литейн | -
fuel | - | - | гсм | -
futures | - | - | фьючерс | -
gene | - | - | ген генетик генетическ геном | جينات ژنتيك
geography | - | - | географическ | جغرافيا جغرافيايي
gift | - | - | подарк подарочн сувенир | هدايا
glassfibre | - | 玻璃纤维 | стекловолокн стеклопластик | -
government | - | - | правительств | -
graphite | - | - | графит графитов углерод электродн | كربون گرافيت
ground | - | - | наземн сухопутн | برية زميني
guarantee | - | - | гаранти гарантийн | ضمانات كفالة تضمين
guidance | - | - | наведени | هدايت
hardware | - | - | метиз скобян | خردوات
heavy-machinery | - | - | тяжмехпресс | -
high-tech | - | - | высокотехнологичн хайтех | -
human-resources | - | - | персонал | بشرية
ink | - | - | чернил | أحبار
insulation | - | - | изоляци изоляционн изолятор | عزل عوازل عايق
intelligent | - | 智联 | интеллектуальн | ذكي
language | - | 语言文化 | язык лингвистическ | لغات لغة زبان
leather | - | - | кожев кожевенн | -
lens | - | - | линз | عدسات
library | - | - | библиотек | مكتبة كتابخانه
lighting | - | - | светотехник светотехническ осветительн светодиодн | -
lithium | - | - | литий литиев | -
lubricant | - | - | смазочн | روانكار
marketing | - | - | маркетинг | بازاريابي
memory | - | - | запоминающ | ذاكرة
methanol | - | - | метанол | -
mineral | - | - | минерал | -
model | - | - | модел | نماذج
module | - | - | модул | -
mould | - | - | оснастк | قوالب قالبسازي
music | - | - | музык музыкальн консерватори | موسيقي موسيقى
nano | - | - | нано нанотехнологи | نانو
nonferrous | - | 有色金属 | цветмет | -
nursing | - | - | сестринск | تمريض پرستاري
oceanography | - | - | океанолог океанологи океанографическ | -
optoelectronics | - | - | оптоэлектроник фотоник | -
park | - | - | парк технопарк | پارك شهرك
patent | - | - | патент патентн | براءات
pawn | - | - | ломбард | -
pet | - | - | зоотовар | -
pigment | - | - | пигмент красител | أصباغ دهانات رنگدانه
coating | - | - | - | طلاء بويات
planning | - | - | планировани планов | تخطيط برنامه
plating | - | - | гальваническ | -
pneumatic | - | - | пневматик пневматическ | -
postal | - | - | почт почтов | بريدية پستي
power-supply | - | - | электропитани | -
prison | - | - | тюрьм исправительн исполнени | سجون
prosecutor | - | - | прокуратур | نيابة دادستاني
pump | - | - | насос | -
radio-frequency | - | - | радиочастотн | -
rare-earth | - | - | редкоземельн редкомет | -
reagent | - | - | реактив | كواشف
recycling | - | - | вторсырье утилизаци | تدوير بازيافت
reform | - | - | реформ | -
refractory | - | - | огнеупор огнеупорн | حراريات نسوز
rehabilitation | - | - | реабилитаци реабилитационн | تأهيل توانبخشي
relay | - | - | реле | -
remote-sensing | - | - | зондировани | استشعار سنجش
renewable | - | 可再生能源 | ветроэнергетик возобновляем | متجددة تجديدپذير
resources | - | - | ресурс | موارد منابع ثروات
rice | - | 稻米 大米 | рисов | أرز برنج
rural | - | - | сельхоз | ريفية روستا روستايي
salvage | - | - | спасательн аварийно | انقاذ
sanitary | - | - | сантехник санитарн | بهداشتي
seal | - | - | уплотнени | -
seasoning | - | - | специй приправ | بهارات توابل ادويه
seed | - | - | семена | بذور بذر
sensor | - | - | датчик сенсор | مجسات سنسور
signal | - | - | сигнал | اشارة
silicon | - | - | кремни кремниев | سيليكون
simulation | - | - | симулятор моделировани | محاكاة شبيهسازي
special-steel | - | - | спецсталь электросталь | -
speech | - | - | речев | -
stamping | - | - | штамповочн | -
stationary-storage | - | - | накопител | -
stationery | - | - | канцелярск канцтовар | قرطاسية
steel-structure | - | - | металлоконструкци стальконструкци | هياكل
studies | - | - | исследований | -
tax | - | - | налог налогов | ضرائب ماليات مالياتي
teachers | - | - | педагогическ учительск | معلمين
telephone | - | - | телефон | هواتف
thermal-imaging | - | - | тепловизор | -
tile | - | - | плитк черепиц | بلاط قرميد
tin | - | - | оловян оловокомбинат | قصدير
traditional-medicine | - | - | - | أعشاب
truck | - | - | грузовик | -
urban | - | - | градостроительн | حضرية شهري عمرانية
vocational | - | - | профессиональн профтех | مهني مهنية حرفه
waste | - | - | отход | نفايات مخلفات پسماند
waterproof | - | - | гидроизоляц | -
wireless | - | - | беспроводн | لاسلكية لاسلكي بيسيم
acoustics | - | - | - | صوتيات آكوستيك
animation | - | - | - | متحركة پويانمايي
applied | - | - | - | تطبيقية كاربردي
archaeology | - | - | - | باستانشناسي
architecture | - | - | архитектур архитектурн | معماري معمارية تصميم طراحي
balloon | - | - | - | بالون
boiler | - | - | - | مراجل بويلر ديگ
botanical | - | - | - | نباتات گياهي
brewery | - | - | - | بيرة جعة
certification | - | - | - | اعتماد شهادات گواهي
civil | - | - | - | مدني مدنية مدنى كشوري
coal | - | - | - | فحم زغال زغالسنگ
coffee | - | - | - | بن قهوة قهوه
coke | - | - | - | كك
compressor | - | - | - | ضواغط كمبرسور كمپرسور
concrete | - | - | - | خرسانة خرسانه بتن كونكريت
courier | - | - | - | توصيل
department | - | - | - | دائرة قسم ادارهكل
diagnostics | - | - | - | تشخيص تشخيصي
disabled | - | - | - | معاقين معلولين
drone | - | - | - | مسير درون
elevator | - | 升降机 | лифт лифтов | مصاعد مصعد آسانسور
entertainment | - | 娱乐文化 | развлекательн | ترفيه ترفيهية سرگرمي
exhibition | - | - | выставк | معارض معرض نمايشگاه
experimental | - | - | - | تجريبية آزمايشي
explosive | - | - | взрывчатк | متفجرات
fastener | - | - | крепеж | براغي پيچ
feed | - | - | корм кормов | أعلاف علف خوراك
fitness | - | - | - | لياقة
foreign | - | - | иностранн зарубежн | خارجية خارجي خارجه
forging | - | - | - | حدادة آهنگري
gear | - | - | - | تروس گيربكس چرخدنده
home | - | - | - | منزلية منزلي خانگي
import-export | - | 进出口贸易 | - | -
instrument | - | - | измеритель | ابزار ابزاردقيق ادوات أدوات
heavy-industry | - | - | - | ثقيلة سنگين
law | - | 法务 | - | محاماة قانون حقوق حقوقي
locomotive | - | - | электровозостроительн электровоз | قاطرات لوكوموتيو واگن
machine-tool | - | - | станк | مخارط
mathematics | - | - | - | رياضيات
measurement | - | - | - | قياس اندازهگيري
meteorology | - | - | - | أرصاد ارصاد هواشناسي
motorcycle | - | - | мотоцикл мотоциклетн | موتورسيكلت
museum | - | - | - | متحف متاحف موزه
navigation | - | - | - | ناوبري
nitrogen | - | - | азот | نتروجين ازت آمونيا آمونياك
notary | - | - | - | توثيق
offshore | - | - | - | فراساحل
parking | - | - | - | مواقف
payment | - | - | - | دفع مدفوعات پرداخت
physics | - | - | - | فيزياء فيزيك
politics | - | - | политическ | سياسة سياسي سياسية
precision | - | - | прецизионн | دقيقة
products | - | 产品 | издели продукци | منتجات محصولات فرآورده فرآوردههاي
psychology | - | - | - | روانشناسي نفسية
quantum | - | - | - | كوانتوم
radar | - | - | - | رادار رادارات
recruitment | - | - | - | استخدام استقدام
region | - | 地区 街道办事处 | округ район районн | محافظة اقليم استان بلدية شهرداري
robot | - | - | - | روبوت ربات رباتيك
semiconductor | - | - | полупроводников | نيمههادي موصلات
special | - | 专用 | спец | خاص ويژه خاصه
supervision | - | - | - | رقابة اشراف نظارت
supply-chain | - | - | снабжени | -
switchgear | - | - | электроаппаратн | تابلو تابلوسازي
tool | - | 五金工具 | - | عدد
toys | - | - | - | ألعاب اسباببازي
universal | - | - | - | جامع
veterinary | - | - | - | بيطرية بيطري دامپزشكي
video | - | 音视频 | - | فيديو مرئي
watch | - | 手表 腕表 | - | ساعات ساعت
welding | - | 焊业 焊材 | электросварочн | لحام جوش جوشكاري
wine | - | - | - | نبيذ
zinc | - | - | - | زنك روي
farm | farm farms | 农场 | ферм фермерск птицеферм совхоз колхоз | مزرعة مزارع مزرعه
money | money | 货币 | денежн | نقدي نقود پول
infrastructure | infrastructure | 基础设施 | инфраструктур | زيرساخت زيرساختهاي
association | society societies guild | 公会 协会联合会 | обществ | جامعه
development | developers developer | - | - | مطورون
construction | builders builder | 建筑公司 建造 营建 | застройщик домостроительн | بناء
power | generation generating | 发电厂 电厂 电站 | электрогенераци генераци | نيروگاه محطات
support | support | 支援 支持 | поддержк | دعم پشتيباني اسناد
resistance | resistance | 抵抗 | сопротивлени | مقاومة مقاومت
family | family | 家族 | семейн | عائلة خانواده
armed | armed | 武装 | вооруженн | مسلحة مسلح
regulatory | regulatory regulation regulator | 监督管理 监管 | регулировани | تنظيم
self-sufficiency | sufficiency | 自给 | - | خودكفايي
strategic | strategic | 战略 | стратегическ | استراتيجية راهبردي
tourism | - | 旅业 景区 度假 | турагентств туроператор | -
broadcasting | - | 传播 电视广播 | телерадио | إذاعي تلفزيوني
holding | - | 控股公司 集团控股 | холдингов | -
trust | - | 投资基金 | - | -
education | colleges kindergarten | 教育集团 | детсад | مدرسة مدارس
library | - | 书店 | - | -
printing | bookstore books book | 出版社 新华书店 | типографи книжн | مكتبات مطبعة
printing | publisher publishers | 印刷厂 图书 | издательск книг | مطابع
news | - | 传媒集团 报业 | издани журнал редакц | مجلة
orphanage | orphanage orphans orphan | 孤儿院 | сирот | أيتام يتيم
blind | blind | 盲人 | слеп | مكفوفين نابينايان
pension | provident | 公积金 | - | تقاعدي
railway | rails | 铁路局 铁道部 | железнодорожн | -
telescope | telescope telescopes | 望远镜 | телескоп | -
detector | detector detectors | 探测 探测器 | детектор | -
x-ray | xray | 射线 | рентген рентгеновск | اشعة
scale | scales weighing | 衡器 | весов | موازين
watch | - | 时钟 | хронометр | -
plywood | - | 纤维板 | двп | -
plastic | - | 橡胶厂 | каучуков | -
asbestos | asbestos | 石棉 | асбест асбестов | اسبست
mica | mica | 云母 | слюд | -
chemical | - | 盐化工 | - | -
sulphur | sulphur sulfur sulphuric sulfuric | 硫酸 硫磺 | серн сернокислотн | كبريت گوگرد
acid | acid acids | 酸 | кислот | أحماض اسيد
alkali | alkali chloralkali chlor chlorine | 氯碱 碱业 | хлор хлорн | كلور كلر
ethanol | ethanol bioethanol | 乙醇 酒精 | этанол | ايثانول اتانول
starch | starch | 淀粉 | крахмал крахмальн | نشا نشاسته
protein | protein proteins amino | 蛋白 氨基酸 | белков протеин | بروتين
vitamin | vitamin vitamins | 维生素 | витамин витаминн | فيتامين ويتامين
enzyme | enzyme enzymes yeast | 酶制剂 酵母 | фермент дрожжев | خميرة
soy | soy soybean bean beans | 大豆 豆制品 | соев | صويا سويا
potato | potato potatoes | 薯业 马铃薯 | картофел | بطاطس
nut | nut nuts pistachio almonds | 坚果 | орех | مكسرات پسته خشكبار
fruit | - | - | - | تمور تمر خرما
edible-oil | - | 橄榄油 | - | -
saffron | saffron | 藏红花 | - | زعفران
mushroom | mushroom mushrooms | 食用菌 蘑菇 | гриб | -
chemical | - | 林化 | лесохимическ | -
match | match matches | 火柴 | спичечн | كبريتسازي
candle | candle candles | 蜡烛 | свечн | شموع
toothpaste | toothpaste | 牙膏 | - | -
diaper | diaper diapers napkin tissue | 纸尿裤 | салфет | حفاضات
mattress | mattress mattresses | 床垫 | матрас | مراتب
curtain | curtain curtains | 窗帘 | штор | ستائر
towel | towel towels linen | 毛巾 | полотенц льнян льнокомбинат | مناشف
hat | hat hats cap | 帽业 | шляп | -
sock | sock socks hosiery | 袜业 | носочн чулочн чулочно | جوارب جوراب
glove | glove gloves | 手套 | перчат | قفازات
umbrella | umbrella umbrellas | 伞业 | зонт | -
battery+material | - | 正极材料 负极材料 | - | -
brothers | - | 兄弟 | - | -
nuclear+power+plant | - | 核电站 核电厂 | аец аес | -
nuclear+power | - | 核电 | - | -
network/chain | - | - | сеть сети сетей | -
people/national | - | - | народн народна народни народно | -
special | specialist specialists specialty specialized | 专科 专业 | специализированн | تخصصي تخصصية متخصصة
independent | independent independence | 独立 | независим | مستقلة مستقل
industry | industrialist industrialists | - | промышленник | صناعيين
pioneering | entrepreneur entrepreneurs entrepreneurial | 企业家 | предпринимател | رياديين
law | lawyers lawyer bar attorneys solicitors advocates | - | адвокат адвокатур юрист нотари | محامين وكلا
doctors | doctors physicians physician | 医师 | врач | اطباء پزشكان
journalists | journalists journalist writers | 记者 作家 | журналист писател | صحفيين
engineering | - | - | инженер | مهندسون
teachers | - | 教师 | - | -
library | - | 国家图书馆 | - | -
museum | - | 博物院 纪念馆 | - | -
football | - | 足球俱乐部 | футболист | -
basketball | basketball | 篮球 | баскетбол баскетбольн | سلة بسكتبال
handball | handball | 手球 | гандбол | -
volleyball | volleyball | 排球 | волейбол волейбольн | واليبال
tennis | tennis | 网球 乒乓球 | теннис теннисн | تنس
chess | chess | 象棋 棋院 | шахмат шахматн | شطرنج
swimming | swimming aquatics | 游泳 | плавани | سباحة
boxing | boxing wrestling | 拳击 | бокс борьб | ملاكمة
racing | racing motorsport | 赛车 赛马 | автоспорт гоночн | سباق
entertainment | - | 网游 手游 | - | -
national | - | - | національн державн държавн национален державне национальна ұлттық | -
national | - | - | мемлекеттік давлат миллий державна национална државн државна | -
bank | - | - | банка банкасы банкі банки | -
ministry | - | - | міністерств министрлігі вазирлиги министарств | -
university | - | - | університет университеті универзитет университети | -
railway | - | - | железници железнице теміржол залізниц железниц | -
energy/power | - | - | електроенергет енергет енергійн | -
electric | - | - | електр електро електричеськ електрическ електроенергийн | -
trade/commercial | - | - | търговск трговин трговинск сауда савдо търгови | -
industry | - | - | индустриј индустрија индустријск промишлен өнеркәсіп саноат | -
enterprise | - | - | предприятие предузеће кәсіпорны корхонаси | -
oil | - | - | мұнай нефтогаз петрол нафтн | -
mining | - | - | шахта мини рударск рудодобив кен | -
airport | - | - | летище аеродром аеропорт әуежай | -
postal | - | - | пошта пошти пощи | -
security | - | - | безпек безпеки сигурност безбедност қауіпсіздік | -
services | - | - | служба служби қызмет послуг | -
defence | - | - | отбрана одбран қорғаныс мудофаа | -
insurance | - | - | застрахован осигурањ сақтандыру суғурта страхуван | -
trust | - | - | қоры жамғармаси | -
plant | - | - | завод фабрика зауыты заводи | -
cement | - | - | цементний цемента | -
development | - | - | развој розвитк розвитку даму тараққиёт развитие | -
agency | - | - | агенція агентств агенци агенција агенттігі | -
construction | - | - | будівництв строителств грађевин құрылыс қурилиш | -
machinery/engineering | - | - | машинобудуван | -
aviation | - | - | авіац ваздухоплов | -
association | - | - | спілк удружењ съюз сдружени қауымдаст уюшмас асоціац | -
institute | - | - | інститут | -
broadcasting | - | - | радиостанц телерадіо телевізі телевизиј телевизия | -
cooperative | - | - | спожив | -
power | - | - | электростанци | -
aluminium | - | - | алуминијум алюмінієв алуминий | -
copper | - | - | мед мед бакар | -
textile | - | - | - | نساجون نساجين
association | - | 同业公会 | гильди | -
craft | - | - | ремесленн | حرفية
phosphate | - | - | - | فوسفاط
bus/transport | - | 客运 长途 | - | -
charter | charter charters chartering | 包机 租船 | чартер чартерн | -
ground-handling | handling | 地面服务 | хендлинг | مناولة
restaurant | - | 航空食品 食堂 团餐 | кейтеринг кейтерингов общепит | وجبات
vending | vending | 自动售货 | вендинг | -
franchise | franchise franchising | 加盟 特许 | франчайзинг | امتياز
outsourcing | outsourcing | 外包 | аутсорсинг | تعهيد
call-centre | callcenter callcentre | 呼叫中心 | колл | -
broadband | broadband | 宽带 | широкополосн | -
telegraph | telegraph | 电报 | телеграф телеграфн | -
wire | - | 有线电视 有线 | кабель | -
printing | - | 出版传媒 | издательск | دارنشر
equipment/instrument | - | - | оборудовани оборудован | -
transport | - | - | перевозк перевозок перевозчик | -
inspection/supervision | - | 督察 稽查 | инспекци | -
agency | - | 办公室 | ведомств | -
machinery/machine-building | - | 机械工业 | - | -
exhibition/centre | - | 会议展览 展览馆 | - | -
consulting/services | - | 信息咨询 企业管理咨询 | - | -
trade/supply-chain | - | 商品贸易 供应链管理 | - | -
technology+services | - | 技术服务 | - | -
technology+development | - | 技术开发 科技发展 | - | -
industry+development | - | 产业发展 实业发展 | - | -
import-export+trade | - | 进出口贸易 | - | -
energy+technology | - | 能源科技 能源技术 | - | -
information+technology | - | 信息技术 信息科技 信科 | айти | -
network+technology | - | 网络技术 网络科技 | - | -
"""


def _columns() -> tuple[dict[str, str], ...]:
    columns: tuple[dict[str, str], ...] = ({}, {}, {}, {})
    for line in _ROWS.strip().splitlines():
        concept, *cells = (cell.strip() for cell in line.split("|"))
        for column, cell in zip(columns, cells, strict=True):
            if cell != "-":
                column.update(dict.fromkeys(cell.split(), concept))
    return columns


LATIN, HAN, CYRILLIC, ARABIC = _columns()
