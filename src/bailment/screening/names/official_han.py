"""Bodies with Han names whose official Latin name no gloss gives: `native | Latin / another Latin`.

Read by `official_names`, which says how.
"""

ROWS = """
中国移动 | China Mobile / China Mobile Communications
中国联通 | China Unicom / China United Network Communications
中华人民共和国工业和信息化部 | Ministry of Industry and Information Technology
中华人民共和国国家安全部 | Ministry of State Security
中华人民共和国公安部 | Ministry of Public Security
中电科技集团 | CETC
中航工业 | AVIC / Aviation Industry Corporation of China
中国航天 | CASC
中核集团 | CNNC / China National Nuclear
中广核集团 | CGN / China General Nuclear Power
中国石化集团 | Sinopec
中化国际 | Sinochem International
中国电力国际 | China Power International
国机集团 | Sinomach
一汽集团 | FAW
东风集团 | Dongfeng
舜宇光电信息 | Sunny Opotech
中国电力科学研究院 | China Electric Power Research Institute
包钢钢联 | Baotou Steel Union
包头钢铁 | Baotou Iron and Steel
立昂微电子 | Lion Microelectronics
中国船舶重工集团 | CSIC / China Shipbuilding Industry
中国船舶工业集团 | CSSC / China State Shipbuilding
中国核工业集团 | CNNC / China National Nuclear
中国航天科技 | CASC / China Aerospace Science and Technology
中国航天科工 | CASIC / China Aerospace Science and Industry
故宫博物院 | Palace Museum
北京故宫博物院 | Palace Museum
北京协和医院 | Peking Union Medical College Hospital
金杜律师事务所 | King & Wood Mallesons
通商律师事务所 | Commerce & Finance Law Offices
香港铁路 | MTR
苏宁易购 | Suning.com / Suning
苏宁云商 | Suning Commerce
中国红十字总会 | Red Cross Society of China
中国奥林匹克委员会 | Chinese Olympic Committee
中央美术学院 | Central Academy of Fine Arts
中国美术学院 | China Academy of Art
中央戏剧学院 | Central Academy of Drama
北京电影学院 | Beijing Film Academy
香港赛马会 | Hong Kong Jockey Club
香港机场管理局 | Airport Authority Hong Kong
香港金融管理局 | Hong Kong Monetary Authority
澳门博彩 | SJM
银河娱乐 | Galaxy Entertainment
金沙中国 | Sands China
北京航空航天大学 | Beihang University
西安电子科技大学 | Xidian University
电子科技大学 | University of Electronic Science and Technology of China
中山大学 | Sun Yat-sen University
国防科技大学 | National University of Defense Technology
国防科学技术大学 | National University of Defense Technology
中国人民解放军国防科技大学 | National University of Defense Technology
北京邮电大学 | Beijing University of Posts and Telecommunications
南京邮电大学 | Nanjing University of Posts and Telecommunications
东北大学 | Northeastern University China
中国矿业大学 | China University of Mining and Technology
中国地质大学 | China University of Geosciences
公安部物证鉴定中心 | Institute of Forensic Science of the Ministry of Public Security
军事医学科学院 | Academy of Military Medical Sciences
军事科学院 | Academy of Military Science
中国运载火箭技术研究院 | China Academy of Launch Vehicle Technology
中国远洋海运 | China COSCO Shipping
中国远洋运输 | China Ocean Shipping
中国外运 | Sinotrans
中国对外贸易运输 | Sinotrans
中国能源建设 | China Energy Engineering
中国电力建设 | PowerChina
中国能建 | China Energy Engineering
国家石油天然气管网 | PipeChina
中国电子信息产业 | China Electronics Corporation
中国电子有限 | China Electronics Corporation
中国船舶重工 | China Shipbuilding Industry
中国船舶工业 | China State Shipbuilding
中国船舶集团 | China State Shipbuilding
中国铁路工程集团 | China Railway Group
中国卫通 | China Satcom
中国机械工业集团 | Sinomach / China National Machinery Industry
中国重型汽车 | China National Heavy Duty Truck / Sinotruk
中国重汽 | Sinotruk
中国第一汽车 | FAW
上海汽车集团 | SAIC Motor
广州汽车集团 | Guangzhou Automobile Group / GAC
北京汽车 | BAIC Motor
中国建材 | China National Building Material
中国化工 | ChemChina
中国中化 | Sinochem
中国中车 | CRRC
中国宝武 | China Baowu Steel
长江三峡 | China Three Gorges
中国长江三峡 | China Three Gorges
兴业银行 | Industrial Bank
中国出口信用保险 | China Export and Credit Insurance / Sinosure
中国投资有限 | China Investment Corporation
中国国际金融 | China International Capital
中国国新 | China Reform
中国通用技术 | Genertec
中国有色矿业 | China Nonferrous Metal Mining
中国航空油料 | China National Aviation Fuel
航天信息 | Aisino
新华通讯社 | Xinhua News Agency
中央电视台 | China Central Television / CCTV
中国中央电视台 | China Central Television
中国国际电视台 | China Global Television Network
环球时报 | Global Times
人民武装警察 | People's Armed Police
国务院 | State Council
国家互联网信息办公室 | Cyberspace Administration of China
工业和信息化部 | Ministry of Industry and Information Technology
鸿海精密 | Foxconn
台湾积体电路 | TSMC
海尔智家 | Haier Smart Home
济南二机床 | Jinan No. 2 Machine Tool
第四范式 | 4Paradigm
中国石油化工集团 | China Petrochemical / Sinopec
中国石油化工股份 | Sinopec
中国石油天然气 | China National Petroleum / CNPC / PetroChina
中国海洋石油 | China National Offshore Oil / CNOOC
中国石化 | Sinopec
中国石油 | PetroChina / CNPC
中国海油 | CNOOC
中国国新控股 | China Reform Holdings
中国兵器工业 | Norinco
中国电子科技集团 | CETC
中国航天科技集团 | China Aerospace Science and Technology / CASC
中国航天科工集团 | China Aerospace Science and Industry / CASIC
中国航空工业集团 | Aviation Industry Corporation of China / AVIC
中国商用飞机 | COMAC
中国广核 | CGN
中国核工业 | China National Nuclear / CNNC
中国交通建设 | CCCC
中国铁建 | CRCC
国家发展和改革委员会 | National Development and Reform Commission
国有资产监督管理委员会 | State-owned Assets Supervision and Administration Commission / SASAC
统一战线工作部 | United Front Work Department
中央军事委员会 | Central Military Commission
战略支援部队 | Strategic Support Force
火箭军 | Rocket Force
中国航空技术国际 | AVIC International
中国信息通信研究院 | China Academy of Information and Communications Technology
广电运通 | GRG
星网锐捷 | Star-net
长鑫存储 | CXMT
理想汽车 | Li Auto
车和家 | Li Auto
香港上海汇丰银行 | HSBC / Hongkong and Shanghai Banking Corporation
汇丰银行 | HSBC
俄罗斯技术国家集团 | Rostec
俄罗斯天然气工业 | Gazprom
俄罗斯石油 | Rosneft
俄罗斯联邦储蓄银行 | Sberbank
俄罗斯外贸银行 | VTB Bank
卢克石油 | Lukoil
国家电网 | State Grid Corporation of China
广电运通金融电子 | GRG Banking Equipment
国家市场监督管理总局 | State Administration for Market Regulation
国家外汇管理局 | State Administration of Foreign Exchange
国家知识产权局 | China National Intellectual Property Administration
国家航天局 | China National Space Administration
国家国防科技工业局 | State Administration of Science, Technology and Industry for National Defense / SASTIND
国家原子能机构 | China Atomic Energy Authority
国家林业和草原局 | National Forestry and Grassland Administration
国家文物局 | National Cultural Heritage Administration
国家药品监督管理局 | National Medical Products Administration
国家卫生健康委员会 | National Health Commission
国家自然科学基金委员会 | National Natural Science Foundation of China
国家粮食和物资储备局 | National Food and Strategic Reserves Administration
国家体育总局 | General Administration of Sport
海关总署 | General Administration of Customs
中国证券监督管理委员会 | China Securities Regulatory Commission
中国银行保险监督管理委员会 | China Banking and Insurance Regulatory Commission
中国社会科学院 | Chinese Academy of Social Sciences
中国工程院 | Chinese Academy of Engineering
中国农业科学院 | Chinese Academy of Agricultural Sciences
中国医学科学院 | Chinese Academy of Medical Sciences
中国疾病预防控制中心 | Chinese Center for Disease Control and Prevention
中国国际贸易促进委员会 | China Council for the Promotion of International Trade / CCPIT
中华全国总工会 | All-China Federation of Trade Unions
中华全国工商业联合会 | All-China Federation of Industry and Commerce
中国红十字会 | Red Cross Society of China
中国人民解放军 | People's Liberation Army
中国人民武装警察部队 | People's Armed Police
中国人民对外友好协会 | Chinese People's Association for Friendship with Foreign Countries
中国国际战略学会 | China Institute for International Strategic Studies
中国现代国际关系研究院 | China Institutes of Contemporary International Relations
中国民用航空飞行学院 | Civil Aviation Flight University of China
中国刑事警察学院 | Criminal Investigation Police University of China
国际关系学院 | University of International Relations
对外经济贸易大学 | University of International Business and Economics
北京语言大学 | Beijing Language and Culture University
中国传媒大学 | Communication University of China
中央财经大学 | Central University of Finance and Economics
中央民族大学 | Minzu University of China
中国药科大学 | China Pharmaceutical University
中北大学 | North University of China
西北农林科技大学 | Northwest A&F University
北京化工大学 | Beijing University of Chemical Technology
北京中医药大学 | Beijing University of Chinese Medicine
北京协和医学院 | Peking Union Medical College
杭州电子科技大学 | Hangzhou Dianzi University
郑州航空工业管理学院 | Zhengzhou University of Aeronautics
香港大学 | HKU
香港中文大学 | Chinese University of Hong Kong / CUHK
香港科技大学 | HKUST
香港理工大学 | Hong Kong Polytechnic University
香港城市大学 | City University of Hong Kong
国立清华大学 | National Tsing Hua University
国立成功大学 | National Cheng Kung University
国立交通大学 | National Chiao Tung University
国立阳明交通大学 | National Yang Ming Chiao Tung University
工业技术研究院 | ITRI
中国大唐集团 | China Datang
中国华电集团 | China Huadian
中国化学工程 | China National Chemical Engineering / CNCEC
中国华录 | Hualu
中国第一重型机械 | China First Heavy Industries / CFHI
中国第二重型机械 | China National Erzhong
中国一拖 | YTO
中国储备粮管理 | Sinograin / China Grain Reserves
中国储备棉管理 | China National Cotton Reserves
中粮集团 | COFCO
中国烟草总公司 | China National Tobacco
中国免税品 | China Duty Free
中国旅游集团 | China National Travel Service
中国黄金集团 | China National Gold Group
中国铝业 | Chalco / Chinalco
中国有色矿业集团 | China Nonferrous Metal Mining / CNMC
中国五矿集团 | China Minmetals
中国煤炭科工 | China Coal Technology and Engineering
国家能源集团 | CHN Energy / China Energy Investment
中国核工业建设 | China Nuclear Engineering and Construction / CNECC
中国核能电力 | China National Nuclear Power
中国原子能工业 | China Nuclear Energy Industry / CNEIC
中国原子能科学研究院 | China Institute of Atomic Energy
中国中原对外工程 | China Zhongyuan Engineering / CZEC
中国节能环保 | China Energy Conservation and Environmental Protection / CECEP
中国检验认证 | CCIC
中国航空器材 | China Aviation Supplies
中国民航信息网络 | TravelSky
中国民航信息 | TravelSky
中国航空油料集团 | China National Aviation Fuel / CNAF
中国航空发动机集团 | Aero Engine Corporation of China / AECC
中国航发 | AECC
中国航发商用航空发动机 | AECC Commercial Aircraft Engine
中国航空研究院 | Chinese Aeronautical Establishment
中国飞行试验研究院 | Chinese Flight Test Establishment
中国航天空气动力技术研究院 | China Academy of Aerospace Aerodynamics
中国空气动力研究与发展中心 | China Aerodynamics Research and Development Center
航天动力技术研究院 | Academy of Aerospace Propulsion Technology
航天推进技术研究院 | Academy of Aerospace Liquid Propulsion Technology
上海航天技术研究院 | Shanghai Academy of Spaceflight Technology
中国精密机械进出口 | CPMIEC
中国航空技术进出口 | China National Aero-Technology Import and Export / CATIC
中国电子进出口 | China National Electronics Import and Export / CEIEC
中国新时代 | New Era
中国船舶工业贸易 | China Shipbuilding Trading
中国船舶重工国际贸易 | China Shipbuilding and Offshore International
中国北方工业 | Norinco
中国兵器工业集团 | Norinco
中国兵器装备集团 | CSGC
中国电子信息产业集团 | China Electronics Corporation / CEC
中国卫星通信集团 | China Satellite Communications / China Satcom
中国移动通信集团 | China Mobile Communications / China Mobile
中国移动有限 | China Mobile
中国联合网络通信 | China Unicom
中国电信集团 | China Telecommunications / China Telecom
中国广播电视网络 | China Broadcasting Network
中国信息通信科技 | CICT
中国路桥工程 | China Road and Bridge
中国港湾工程 | CHEC
中国土木工程 | China Civil Engineering Construction / CCECC
中国水利水电建设 | Sinohydro
中国水电建设 | Sinohydro
中国葛洲坝 | CGGC
中国冶金科工 | MCC
中国中冶 | Metallurgical Corporation of China / MCC
中国交建 | China Communications Construction
中国铁路通信信号股份 | CRSC
中国国家铁路集团 | China Railway
中国铁路物资 | China Railway Materials
中国南车 | CSR
中国北车 | CNR
中国港中旅 | China Travel Service
中国对外贸易运输集团 | Sinotrans
中国长江航运 | China Changjiang National Shipping / CSC
招商银行 | China Merchants Bank
招商局轮船 | China Merchants Steam Navigation
中远海运集装箱运输 | COSCO Shipping Lines
中海集装箱运输 | China Shipping Container Lines
大连船舶重工 | Dalian Shipbuilding Industry
武昌船舶重工 | Wuchang Shipbuilding Industry
广船国际 | Guangzhou Shipyard International / GSI
中国船舶科学研究中心 | China Ship Scientific Research Center
中微半导体设备 | Advanced Micro-Fabrication Equipment / AMEC
上海微电子装备 | SMEE
中芯国际集成电路制造 | Semiconductor Manufacturing International / SMIC
中芯国际 | SMIC / Semiconductor Manufacturing International
中芯北方 | Semiconductor Manufacturing North China
中芯南方 | Semiconductor Manufacturing South China
福建省晋华集成电路 | Fujian Jinhua Integrated Circuit / JHICC
武汉新芯集成电路 | XMC
长江存储科技 | YMTC
长鑫科技 | CXMT
合肥长鑫 | CXMT
睿力集成电路 | Innotron
清华紫光集团 | Tsinghua Unigroup
紫光集团 | Tsinghua Unigroup / Unigroup
紫光展锐 | UNISOC / Spreadtrum
北京紫光展锐 | UNISOC
同方股份 | Tsinghua Tongfang
北大方正 | Founder / Peking University Founder
北大青鸟 | Jade Bird
优必选科技 | UBTech Robotics
道通智能 | Autel Robotics
大疆创新 | DJI
深圳市大疆创新 | SZ DJI
中兴通讯 | ZTE
海思半导体 | HiSilicon
海康机器人 | Hikrobot
汉王科技 | Hanwang / Hanvon
合肥美亚光电 | Hefei Meyer Optoelectronic
美亚光电 | Meyer Optoelectronic
武汉高德红外 | Guide Sensmart
浙江大立 | Dali Technology
深圳迈瑞生物医疗 | Shenzhen Mindray Bio-Medical
迈瑞生物医疗 | Mindray Bio-Medical / Mindray
华大智造 | MGI Tech
华大基因 | BGI
先声药业 | Simcere
微创医疗 | MicroPort Scientific
宁德时代新能源 | Contemporary Amperex / CATL
亿纬锂能 | EVE Energy
孚能科技 | Farasis Energy
协鑫集团 | GCL
金风科技 | Goldwind
阳光电源 | Sungrow
东方日升 | Risen Energy
上海汽车 | SAIC Motor
长城汽车 | GWM
广汽集团 | GAC
蔚来汽车 | NIO
小鹏汽车 | XPeng
徐州工程机械 | XCMG
徐工集团 | XCMG
上海振华重工 | ZPMC
中国国际海运集装箱 | China International Marine Containers / CIMC
云洲智能 | OceanAlpha
中航沈飞 | AVIC Shenyang Aircraft
中航西飞 | AVIC Xi'an Aircraft
沈阳飞机工业 | Shenyang Aircraft
中国直升机设计研究所 | China Helicopter Research and Development Institute
中国燃气涡轮研究院 | China Gas Turbine Establishment
中国石油天然气股份 | PetroChina
中国石油集团 | CNPC
中国海洋石油集团 | China National Offshore Oil / CNOOC
中海油田服务 | China Oilfield Services / COSL
海洋石油工程 | Offshore Oil Engineering / COOEC
中化集团 | Sinochem
中国中化控股 | Sinochem Holdings
中国化工集团 | China National Chemical / ChemChina
国家石油天然气管网集团 | PipeChina
华信能源 | CEFC China Energy
中国华信能源 | CEFC China Energy
广东核电 | Guangdong Nuclear Power
国电南瑞 | NARI Technology
南瑞集团 | NARI
特变电工 | TBEA
东方电气 | DEC
中国工商银行 | ICBC
中国邮政储蓄 | Postal Savings
交通银行 | BOCOM
中信银行 | China CITIC Bank
浙商银行 | China Zheshang Bank
广发银行 | China Guangfa Bank
渤海银行 | China Bohai Bank
东亚银行 | Bank of East Asia
大华银行 | United Overseas Bank
华侨银行 | OCBC
中国太平洋保险 | CPIC
中国人民财产保险 | PICC Property and Casualty
兴业证券 | Industrial Securities
上海证券交易所 | Shanghai Stock Exchange
深圳证券交易所 | Shenzhen Stock Exchange
香港交易所 | Hong Kong Exchanges and Clearing / HKEX
香港联合交易所 | Stock Exchange of Hong Kong
中国证券登记结算 | China Securities Depository and Clearing
丝路基金 | Silk Road Fund
亚洲基础设施投资银行 | Asian Infrastructure Investment Bank
上海吉祥航空 | Juneyao Airlines
国泰航空 | Cathay Pacific Airways / Cathay Pacific
中华航空 | China Airlines
长荣航空 | EVA Air / EVA Airways
长荣海运 | Evergreen Marine
阳明海运 | Yang Ming Marine Transport
东方海外 | Orient Overseas
顺丰速运 | SF Express
京东集团 | JD.com
三六零 | 360 Security / Qihoo 360
蚂蚁科技 | Ant Group
新浪微博 | Weibo
鸿海精密工业 | Foxconn
和硕联合科技 | Pegatron
纬创资通 | Wistron
宏达国际电子 | HTC
台湾积体电路制造 | TSMC
联华电子 | United Microelectronics / UMC
日月光半导体 | ASE / Advanced Semiconductor Engineering
台湾中油 | CPC
中国石油化学工业开发 | China Petrochemical Development
国家中山科学研究院 | National Chung-Shan Institute of Science and Technology
长江和记实业 | CK Hutchison
长江实业 | Cheung Kong
香港电灯 | Hongkong Electric
中华电力 | CLP Power
香港中华煤气 | Hong Kong and China Gas / Towngas
新华社 | Xinhua News Agency / Xinhua
中国新闻社 | China News Service
中国国际电视 | China Global Television Network / CGTN
北京周报 | Beijing Review
中央广播电视总台 | China Media Group
俄罗斯国家原子能 | Rosatom
俄罗斯航空公司 | Aeroflot
伊朗国家银行 | Bank Melli Iran
伊朗中央银行 | Central Bank of Iran
朝鲜贸易银行 | Foreign Trade Bank
朝鲜矿业开发 | Korea Mining Development Trading / KOMID
大同江 | Taedonggang
高丽航空 | Air Koryo
中国电子科技集团公司第三研究所 | Third Research Institute
中国电子科技集团公司第七研究所 | Guangzhou Institute of Communications
中国电子科技集团公司第十研究所 | Southwest China Institute of Electronic Technology
中国电子科技集团公司第十一研究所 | North China Research Institute of Electro-Optics
中国电子科技集团公司第十二研究所 | Beijing Vacuum Electronics Research Institute
中国电子科技集团公司第十三研究所 | Hebei Semiconductor Research Institute
中国电子科技集团公司第十四研究所 | Nanjing Research Institute of Electronics Technology
中国电子科技集团公司第十五研究所 | North China Institute of Computing Technology
中国电子科技集团公司第二十研究所 | Xi'an Research Institute of Navigation Technology
中国电子科技集团公司第二十二研究所 | China Research Institute of Radio Wave Propagation
中国电子科技集团公司第二十四研究所 | Sichuan Institute of Solid State Circuits
中国电子科技集团公司第二十七研究所 | Zhengzhou Institute of Mechanical and Electrical Engineering
中国电子科技集团公司第二十八研究所 | Nanjing Research Institute of Electronic Engineering
中国电子科技集团公司第二十九研究所 | Southwest China Research Institute of Electronic Equipment
中国电子科技集团公司第三十研究所 | Southwest Institute of Communications
中国电子科技集团公司第三十二研究所 | East China Institute of Computing Technology
中国电子科技集团公司第三十八研究所 | East China Research Institute of Electronic Engineering
中国电子科技集团公司第四十一研究所 | China Institute of Electronic Measuring Instruments
中国电子科技集团公司第五十四研究所 | Communication, Telemetry and Telecontrol Research Institute
中国电子科技集团公司第五十五研究所 | Nanjing Electronic Devices Institute
中国电子科技集团公司第五十八研究所 | China Key System and Integrated Circuit
"""
