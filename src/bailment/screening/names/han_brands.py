"""More Han brands and the Latin names that they file under, by trade; see `han_known`, which reads them in.

Written from public company reports and government lists; the pinyin is always kept beside what stands here.
"""

from bailment.screening.names.tables import several

# Chips, displays, optics and the machines that make them.
_ELECTRONICS = """
德赛:desay 长信:token 合力泰:holitech 福晶:castech 炬光:focuslight 腾景:optowide 光库:afr 天孚:tfc
剑桥:cig/cambridge
博创:broadex 新洁能:ncepower 台基:techsem 国芯:ccore 芯朋微:chipown 芯朋:chipown 明微:sunmoon 富满:finemade
力芯微:etek 英集芯:injoinic 芯联:unitednova/unt 甬矽:forehope 气派:chippacking 利扬:leadyo 晶方:wlcsp
佰维:biwin
江波龙:longsys 德明利:twsc 朗科:netac 普冉:puya 东芯:dosilicon 聚辰:giantec 紫光同创:pango 京微齐力:hercules
芯动:innosilicon 登临:denglin 芯驰:semidrive 杰发:autochips 加特兰:calterah 裕太微:motorcomm 裕太:motorcomm
龙迅:lontium 集创北方:chipone 集创:chipone 天德钰:jadard 奕斯伟:eswin 云英谷:viewtrix 华卓精科:uprecision
精测:jingce 芯碁:cfmee 凯世通:kingstone 紫光国微:guoxinmicro 三安:sanan 华天:huatian 深科技:kaifa
水晶光电:crystaloptech
华大半导体:hdsc 华大北斗:allystar 泰斗:techtotop 联芸:maxio 得一:yeestor 忆联:unionmemory 忆恒创源:memblaze
大普微:dapustor 国科:goke 华存:hosin 硅格:siliconmotion 珠海炬力:actions 晶门:solomonsystech 敦泰:focaltech
思立微:silead 神盾:egistec 智芯微:sgitg 华翼微:hwaymicro 天微:tianwei 贝岭:belling 上海先进:asmc
宏力:grace 和舰:hejian 士兰微:silan 新傲:simgui 立昂微:leonmicro 神工:thinkon 有研硅:grinm 江化微:jhm
上海新阳:sinyang 新阳:sinyang 晶瑞:crystalclear 飞凯:phichem 华特:huate 金宏:jinhong 凯美特:kaimeite
昊华:haohua
彤程:redavenue 北旭:asahi 欣奕华:sineva 八亿时空:bayi 万润:valiant 濮阳惠成:huicheng 莱特光电:lte 奥来德:olede
三利谱:sunnypol 东旭:tunghsu 凯盛:triumph 长阳:solartron 激智:exciton 东材:em 裕兴:yuxing 双星新材:shuangxing
华映:cpt 华灿:hcsemitek 乾照:changelight 聚灿:focuslightings 国星:nationstar 木林森:mls 鸿利:hongli
瑞丰光电:refond
艾比森:absen 奥拓:aoto 雷曼:ledman 视源:cvte 鸿合:hitevision 希沃:seewo 海信视像:hisensevisual
光峰:appotronics
"""
# Phones, computers, networks, homes, drones.
_DEVICES = """
熵基:zkteco 中控智慧:zkteco 汉邦高科:hbgk 汉邦:hbgk 科立讯:kirisun 北峰:belfone 电讯盈科:pccw 香港电讯:hkt
数码通:smartone
远传:fareastone 台湾大哥大:taiwanmobile 亚洲卫星:asiasat 亚太卫星:apt 太平洋网络:pacificnetworks
信通电话:comnet
方正:founder 清华同方:tsinghuatongfang 同方:tsinghuatongfang 宝德:powerleader 超聚变:xfusion 神舟:hasee
七彩虹:colorful 影驰:galax 华擎:asrock 中诺:chinoe 天宇朗通:ktouch 朵唯:doov 美图:meitu 步步高:bbk 小天才:imoo
黑鲨:blackshark 紫米:zmi 华米:huami/zepp/amazfit 云米:viomi 绿米:aqara/lumi 涂鸦:tuya 古北:broadlink
欧瑞博:orvibo
小蚁:yi 乔安:jooan 睿联:reolink 倍思:baseus 品胜:pisen 罗马仕:romoss 公牛:bull 海克斯康:hexagon
航天彩虹:aerospacerainbow
哈瓦:harwar 飞马:feima 迈普:maipu 博达:bdcom 神州数码:dcn/digitalchina 绿盟科技:nsfocus 网宿科技:wangsu
盛科:centec 共进:twsz 卓翼:zowee 剑桥科技:cig 普天:potevio 特发:tefa 日海:sunsea 有方:neoway 美格:meig
芯讯通:simcom 日海智能:sunsea 龙尚:longsung 高新兴物联:gosuncnwelink 骐俊:cheerzing 利尔达:lierda
移为:queclink
广和通:fibocom 移远:quectel 鼎桥:tdtech 信威:xinwei 大唐电信:datangtelecom 三维通信:sunwave 京信通信:comba
通宇:tongyu
信维:sunway 硕贝德:speed 飞荣达:frd 长盈精密:everwin 领益智造:lingyiitech 蓝思科技:lens 伯恩:biel
比亚迪电子:bydelectronic
闻泰:wingtech 华勤:huaqin 光弘:dbg 环旭电子:usi 立讯:luxshare 歌尔:goertek 共达:gettop 瑞声:aac
敏芯:memsensing
漫步者:edifier 惠威:hivi 国光电器:ggec 佳禾:cosonic 奋达:fenda 万魔:1more 出门问问:mobvoi 讯飞:iflytek
科沃斯:ecovacs 添可:tineco 莱克:kingclean 小狗:puppy 老板电器:robam 华帝:vatti 万家乐:macro 新宝:donlim
小熊:bear
飞科:flyco 九阳:joyoung 美的:midea 格力:gree 海立:highly 奥马:homa 美菱:meiling 澳柯玛:aucma 星星:xingxing
容声:ronshen
科龙:kelon 新飞:xinfei 海尔:haier 卡萨帝:casarte 喜马拉雅:ximalaya 猎豹移动:cheetahmobile 奇虎三六零:qihoo360
"""
# Cars, batteries, sun and wind, machines.
_MACHINES = """
力帆:lifan 众泰:zotye 宇通:yutong 海格:higer 安凯:ankai 威马:weltmeister/wm 拜腾:byton 爱驰:aiways 高合:hiphi
华人运通:humanhorizons 阿维塔:avatr 埃安:aion 路特斯:lotus 沃尔沃:volvo 极星:polestar 开沃:skywell
微宏:microvast
比克:bak 远景动力:aesc 天能:tianneng 超威:chilwee 骆驼:camel 南都:narada 邦普:brunp 中伟:cngr 赣锋:ganfeng
东方希望:easthope 亚洲硅业:asiasilicon 福莱特:flat 首航:sofar 古瑞瓦特:growatt 德业:deye 三晶:saj 运达:windey
天顺:titan 厦工:xgma 雷沃:lovol 一拖:yto 合力:heli 海天:haitian 伊之密:yizumi 拓斯达:topstar 埃夫特:efort
广州数控:gsk 华中数控:huazhongcnc/hcnc 沈阳机床:shenyangmachinetool/smtcl 大连机床:dmtg 纽威:neway
宏华:honghua
海默:haimo 长安:changan 东方电气:dongfangelectric/dec 上海电气:shanghaielectric 中国西电:chinaxd
西电:xd/xidian
思源电气:sieyuan 思源:sieyuan 平高:pinggao 长园:changyuan 良信:nader 天正:tengen 德力西:delixi 人民电器:people
特变:tbea 保变:baobian 正泰:chint 宏发:hongfa 麦格米特:megmeet 英威腾:invt 禾望:hopewind 盛弘:sinexcel
中集:cimc 中集安瑞科:enric 安瑞科:enric 巨力:juli 法尔胜:fasten 中信泰富:citicpacific 北方重工:nhi
大连重工:dhhi
中信戴卡:dicastal 戴卡:dicastal 万安:vie 亚太机电:apg 伯特利:bethel 拓普:tuopu 旭升:xusheng 文灿:wencan
广东鸿图:hongtu
银轮:yinlun 华域:hasco 宁波华翔:huaxiang 均胜:joyson 京西重工:bwi 耐世特:nexteer 德昌电机:johnsonelectric
富临精工:fulin 威孚:weifu 五菱:wuling 宝骏:baojun 柳汽:dflzm 东风柳州:dflzm 神龙:dpca 江铃:jmc 昌河:changhe
哈飞:hafei
成飞:chengfei/cac 沈飞:shenfei/sac 西飞:xifei/xac 洪都:hongdu 贵飞:gaic 黎明:liming 中国一重:chinafirstheavy
中车时代:crrctimes 时代电气:timeselectric 时代新材:timesnewmaterial 浦镇:puzhen 四方:sifang
青岛四方:qingdaosifang
沪东中华:hudongzhonghua 广船:gsi 大船:dsic 扬子江船业:yangzijiang 新时代造船:newtimes 招商重工:cmhi
中远船务:cosco
来福士:raffles 蓬莱巨涛:penglaijutal 海油工程:coec 中海油服:cosl 中原油田:zhongyuan 胜利油田:shengli
大港:dagang
"""
# State groups, banks, insurers, brokers, houses of Hong Kong and Taiwan.
_HOUSES = """
华润:chinaresources/cr 中旅:ctg/cts 神华:shenhua 国电:guodian 国投:sdic 中节能:cecep 中检:ccic 中纺:chinatex
葛洲坝:gezhouba/cggc
中国水电:sinohydro 中国水利水电:sinohydro 水电建设:sinohydro 中国土木:ccecc 中国港湾:chec/chinaharbour
中国路桥:crbc 中国交建:cccc
中国长城工业:chinagreatwallindustry/cgwic 中国航信:travelsky 中航信:travelsky 中航油:cao 中国精密机械:cpmiec
中储粮:sinograin
中国邮政:chinapost 中国化学:cncec 中国通号:crsc 中国恩菲:enfi 新兴际华:xinxing 中国中旅:cts 中青旅:cyts
国旅:cits
国泰君安:guotaijunan 招商证券:cms 银河证券:galaxy 中信建投:csc/chinasecurities 安信:essence 国信:guosen
恒丰:evergrowing
盛京:shengjing 新华人寿:newchinalife 新华保险:newchina/nci 太平:taiping 中再:chinare 众安:zhongan
东亚银行:bankofeastasia
大新:dahsing 永亨:winghang 华侨:ocbc 星展:dbs 集友:chiyu 创兴:chonghing 中银:boc/bankofchina 友邦:aia
保诚:prudential
宏利:manulife 安盛:axa 安联:allianz 长和:ckhutchison 长实:ck 新鸿基:sunhungkai 九龙仓:wharf 会德丰:wheelock
信和:sino
嘉里:kerry 恒隆:hanglung 希慎:hysan 港灯:hkelectric 港铁:mtr 港龙:dragonair 大家乐:cafedecoral
周生生:chowsangsang
六福:lukfook 莎莎:sasa 屈臣氏:watsons 百佳:parknshop 惠康:wellcome 利丰:lifung 思捷:esprit 德昌:johnson
伟易达:vtech
创科:techtronic/tti 联邦制药:unitedlaboratories 统一:unipresident 华航:chinaairlines 中华航空:chinaairlines
立荣:uni
富邦:fubon 中信金:ctbc 中国信托:ctbc 玉山:esun 兆丰:mega 永丰:sinopac 新光:shinkong 东元:teco 明基:benq
佳世达:qisda
矽品:spil 健鼎:tripod 群联:phison 慧荣:siliconmotion 祥硕:asmedia 信骅:aspeed 世芯:alchip 力旺:ememory
友讯:dlink
合勤:zyxel 智邦:accton 启碁:wnc 中磊:sercomm 神基:getac 神达:mitac 威刚:adata 创见:transcend 金士顿:kingston
远东:fareastern
碧桂园:countrygarden 融创:sunac 龙湖:longfor 世茂:shimao 绿地:greenland 绿城:greentown 富力:rf 雅居乐:agile
保利:poly
华侨城:oct 金地:gemdale 佳兆业:kaisa 新城:seazen 旭辉:cifi 阳光城:yango 泛海:oceanwide 万达:wanda
苏宁:suning 国美:gome
永辉:yonghui 物美:wumart 大润发:rtmart 华联:hualian 王府井:wangfujing 百联:bailian 唯品会:vipshop
当当:dangdang
猎聘:liepin 前程无忧:51job 智联:zhaopin 贝壳:ke/beike 链家:lianjia 去哪儿:qunar 同程:tongcheng 途牛:tuniu
马蜂窝:mafengwo
饿了么:eleme 口碑:koubei 菜鸟:cainiao 德邦:deppon 百世:best 极兔:jt/jtexpress 货拉拉:lalamove
满帮:fulltruckalliance
爱奇艺:iqiyi 优酷:youku 芒果:mango 阅文:chinaliterature 掌阅:ireader 喜马拉雅:ximalaya 荔枝:lizhi
陌陌:momo/hello 探探:tantan
豆瓣:douban 巨人网络:giant 三七互娱:37interactive 世纪华通:centuryhuatong 莉莉丝:lilith 趣加:funplus
叠纸:papergames
好未来:tal 新东方:neworiental 作业帮:zuoyebang 猿辅导:yuanfudao 高途:gaotu 有道:youdao 中公:offcn
恒瑞:hengrui 正大天晴:chiataitianqing 正大:chiatai/cp 扬子江药业:yangtzeriverpharmaceutical 复宏汉霖:henlius
再鼎:zai
和黄:hutchmed 荣昌:remegen 康方:akeso 云顶:everest 天境:imab 传奇生物:legend 药明康德:wuxiapptec
泰邦:chinabiologic
华兰:hualan 智飞生物:zhifei 沃森:walvax 康泰:biokangtai 艾美:aim 国药集团:sinopharm/cnpgc
云南白药:yunnanbaiyao
同仁堂:tongrentang 片仔癀:pientzehuang 东阿阿胶:dongejiao 五粮液:wuliangye 洋河:yanghe
青岛啤酒:tsingtaobrewery 青啤:tsingtao
燕京:yanjing 华润啤酒:crbeer 雪花:snow 光明乳业:brightdairy 飞鹤:feihe 双汇:shuanghui/wh
新希望六和:newhopeliuhe
温氏:wens 牧原:muyuan 正邦:zhengbang 海大:haid 金龙鱼:yihaikerry 益海嘉里:yihaikerry/wilmar 中粮:cofco
光大:everbright
申能:shenergy 浙能:zheneng 粤电:yudean 华电:huadian 大唐:datang 华能:huaneng 长江电力:yangtzepower
川投:chuantou 国华:guohua
中核:cnnc/zhonghe 中国原子能:ciae 海油发展:cnoocenertech
昆仑能源:kunlunenergy 新奥:enn 华燃:crgas 中燃:chinagas
港华:towngas 北控:beijingenterprises 首创:capital 中信银行:chinaciticbank 光大环境:everbrightenvironment
"""
# Law, media, health, hotels, food, clothing.
_TRADES = """
海螺:conch 分众:focus 国浩:grandall 金杜:kingwood 君合:junhe 中伦:zhonglun 方达:fangda 大成:dentons/dacheng
锦天城:allbright
德恒:deheng 竞天公诚:jingtian 星际荣耀:interstellarglory/ispace 世纪佳缘:jiayuan 巨量引擎:oceanengine
蓝色光标:bluefocus 省广:gimc 引力:inly 光线:enlight 博纳:bona 万达电影:wandafilm 横店:hengdian 华策:huace
慈文:ciwen 欢瑞:huanrui
新经典:thinkingdom 凤凰卫视:phoenixtv 财新:caixin 澎湃:thepaper 观察者:guancha 环球网:huanqiu 界面:jiemian
梅奥:mayo 和睦家:unitedfamily 爱尔:aier 通策:topchoice 美年:meinian 瑞尔:arrail 华住:huazhu 首旅:btg
如家:homeinns
汉庭:hanting 亚朵:atour 开元:newcentury 万豪:marriott 希尔顿:hilton 香格里拉:shangrila 肯德基:kfc
麦当劳:mcdonalds
必胜客:pizzahut 百胜:yum 喜茶:heytea 蜜雪冰城:mixue 味千:ajisen 良品铺子:bestore 三只松鼠:threesquirrels
徐福记:hsufuchi
太平鸟:peacebird 海澜之家:hla/heilan 雅戈尔:youngor 七匹狼:septwolves 利郎:lilanz 匹克:peak 鸿星尔克:erke
三六一度:361degrees
红蜻蜓:reddragonfly 百丽:belle 达芙妮:daphne 周大生:chowtaiseng 立白:liby 蓝月亮:bluemoon 上海家化:jahwa
家化:jahwa
百雀羚:pechoin 珀莱雅:proya 丸美:marubi 贝泰妮:botanee 华熙:bloomage 太阳纸业:sunpaper 玖龙:ninedragons
理文:leeman
恒安:hengan 维达:vinda 李锦记:leekumkee 安琪:angel 梅花:meihua 圣农:sunner 大成食品:dachan 导远:asensing
司南:sinognss/compass 华菱:valin 包钢:baotousteel
"""
# Companies of elsewhere as Chinese writes them.
_ELSEWHERE = """
脸书:facebook 推特:twitter 领英:linkedin 奈飞:netflix 网飞:netflix 优步:uber 爱彼迎:airbnb 赛门铁克:symantec
思爱普:sap
安谋:arm 博通:broadcom 美满:marvell 赛灵思:xilinx 恩智浦:nxp 英飞凌:infineon 意法:stmicro
意法半导体:stmicroelectronics
安森美:onsemi 亚德诺:analogdevices 阿斯麦:asml 应用材料:appliedmaterials 泛林:lam 科磊:kla
东京电子:tokyoelectron
爱德万:advantest 泰瑞达:teradyne 新思:synopsys 楷登:cadence 铿腾:cadence 是德:keysight 安捷伦:agilent
泰克:tektronix
霍尼韦尔:honeywell 通用电气:ge/generalelectric 洛克希德:lockheed 诺斯罗普:northrop 空中客车:airbus
庞巴迪:bombardier
罗尔斯罗伊斯:rollsroyce 劳斯莱斯:rollsroyce 普惠:prattwhitney/pw 赛峰:safran 泰雷兹:thales
卡特彼勒:caterpillar 小松:komatsu
康明斯:cummins 采埃孚:zf 电装:denso 法雷奥:valeo 安波福:aptiv 德尔福:delphi 舍弗勒:schaeffler 麦格纳:magna
佛吉亚:faurecia
米其林:michelin 普利司通:bridgestone 固特异:goodyear 倍耐力:pirelli 陶氏:dow 先正达:syngenta 孟山都:monsanto
埃克森:exxon
美孚:mobil 雪佛龙:chevron 沙特阿美:saudiaramco/aramco 阿美:aramco 嘉能可:glencore 必和必拓:bhp 力拓:riotinto
淡水河谷:vale
马士基:maersk 赫伯罗特:hapaglloyd 达飞:cmacgm/cma 敦豪:dhl 联邦快递:fedex 摩根大通:jpmorgan/jpmorganchase
高盛:goldmansachs
摩根士丹利:morganstanley 沃尔玛:walmart 家乐福:carrefour 麦德龙:metro 宜家:ikea 星巴克:starbucks
可口可乐:cocacola
百事:pepsi/pepsico 雀巢:nestle 联合利华:unilever 宝洁:procter/pg 强生:johnson 默沙东:merck/msd 默克:merck
阿斯利康:astrazeneca
葛兰素史克:gsk/glaxosmithkline 赛诺菲:sanofi 礼来:lilly 雅培:abbott 美敦力:medtronic 耐克:nike
阿迪达斯:adidas 任天堂:nintendo
乐天:lotte/rakuten 软银:softbank 奥林巴斯:olympus 尼康:nikon 富士:fuji/fujifilm 柯尼卡:konica 精工:seiko
卡西欧:casio
雅马哈:yamaha 铃木:suzuki 马自达:mazda 斯巴鲁:subaru 五十铃:isuzu 川崎:kawasaki 洋马:yanmar 久保田:kubota
发那科:fanuc
安川:yaskawa 基恩士:keyence 起亚:kia 浦项:posco 韩华:hanwha 斗山:doosan 晓星:hyosung 塔塔:tata
印孚瑟斯:infosys 美光:micron
西部数据:westerndigital 希捷:seagate 闪迪:sandisk 铠侠:kioxia 金雅拓:gemalto 爱默生:emerson 施耐德:schneider
罗克韦尔:rockwell
西屋:westinghouse 阿尔斯通:alstom 库卡:kuka 倍福:beckhoff 菲尼克斯:phoenix 伊顿:eaton 丹佛斯:danfoss
格兰富:grundfos 利勃海尔:liebherr
卡巴斯基:kaspersky 卡拉什尼科夫:kalashnikov 苏霍伊:sukhoi 图波列夫:tupolev 俄铝:rusal 诺瓦泰克:novatek
扬德克斯:yandex
俄罗斯国防出口:rosoboronexport 金刚石安泰:almazantey 俄罗斯水电:rushydro 俄罗斯航空:aeroflot
万事达:mastercard 维萨:visa
美国运通:americanexpress 贝宝:paypal 普华永道:pwc/pricewaterhousecoopers 德勤:deloitte 毕马威:kpmg
安永:ernstyoung/ey 埃森哲:accenture
丰田通商:toyotatsusho 伊藤忠:itochu 丸红:marubeni 双日:sojitz 三菱重工:mitsubishiheavy
川崎重工:kawasakiheavy 石川岛:ihi
日本电信电话:ntt 日本制铁:nipponsteel 新日铁:nipponsteel 旭硝子:agc 旭化成:asahikasei 东丽:toray 帝人:teijin
信越:shinetsu
胜高:sumco 佳能:canon 电通:dentsu 野村:nomura 瑞穗:mizuho 三菱日联:mufg 日立造船:hitachizosen 日本邮船:nyk
商船三井:mol
大韩航空:koreanair 韩亚:asiana 鲜京:sk 现代重工:hyundaiheavy 大宇:daewoo 韩国电力:kepco 伊朗航空:iranair
马汉:mahan
"""

BRANDS = several(_ELECTRONICS + _DEVICES + _MACHINES + _HOUSES + _TRADES + _ELSEWHERE)
