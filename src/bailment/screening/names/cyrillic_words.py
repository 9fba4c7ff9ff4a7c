# ruff: noqa: RUF001 - tables of Cyrillic letters look like Latin ones; that is what they are for
"""The words of Cyrillic names: stems of generic words and places, and the endings that may follow a stem."""

from bailment.screening.names.lexicon import CYRILLIC as LEXICON
from bailment.screening.names.name_words import CYRILLIC as NAMES
from bailment.screening.names.place_words import CYRILLIC as PLACES
from bailment.screening.names.tables import listed

# What a name's ending becomes when the name stands by itself: in the genitive, as an adjective of a city.
NOUN_FORMS = (
    ("ненское", "ный"),
    ("ненский", "ный"),
    ("инский", "ино"),
    ("инские", "а"),
    ("инский", "а"),
    ("ские", "ск"),
    ("овский", "ово"),
    ("ского", "ский"),
    ("цкого", "цкий"),
    ("ского", "ск"),
    ("ский", "ск"),
    ("ская", "ск"),
    ("ское", "ск"),
    ("ого", "ий"),
    ("ский", ""),
    ("ская", ""),
    ("ское", ""),
    ("ова", "ов"),
    ("ева", "ев"),
    ("ина", "ин"),
    ("ля", "ль"),
)
ENDINGS = listed("""
а я ы и у ю е о ой ей ом ем ов ев ам ям ах ях ами ями ий ый ая яя ое ее ые ие ого его ому ему ых их
ым им ую юю ь ью ия ии ию ией ием иям иями иях ья ье на ны ний ные ная ное ного ной ным них ських
ська ське ський ских ская ское ский ские ского ской скому ским скую ії ія ів ій нии ние ния нию нием
ення ный ным овый овая овое овые ового овой овых евый евая евое евые ьный ьная ьное ьные ьного ьной ьных
очный очная очное очные ческий ческая ческое ческие ческого ческой ческих цкий цкая цкое цкого ский
""")

