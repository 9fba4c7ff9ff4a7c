# ruff: noqa: RUF001 - a table of Cyrillic letters looks like one of Latin ones; that is what it is for
"""Bodies with Cyrillic names whose official Latin name no gloss gives: `native | Latin / another Latin`.

Read by `official_names`, which says how.
"""

ROWS = """
федеральная служба безопасности российской федерации | Federal Security Service / FSB
оак | UAC / United Aircraft
оск | USC / United Shipbuilding
одк | UEC / United Engine
гру | GRU / Main Intelligence Directorate
гу гш | GRU / Main Directorate of the General Staff
фсо | FSO / Federal Protective Service
свр | SVR / Foreign Intelligence Service
мвд | MVD / Ministry of Internal Affairs / Ministry of Interior
мид | Ministry of Foreign Affairs
мчс | Emercom / Ministry of Emergency Situations
минобороны | Ministry of Defense / Ministry of Defence
минфин | Ministry of Finance
минпромторг | Ministry of Industry and Trade / Minpromtorg
минцифры | Ministry of Digital Development
минэнерго | Ministry of Energy
минздрав | Ministry of Health
цб рф | Central Bank of Russia / Bank of Russia
цик | Central Election Commission
ммк | MMK / Magnitogorsk Iron and Steel Works
нлмк | NLMK / Novolipetsk Steel
тмк | TMK
омк | OMK / United Metallurgical Company
угмк | UMMC / Ural Mining and Metallurgical Company
чтпз | ChelPipe
суэк | SUEK
нмтп | NCSP / Novorossiysk Commercial Sea Port
двмп | FESCO
тмх | TMH / Transmashholding
ктрв | KTRV / Tactical Missiles
нпо энергомаш | NPO Energomash / Energomash
цниимаш | TsNIIMash
цэнки | TsENKI
вниитф | VNIITF
вниинм | VNIINM
ниитп | NIITP
мгту | Bauman Moscow State Technical University
мгу | Moscow State University / MSU
мфти | MIPT / Moscow Institute of Physics and Technology
мгимо | MGIMO
спбгу | Saint Petersburg State University
ранхигс | RANEPA
ран | Russian Academy of Sciences / RAS
ил | Ilyushin
авиационный комплекс имени ильюшина | Ilyushin Aviation Complex
московская биржа | Moscow Exchange / Moscow Exchange MICEX / MOEX
ммвб | MICEX
ртс | RTS
рспп | RSPP
фнпр | FNPR
впк | VPK / Military Industrial Company
военно-промышленная компания | Military Industrial Company / VPK
мзкт | MZKT
маз | MAZ / Minsk Automobile Plant
мтз | MTZ / Minsk Tractor Works
бмз | BMZ
государственный эрмитаж | State Hermitage Museum / Hermitage
эрмитаж | Hermitage
большой театр | Bolshoi Theatre
морской торговый порт | Commercial Sea Port / Commercial Seaport
морское пароходство | Shipping Company / Shipping
дальневосточное морское пароходство | Far Eastern Shipping Company / FESCO
федерация независимых профсоюзов | Federation of Independent Trade Unions
союз промышленников и предпринимателей | Union of Industrialists and Entrepreneurs
народна банка | National Bank
россельхозбанк | Russian Agricultural Bank
российский сельскохозяйственный банк | Rosselkhozbank
внешэкономбанк | VEB.RF / Bank for Development and Foreign Economic Affairs
сбербанк россии | Sberbank
роснано | Rusnano
русал | United Company Rusal / UC Rusal
ростех | Rostec
росатом | State Atomic Energy Corporation Rosatom
роскосмос | Roscosmos State Space Corporation
первый канал | Channel One Russia
россия сегодня | Russia Today
вгтрк | All-Russia State Television and Radio Broadcasting Company
всероссийская государственная телевизионная и радиовещательная компания | VGTRK
ржд | Russian Railways / RZD
российские железные дороги | Russian Railways / RZD
мтс | Mobile TeleSystems
мобильные телесистемы | MTS / Mobile TeleSystems
лаборатория касперского | Kaspersky
россети | Russian Grids
русгидро | RusHydro
фсб | Federal Security Service
федеральная служба безопасности | Federal Security Service / FSB
главное разведывательное управление | Main Intelligence Directorate / GRU
служба внешней разведки | Foreign Intelligence Service / SVR
министерство внутренних дел | Ministry of Internal Affairs / Ministry of Interior / MVD
мосбиржа | Moscow Exchange
тактическое ракетное вооружение | Tactical Missiles
дальневосточный завод звезда | Far Eastern Shipbuilding Complex Zvezda
конструкторское бюро приборостроения | KBP Instrument Design Bureau
камский автомобильный завод | Kamaz
горьковский автомобильный завод | GAZ
уральский автомобильный завод | UralAZ
минский автомобильный завод | MAZ
минский завод колесных тягачей | Minsk Wheel Tractor Plant / MZKT
белорусский автомобильный завод | BelAZ
белавиа | Belavia Belarusian Airlines
уралхим | Uralchem
еврохим | EuroChem
норникель | Norilsk Nickel
норильский никель | Nornickel
магнитогорский металлургический комбинат | MMK
новолипецкий металлургический комбинат | Novolipetsk Steel / NLMK
банк россии | Central Bank of Russia
центральный банк российской федерации | Bank of Russia
федеральная служба по финансовому мониторингу | Rosfinmonitoring / Federal Financial Monitoring Service
федеральная служба войск национальной гвардии | National Guard / Rosgvardia
росгвардия | National Guard
федеральная служба охраны | Federal Protective Service / FSO
федеральная служба по техническому и экспортному контролю | FSTEC
федеральная служба по надзору в сфере связи | Roskomnadzor
министерство иностранных дел | Ministry of Foreign Affairs / MFA
министерство чрезвычайных ситуаций | Ministry of Emergency Situations
министерство сельского хозяйства | Ministry of Agriculture
генеральная прокуратура | Prosecutor General's Office / General Prosecutor
счетная палата | Accounts Chamber
пенсионный фонд | Pension Fund
фонд национального благосостояния | National Wealth Fund
российский фонд прямых инвестиций | Russian Direct Investment Fund / RDIF
агентство по страхованию вкладов | Deposit Insurance Agency
национальный расчетный депозитарий | National Settlement Depository / NSD
национальная система платежных карт | National Payment Card System / NSPK
российская национальная перестраховочная компания | Russian National Reinsurance Company / RNRC
санкт-петербургская биржа | SPB Exchange / Saint Petersburg Exchange
внешторгбанк | VTB
промсвязьбанк | PSB
псб | Promsvyazbank
райффайзенбанк | Raiffeisenbank
юникредит банк | UniCredit Bank
хоум кредит | Home Credit
банк открытие | Otkritie
мкб | Credit Bank of Moscow
московский кредитный банк | MKB
рнкб | Russian National Commercial Bank
российский национальный коммерческий банк | RNCB
нк роснефть | Rosneft
сургутнефтегаз | Surgutneftegas
росгеология | Rosgeo
совкомфлот | SCF
росатомфлот | Atomflot
техснабэкспорт | Tenex
объединенная судостроительная корпорация | USC
объединенная авиастроительная корпорация | UAC
объединенная двигателестроительная корпорация | UEC
объединенная металлургическая компания | OMK
трубная металлургическая компания | TMK
челябинский трубопрокатный завод | ChelPipe
рск миг | MiG / RAC MiG
ркк энергия | RSC Energia / Energia
рособоронэкспорт | Rosoboronexport State Corporation
алмаз-антей | Almaz-Antey Air and Space Defense Corporation
уралвагонзавод | UVZ
нпк уралвагонзавод | Uralvagonzavod
высокоточные комплексы | High Precision Systems / High-Precision Complexes
научно-производственный концерн технологии машиностроения | Tecmash
радиоэлектронные технологии | KRET
концерн радиоэлектронные технологии | KRET
росэлектроника | Ruselectronics
росэл | Roselectronics / Ruselectronics
концерн морское подводное оружие гидроприбор | Gidropribor
средне-невский судостроительный завод | Sredne-Nevsky Shipyard
выборгский судостроительный завод | Vyborg Shipyard
балтийский завод | Baltic Shipyard
зеленодольский завод имени горького | Ak Bars Shipyard
цкб мт рубин | Rubin Design Bureau
северное проектно-конструкторское бюро | Severnoye Design Bureau
невское проектно-конструкторское бюро | Nevskoye Design Bureau
малахит | Malachite
центральный аэрогидродинамический институт | Central Aerohydrodynamic Institute / TsAGI
вымпел-коммуникации | VimpelCom / Beeline
билайн | Beeline
дзержинское производственное объединение пластик | Plastik
мэйл.ру | Mail.Ru
вконтакте | VK
позитив текнолоджиз | Positive Technologies
позитивные технологии | Positive Technologies
группа айби | Group-IB
элвис-плюс | ELVIS-PLUS
авиакомпания сибирь | S7 Airlines
ютэйр | UTair
авиакон цитотранс | Aviacon Zitotrans
белорусская калийная компания | BPC
белспецвнештехника | BSVT
комитет государственной безопасности | KGB
первый национальный канал | Channel One
московский государственный университет | Lomonosov Moscow State University
мгу имени ломоносова | Lomonosov Moscow State University
московский физико-технический институт | MIPT
московский государственный технический университет имени баумана | Bauman Moscow State Technical University
мифи | MEPhI
национальный исследовательский ядерный университет мифи | National Research Nuclear University MEPhI
высшая школа экономики | Higher School of Economics / HSE
сколковский институт науки и технологий | Skolkovo Institute of Science and Technology / Skoltech
российская академия наук | Russian Academy of Sciences
объединенный институт ядерных исследований | Joint Institute for Nuclear Research
информационные спутниковые системы | ISS Reshetnev
уральская горно-металлургическая компания | UMMC
сибирская угольная энергетическая компания | SUEK
базовый элемент | Basic Element
стройгазмонтаж | SGM
стройтрансгаз | STG
автодор | Avtodor / Russian Highways
чвк вагнер | Wagner Group / PMC Wagner
группа вагнера | Wagner Group
агентство интернет-исследований | Internet Research Agency
икс 5 ритейл групп | X5 Retail Group
х5 | X5
вайлдберриз | Wildberries
почта россии | Russian Post / Post of Russia
ощадбанк | State Savings Bank
укрексімбанк | State Export-Import Bank of Ukraine
південмаш | Yuzhmash
укрзалізниця | Ukrainian Railways
казмунайгаз | KazMunayGas / KazMunaiGas
казакстан темир жолы | Kazakhstan Railways
эйр астана | Air Astana
народный банк казахстана | Halyk Bank
узбекистон хаво йуллари | Uzbekistan Airways
нафтна индустрија србије | NIS
електропривреда србије | EPS
ер србија | Air Serbia
эппл | Apple
майкрософт | Microsoft
гугл | Google
дженерал электрик | General Electric
хьюлетт паккард | Hewlett-Packard
хиквижн | Hikvision
ди джей ай | DJI
джили | Geely
грейт волл | Great Wall
фольксваген | Volkswagen
рено | Renault
джонсон | Johnson
шлюмберже | Schlumberger
делойт | Deloitte
прайсвотерхаускуперс | PricewaterhouseCoopers
эрнст энд янг | Ernst & Young
"""