# A meaning (concepts of `glosses` joined by +, `place:KEY`, or `stop`), then the stems that have it.
_STEMS = """
new новый новая новое новые новых нового
precision высокоточн
complex/systems комплекс
high высок
energy энерго
consulting консалтинг консультационн
advertising рекламн реклам
education образовательн образовани учебн
culture культурн культур
tourism туристическ туризм
sport спортивн спорт
water водоканал водоснабжени
power генерирующ электростанц теплов
paper бумажн
forestry лесн лесопромышленн
security охранн
data данных
solutions решения
lease лизинг лизингов
exchange бирж биржев
maintenance ремонтн ремонт
procurement снабжени
supply-chain поставк
clothing швейн одежд
footwear обувн
plant завод комбинат фабрик радиозавод
bank банк
institute институт нии
university университет
academy академи
company-word компани корпораци
concern концерн
holding холдинг
group групп
enterprise предприяти
united объединен
association объединени ассоциаци союз
manufacture производствен производств производственно
science/research научн научно
science-production научно-производствен нпо нпп нпк нпф нпц
bureau окб цкб скб бюро
architecture конструкторск
research исследовательск
technology технологи технолоджис технолоджиз техник технич техническ
electronics электрон электроник электронн радиотехническ
electric электрич электрическ
electric/electronics электротехническ электротехник
electric+network электросет
energy энерги
machine-tool станкостроительн
instrument/device прибор
instrument приборостроительн приборостроени
shipbuilding судостроительн судостроени судоремонтн верф
aircraft авиастроительн самолет
aviation/aircraft авиационн авиац
airlines/aviation авиалини авиакомпани
helicopter вертолет
engine двигателестроительн двигател моторн турбинн
aerospace космическ космос
missile ракетн ракет
defence оборонн
military военн
iron-and-steel стальн сталь
metal металл
pipe трубн
mining горн
coal угольн
oil нефт нефтян
oil+gas нефтегазов
gas газов
chemical химическ хими
petrochemical нефтехимическ
pharmaceutical фармацевтическ
construction строительн строительств
trade/commercial торговл
trade трейд трейдинг
industry промышленн промышленност индустри промышленно
transport транспортн транспорт
logistics логистик
railway железн
road дорог
telecom телеком телекоммуникаци телекоммуникационн
communication/telecom связ
communication коммуникаци
information информационн информаци
systems систем
solutions решени
digital цифров
laboratory лаборатори
insurance страхов страхован
investment инвестиционн инвестици инвест
finance финансов финанс
capital капитал
management/control управлени
development развити
engineering инжиниринг инженерн
services сервис услуг
centre центр
international международн
national национальн государственн федеральн
place:russia российск росси русск рф
place:china китайск кита
place:moscow московск москв
place:petersburg санкт-петербургск петербург ленинградск
place:ural уральск урал
place:siberia сибирск сибир
place:northern северн
place:southern южн
place:western западн
place:eastern восточн дальневосточн
place:baltic балтийск
place:ukraine украинск украин
place:belarus белорусск белорусси беларус
place:crimea крым крымск
place:iran иранск иран
place:syria сири сирийск
place:kazan казанск казан
place:samara самарск
place:novosibirsk новосибирск
place:khabarovsk хабаровск
place:dnipro дніпро
place:kyiv киев київ
place:kharkiv харьков харків
place:minsk минск
place:tula тульск
place:izhevsk ижевск
place:nizhny нижегородск
place:chelyabinsk челябинск
place:krasnoyarsk красноярск
place:voronezh воронежск воронеж
place:perm пермск
machinery механическ
electric+machinery электромеханическ
precision точн
tactical тактическ
special специальн
export экспортн
foreign внешн
economic экономическ
credit кредитн
mortgage ипотечн
savings сберегательн
commercial коммерческ
glass стекольн
wire кабельн
bearing подшипников
cement цемент цементн
furniture мебельн
textile текстильн
confectionery кондитерск
dairy молочн
fishery рыбн
grain зернов
airport аэропорт
hotel гостиниц
printing издательств
mobile мобильн
network сетев
satellite спутников
laser лазерн
robot робототехник
drone беспилотн
geological геологическ
drilling буров
aluminium алюминиев
place:central центральн
station станци
automation автоматик автоматизац
blacksea черноморск
caspian каспийск
software программн
computer компьютер вычислительн
products продукт
material материал
agriculture сельскохозяйственн агро
food пищев
marine морск
port порт
river речн
automobile автомобильн авто
optical оптическ оптик
broadcasting+electronics радиоэлектронн
integrated-circuit микроэлектроник
semiconductor полупроводник
security безопасност охран
medical медицинск
foundation фонд
agency агентств
ministry министерств
elevator лифтостроительн
nuclear ядерн атомн
ordnance вооружен оружи оружейн боеприпас
military-unit бригад полк батальон дивизи
stop имени им и на по для академика академик ордена орден трудового красного знамени дважды героя героев
stop маршала генерала конструктора в из при
oil нк
insurance/construction ск
management ук
trade тд тпк
trade/transport тк
aviation/airlines ак
bank акб аб
bank/bureau кб
manufacture пк пкф
science+technology+centre нтц
institute цнии внии
mining+plant гок
refinery нпз
power+plant тэц грэс
hydropower+plant гэс
nuclear+power+plant аэс
machinery+plant мз
automobile+plant автозавод
aviation+plant авиазавод
machine-building+plant машзавод
metal+plant метзавод
chemical химзавод химкомбинат
aluminium алюминий
agriculture агрохолдинг агрофирм агрокомплекс
construction стройтрест стройинвест
place:northwest северозападн
place:northeast северовосточн
place:southwest югозападн
place:southeast юговосточн
civil гражданск
instrument микроприбор
united интегрированн интегральн
engine двигательн авиадвигател
helicopter вертолётн
aviation авиационно летн
automobile автомобилестроительн автотранспортн
electronics электронно радиоэлектроник радиодетал микроэлектронн радиокомпонент
integrated-circuit микросхем микроконтроллер
communication телефонн
machine-tool станкозавод
shipbuilding судоверф судозавод
oil нефтегаз нефтетрейд
oil+services нефтесервисн
petrochemical нефтехим нефтехимия
construction строй строитель мостострой монолит
energy энергосбыт энергомаш энергострой
agriculture агротехник
finance финансово
industry промышленный
technology техно хайтек
telecom телекоммуникационно телефония
logistics логистическ карго экспедитор
education учебно просветительск
charitable благотворительност
display дисплей
place:southern южный южная южное южные южной южных
forestry лесной лесная лесные
management/control/bureau/directorate управление управления
management/directorate администраци дирекци
department департамент
branch филиал отделени представительств
general главн главного
advanced передов перспективн
applied прикладн
operation эксплуатаци
installation монтажн наладк
supervision надзор
natural природн
national державн
enterprise підприємств
construction будівельн
railway залізниц залізничн
oil нафт нафтов
manufacture виробнич виробництв
science науков
research дослідн
aviation авіаційн
chemical хімічн
iron-and-steel металургійн
machine-building машинобудівн
marine морськ
finance фінансов
energy енергетичн енергетик
trade торгівл торговий торговельн
shipbuilding суднобудівн
agriculture сільськогосподарськ
defence оборонн
institute інститут
technology технологі
industry промислов
place:northern північн
place:southern південн
place:eastern східн
place:western західн
place:odesa одеськ
place:lviv львівськ
place:zaporizhzhia запорізьк
place:ukraine українськ україн
soda содов
potash калийн
nitrogen азотн
pesticide удобрени
ordnance вооружени вооружения вооружение
bureau дизайн-бюро
instrument приборн
defence оборон обороны
aerospace воздушно-космическ авиационно-космическ аэрокосмическ ракетно-космическ
aviation воздушн
experimental опытн экспериментальн опытно-экспериментальн
bureau опытно-конструкторск
architecture проектн проектно-конструкторск
assembly сборочн
optical оптико-механическ оптико-электронн
tool инструментальн инструмент
valve арматурн арматуростроительн
pump насосн
compressor компрессорн
crane крановый крановых подъемно
tractor тракторн тракторостроительн
locomotive вагоностроительн вагонн локомотив локомотивостроительн тепловозостроительн тепловозн
bus автобусн
motorcycle мотоциклетн
watch часовой часов
jewellery ювелирн
ceramics фарфоров керамическ
tire шинн
plastic резинотехническ резинов пластмасс пластик
polymer полимерн полимер каучук
coating лакокрасочн краск
zinc цинков
nickel никелев никел
copper медн медеплавильн
titanium титанов титано
tungsten вольфрамов
magnesium магниев
gold золотодобывающ
coke коксохимическ коксов
ore рудн рудоуправлени горнорудн горно-обогатительн горнодобывающ
geological геофизическ геологоразведочн изыскани
survey геодези картограф картографическ
meteorology метеорологи гидрометеорологи гидрометцентр
police полици милици
customs таможенн таможн
border пограничн
interior внутренних
committee комитет совет комисси совета
services/agency служб
military-unit войск войска арми гвардии гвардия отряд
fleet флот флота
party парти движени фронт
news газет новост редакци
broadcasting телеканал телевизионн телевидени телерадиокомпани радиовещательн
museum музей
education школ гимнази лицей училищ
university колледж
hospital больниц поликлиник клиник
pharmaceutical аптек аптечн фарма фарм
biological биотехнологи биологическ биохимическ
vaccine вакцин
virology вирусологи микробиологи
veterinary ветеринарн животноводческ
poultry птицефабрик птицеводческ мясокомбинат мясн
edible-oil масложиров маслоэкстракционн
sugar сахарн
salt солев
flour мукомольн хлебокомбинат хлебозавод хлебопекарн
tobacco табачн
brewery пивоваренн пивзавод
wine винн винодельческ винодельн ликероводочн спиртов
tea чайн
coffee кофейн
toys игрушк
restaurant ресторан
shop магазин
market рынок рынк
warehouse склад складск
settlement клирингов расчетн депозитарн
payment платежн платеж
cooperative кооператив потребкооператив
statistics аудит аудиторск
law юридическ адвокатск правов
standard стандартизаци стандарт метрологи
certification сертификаци
inspection испытательн испытани экспертиз
control контрол контрольн
measurement измерительн измерени
diagnostics диагностик диагностическ
navigation навигаци навигационн
shipping судоходн пароходств мореходн
ship судов суда корабл
cloud облачн
internet интернет
film кинокомпани киностуди
video видео
exhibition выставочн
entertainment игров
port портов
tanker танкерн танкер
refinery нефтеперерабатывающ нефтеперегонн
oil нефтедобыча нефтян нефтепродукт нефтесервис
gas газов газодобыч газ
energy топливно-энергетическ теплоэнергетическ
hydropower гидроэлектростанц гидроэнергетик
thermal тепловых
nuclear атомэнерго
network электросетев
forging кузнечн
casting литейн
welding сварочн
fastener метизн
machinery механизаци
heavy-industry тяжел
heavy-industry/machine-building тяжмаш
cartridge патронн
explosive взрывчат пороховой порохов
gun пулемет артиллерийск
armour броне бронетанков
tank танков
electronic-warfare радиоэлектронной
radar радиолокационн радар радиолокаци
communication радиосвяз
acoustics акустическ гидроакустическ
infrared инфракрасн
physics физическ физико-техническ физик
mathematics математическ математик
science учен
university политехническ
cyber кибернетик кибербезопасност
quantum квантов
crystal кристалл
vacuum вакуумн
magnet магнитн магнит
battery аккумуляторн аккумулятор
switchgear высоковольтн
transformer трансформаторн трансформатор
engine турбинн
boiler котельн котлостроительн
engine моторостроительн двигателестроен двигатель
gear зубчат редуктор
concrete бетонн железобетонн
brick кирпичн
foundation благотворительн
charitable благотворительный
migration миграционн
emergency чрезвычайн
youth молодежн
women женск
agriculture агропромышленн аграрн сельск
feed комбикормов
seed семенн
fishery рыбодобывающ рыбопромышленн
dairy молокозавод молокоперерабатывающ
beverage напитк безалкогольн
trade закупочн внешнеторгов
export рособорон
supply-chain снабженческ
procurement закупок закупки поставщик
import импорт
import-export экспортно-импортн
region областн областной регион региональн краев муниципальн городск
republic республик
general генеральн
general общ
universal универсальн
united едина
private частн
lease лизингов
company-word фирма фирм компаний компании корпораций
place:russia русск всероссийск общероссийск отечествен
place:minsk минск
place:northern северо-западн
place:southern южно
place:eurasia евразийск
place:asia азиатск
place:europe европейск
place:arctic арктическ
place:volga волжск поволжск приволжск
place:kuban кубанск
place:azov азовск
place:amur амурск
place:caucasus кавказск северо-кавказск
place:tatarstan татарск татарстан
place:bashkiria башкирск башкортостан
place:yakutia якутск якути
place:donbass донбасск
place:dagestan дагестанск
place:chechnya чеченск
place:kazakhstan казахск казахстан
place:uzbekistan узбекск узбекистан
place:turkey турецк турци
place:india индийск
place:germany немецк германск германи
name:star звезда
name:dawn/zarya заря
name:lighthouse/mayak маяк
name:rainbow/raduga радуга
name:falcon/sokol сокол
name:eagle/orel орел
name:hawk ястреб
name:swallow ласточка
name:seagull/chayka чайка
name:lightning/molniya молния
name:storm буря
name:thunder гром
name:comet/kometa комета
name:planet/planeta планета
name:horizon горизонт
name:progress прогресс
name:victory/pobeda победа
name:peace мир
name:dream мечта
name:hope надежда
name:unity единство
name:friendship дружба
name:spring весна
name:bear медведь
name:wolf волк
name:tiger тигр
name:lion лев
name:shield щит
name:sword меч
name:bridge мост
name:granite гранит
name:fakel/torch факел
name:spark искра
name:heritage наследие
name:polar полярная полярный
name:white белый белая
name:black черный черная
name:red красный красная
name:golden золотой золотая золотое
name:silver серебряный серебряная
name:great великий великая большой
name:ocean океан
name:mountain гора
name:sun солнце
name:moon луна
name:aurora аврора
"""
STEMS = {
    **{stem: f"place:{key}" for stem, key in PLACES.items()},
    **{stem: f"name:{english}" for stem, english in NAMES.items()},
    **LEXICON,
    **{stem: meaning for meaning, *stems in map(str.split, _STEMS.strip().splitlines()) for stem in stems},
}
