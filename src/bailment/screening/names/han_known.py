"""Han words whose Latin name is not their pinyin: brands, old spellings, translations, official names.

The pinyin always stays beside what `KNOWN` gives. A brand belongs here when it files under a Latin name that
nobody could derive; what stands on no list and derives by sound does not.
"""

from bailment.screening.names.han_brands import BRANDS
from bailment.screening.names.han_words import GENERIC
from bailment.screening.names.name_words import HAN as NAMES
from bailment.screening.names.tables import several

_KNOWN = several("""
回族:hui 壮族:zhuang 藏族:tibetan 蒙古族:mongol 哈萨克族:kazakh 华大九天:empyrean 同方:tongfang
华为:huawei 中兴:zte/zhongxing 联想:lenovo/legend 中芯国际:smic 中芯:smic 宁德时代:catl 长江存储:ymtc
大疆:dji 海康威视:hikvision 海康:hikvision 宇视:uniview 天地伟业:tiandy 海能达:hytera
中国联通:chinaunicom/unicom 联通:unicom 中国电科:cetc 中电科:cetc 北方工业:norinco 浪潮:inspur
曙光:sugon/dawning 中科曙光:sugon 寒武纪:cambricon 商汤:sensetime 旷视:megvii 云从:cloudwalk
科大讯飞:iflytek 讯飞:iflytek 字节跳动:bytedance 腾讯:tencent 阿里巴巴:alibaba 百度:baidu 京东:jd/jingdong
京东方:boe 美团:meituan 比亚迪:byd 吉利:geely 奇虎:qihoo 紫光:unigroup/unisoc 展锐:unisoc/spreadtrum
华大基因:bgi 药明康德:wuxiapptec 北方华创:naura 中微:amec 禾赛:hesai 移远:quectel 广和通:fibocom
创维:skyworth 海信:hisense 海尔:haier 格力:gree 美的:midea 康佳:konka 歌尔:goertek 立讯:luxshare 舜宇:sunny
维沃:vivo 欧珀:oppo 一加:oneplus 荣耀:honor 魅族:meizu 传音:transsion 酷派:coolpad 金立:gionee 波导:bird
同方威视:nuctech 威视:nuctech 东软:neusoft 金山:kingsoft/jinshan 网易:netease 新浪:sina 搜狐:sohu 携程:ctrip
快手:kuaishou 国药:sinopharm 隆基:longi 天合:trina 晶科:jinko 协鑫:gcl 合盛:hoshine 亿纬:eve 国轩:gotion
蔚来:nio 小鹏:xpeng 上汽:saic 一汽:faw 广汽:gac 奇瑞:chery 徐工:xcmg 三一:sany 中联重科:zoomlion
宝钢:baosteel 宝武:baowu 鞍钢:ansteel/angang 中铝:chinalco 五矿:minmetals 万科:vanke 恒大:evergrande
复星:fosun 海航:hna 顺丰:sf 圆通:yto 申通:sto 中通:zto 普天:potevio 烽火:fiberhome 长飞:yofc 华海通信:hmn
中海油:cnooc 中石油:cnpc/petrochina 中石化:sinopec 中化:sinochem 中粮:cofco 中远:cosco 中远海运:cosco
中信:citic 中车:crrc 中交:cccc 中广核:cgn 商飞:comac 航发:aecc 中船:cssc 中核:cnnc 台积电:tsmc
鸿海:honhai/foxconn 富士康:foxconn 联发科:mediatek 华硕:asus 宏碁:acer 宏达国际电子:htc 清华:tsinghua
清华紫光:tsinghuaunigroup/unigroup 茅台:moutai/maotai 熊猫:panda 平安:pingan 光大:everbright 招商:merchants
人寿:life 中华:chunghwa/chunghua 哈工大:harbininstituteoftechnology 三星:samsung/threestars
和记黄埔:hutchisonwhampoa 和记:hutchison 汇顶:goodix 新世界:newworld 恒基:henderson 太古:swire 国泰:cathay
怡和:jardine 三峡:threegorges 台达:delta 云天励飞:intellifusion 美亚柏科:meiyapico 本源:origin 网力:netposa
莱斯:les 永鼎:etern 锐捷:ruijie 新华三:h3c 深信服:sangfor 奇安信:qianxin 启明星辰:venustech 绿盟:nsfocus
纵目:zongmu 速腾:robosense 极飞:xag 道通:autel 亿航:ehang 大族:hans 先导:lead 阳光电源:sungrow 通威:tongwei
特变电工:tbea 现代:hyundai 东芝:toshiba 日立:hitachi 三菱:mitsubishi 住友:sumitomo 三井:mitsui
富士通:fujitsu 日本电气:nec 松下:panasonic 索尼:sony 夏普:sharp 丰田:toyota 本田:honda 日产:nissan
长城:greatwall 东方:oriental/eastern/east/orient 北方:northern/north/norinco 南方:southern/south
西部:western/west 中部:central 太平洋:pacific 长江:yangtze/changjiang/cheungkong 黄河:yellowriver
太阳:sun/solar 环宇:universal 友谊:friendship 和平:peace 凤凰:phoenix
金龙:kinglong/goldendragon 神州:shenzhou 新希望:newhope 卫士通:westone 飞腾:phytium 龙芯:loongson 海光:hygon
兆芯:zhaoxin 燧原:enflame 壁仞:biren 摩尔线程:moorethreads 地平线:horizon 极米:xgimi 石头:roborock
科沃斯:ecovacs 萤石:ezviz 海思:hisilicon 俄罗斯天然气工业:gazprom 四维图新:navinfo 高德:amap/autonavi/guide
江淮:jac/jianghuai 零跑:leapmotor 极氪:zeekr 哪吒:neta 合众:hozon 岚图:voyah 赛力斯:seres 江铃:jmc/jiangling
华晨:brilliance 北汽:baic 福田:foton 陕汽:shaanxiauto/shacman 重汽:sinotruk 东安:dongan 金旅:goldenbus
庆铃:qingling 问界:aito 智己:imotors 极狐:arcfox 领克:lynk 文远知行:weride 小马智行:ponyai
元戎启行:deeproute 毫末:haomo 图森:tusimple 知行:imotion 黑芝麻:blacksesame 希迪智驾:cidi 主线:trunk
真我:realme 红米:redmi 努比亚:nubia 闻泰:wingtech 华勤:huaqin 龙旗:longcheer 锤子:smartisan 天珑:tinno
与德:wind 格灵深瞳:deepglint 思必驰:aispeech 云知声:unisound 出门问问:mobvoi 明略:mininglamp 智谱:zhipu
月之暗面:moonshot 深度求索:deepseek 阶跃星辰:stepfun 稀宇:minimax 依图:yitu 码隆:malong 特斯联:terminus
优必选:ubtech 宇树:unitree 普渡:pudu 达闼:cloudminds/dataa 新松:siasun 埃斯顿:estun 汇川:inovance
禾川:hechuan 固高:googol 节卡:jaka 越疆:dobot 科达:keda/kedacom 汉王:hanwang/hanvon 中星微:vimicro 佳都:pci
易华录:ehualu 英飞拓:infinova 高新兴:gosuncn 立昂:leon 熙菱:xiling/sailing 千方:transinfo
神州泰岳:ultrapower 拓尔思:trs 美亚:meiya 烽火星空:starrysky 安恒:dbapp/dbappsecurity 天融信:topsec
山石网科:hillstone 亚信:asiainfo 安天:antiy 永信至诚:integritytech 知道创宇:knownsec 长亭:chaitin
安洵:isoon/ianxun 微步:threatbook 启明:venustech 蓝盾:bluedon 中孚:zhongfu 数字认证:bjca 兆易:gigadevice
兆易创新:gigadevice 卓胜微:maxscend 卓胜:maxscend 韦尔:will/weier 豪威:omnivision 圣邦:sgmicro
思特威:smartsens 格科微:galaxycore 格科:galaxycore 澜起:montage 瑞芯微:rockchip 瑞芯:rockchip 全志:allwinner
晶晨:amlogic 恒玄:bestechnic 乐鑫:espressif 国科微:goke 君正:ingenic 士兰微:silan 士兰:silan 华润微:crmicro
斯达:starpower 长电:jcet 通富:tongfu/tfme 晶合:nexchip 华虹宏力:hhgrace/huahonggrace 粤芯:cansemi 沪硅:nsig
盛美:acm 拓荆:piotech 芯源:kingsemi 华海清科:hwatsing 飞测:skyverse 屹唐:etown/mattson 芯原:verisilicon
安路:anlogic 高云:gowin 九天:empyrean 概伦:primarius 广立:semitronix 景嘉:jingjia 天数智芯:iluvatar
沐曦:metax 瀚博:vastai 昆仑芯:kunlunxin 平头哥:thead 算能:sophgo 比特大陆:bitmain 嘉楠:canaan
申威:sunway/shenwei 鹏芯微:pengxinwei/pxw 昇维旭:swaysure 鹏新旭:pengxinxu 福建晋华:jhicc 晋华:jhicc/jinhua
弘芯:hsmc 新昇:zingsemi 积塔:gta 思尔芯:s2c 南大光电:nata 安集:anji 江丰:kfmi 有研:grinm/grikin
鼎龙:dinglong 雅克:yoke 中环:zhonghuan/tzh 深南:shennan/scc 沪电:wus 生益:shengyi 鹏鼎:avary
胜宏:victorygiant 景旺:kinwong 蓝思:lens 欧菲:ofilm 丘钛:qtech 瑞声:aac 领益:lingyi 维信诺:visionox
华星:csot 惠科:hkc 柔宇:royole 和辉:everdisplay 利亚德:leyard 洲明:unilumin 信利:truly 天马微:tianma
龙腾:infovision 彩虹:rainbow/irico 中国信科:cict 普联:tplink 京信:comba 腾达:tenda/tengda 中天:zhongtian/ztt
亨通:hengtong/htgd 太辰光:tfc 新易盛:eoptolink 旭创:innolight 光迅:accelink 华工:hg/huagong 锐科:raycus
昂纳:onet 源杰:yuanjie 普宙:gdu 科比特:mmc 昊翔:yuneec 零度:zero/zerotech 纵横:zongheng/jouav
臻迪:powervision 哈博森:hubsan 智飞:zhifei/ewatt 易瓦特:ewatt 观典:guandian 星网宇达:starneto
哔哩哔哩:bilibili 知乎:zhihu 微博:weibo 小红书:xiaohongshu/rednote 拼多多:pinduoduo/pdd 滴滴:didi 蚂蚁:ant
支付宝:alipay 微信:wechat 财付通:tenpay 虎牙:huya 斗鱼:douyu 去哪儿:qunar 米哈游:mihoyo
完美世界:perfectworld 银联:unionpay 阿里云:alibabacloud/aliyun 阿里:ali/alibaba 优刻得:ucloud
用友:yonyou/ufida 金蝶:kingdee 神州数码:digitalchina 神州租车:carinc 恒生电子:hundsun 恒生:hangseng/hundsun
东方财富:eastmoney 同花顺:hithink 连连:lianlian 抖音:douyin 今日头条:toutiao 老板:robam 九阳:joyoung
苏泊尔:supor 方太:fotile 追觅:dreame 云鲸:narwal 安克:anker 漫步者:edifier 影石:insta360/arashivision
拓竹:bambulab 创想三维:creality 绿联:ugreen 万和:vanward 长虹:changhong 小天鹅:littleswan 志高:chigo
奥克斯:aux 九号:ninebot/segway 雅迪:yadea 爱玛:aima 新日:sunra 绿源:luyuan 小牛:niu 春风:cfmoto 隆鑫:loncin
宗申:zongshen 钱江:qjmotor 晶澳:jasolar/ja 阿特斯:canadiansolar 正泰:chint 德力西:delixi 爱旭:aiko
日升:risen 大全:daqo 新特:xinte 锦浪:ginlong 固德威:goodwe 上能:sineng 金风:goldwind 远景:envision
明阳:mingyang 中材:sinoma 欣旺达:sunwoda 蜂巢:svolt 中创新航:calb 孚能:farasis 瑞浦:rept 当升:easpring
容百:ronbay 新宙邦:capchem 贝特瑞:btr 格林美:gem 派能:pylon/pylontech 天赐:tinci 恩捷:semcorp/energytech
德方:dynanonic 鹏辉:greatpower 科陆:clou 许继:xj 平高:pinggao 南瑞:nari 四方继保:sifang 哈电:harbinelectric
特锐德:teld/tgood 海博思创:hyperstrong 新奥:enn 振戎:zhenrong 联合石化:unipec 杰瑞:jereh
石化油服:sinopecoilfield 中航工业:avic 中航:avic/zhonghang 航空工业:avic 中船重工:csic 中国电建:powerchina
中铁建:crcc 中建:cscec/chinaconstruction 中冶:mcc 中煤:chinacoal 国机:sinomach 中机:cmec/sinomach
中钢:sinosteel 首钢:shougang 河钢:hbis 沙钢:shagang 太钢:tisco 马钢:masteel/magang 武钢:wisco 紫金:zijin
金川:jinchuan 洛钼:cmoc 洛阳钼业:cmoc 中外运:sinotrans 外运:sinotrans 招商局:chinamerchants 国航:airchina
东航:chinaeastern 南航:chinasouthern 厦航:xiamenair 吉祥航空:juneyaoairlines 均瑶:juneyao
吉祥:juneyao/jixiang 祥鹏:luckyair 首都:capital 奥凯:okay 春秋:spring 海丰:sitc 万海:wanhai 长荣:evergreen
阳明:yangming 东方海外:oocl 中集:cimc 振华重工:zpmc 外高桥:waigaoqiao 扬子江:yangzijiang 中远川崎:nacks
熔盛:rongsheng 联影:unitedimaging 迈瑞:mindray 药明生物:wuxibiologics 药明:wuxi 百济神州:beigene
信达:innovent/xinda/cinda 君实:junshi 科兴:sinovac 康希诺:cansino 华大智造:mgi 华大:bgi/huada 贝瑞:berry
诺禾致源:novogene 诺禾:novogene 石药:cspc 微创:microport 乐普:lepu 鱼跃:yuwell 稳健:winner 蓝帆:bluesail
英科:intco 新产业:snibe 万孚:wondfo 圣湘:sansure 之江:zjbio 凯莱英:asymchem 康龙化成:pharmaron 泰格:tigermed
昭衍:joinn 义翘:sino 金斯瑞:genscript 浦发:spdb 广发:guangfa/cgb/gf 微众:webank 网商:mybank
中金:cicc/zhongjin 海通:haitong 华融:huarong 东方汇理:amundi 安邦:anbang 泰康:taikang 太保:cpic
国寿:chinalife 人保:picc 渣打:standardchartered 汇丰:hsbc 花旗:citi 瑞银:ubs 蒙牛:mengniu 伊利:yili
康师傅:tingyi/masterkong 旺旺:wantwant 农夫山泉:nongfuspring 娃哈哈:wahaha 李宁:lining 安踏:anta 特步:xtep
波司登:bosideng 森马:semir 名创优品:miniso 泡泡玛特:popmart 瑞幸:luckin 海底捞:haidilao 周大福:chowtaifook
申洲:shenzhou 鲁泰:luthai 德州仪器:texasinstruments 英特尔:intel 英伟达:nvidia 高通:qualcomm 苹果:apple
微软:microsoft 谷歌:google 亚马逊:amazon 特斯拉:tesla 大众:volkswagen 宝马:bmw 奔驰:mercedesbenz/benz
福特:ford 西门子:siemens 博世:bosch 飞利浦:philips 诺基亚:nokia 爱立信:ericsson 摩托罗拉:motorola 思科:cisco
甲骨文:oracle 戴尔:dell 惠普:hp 佳能:canon 理光:ricoh 爱普生:epson 京瓷:kyocera 村田:murata 欧姆龙:omron
罗姆:rohm 瑞萨:renesas 海力士:hynix 乐金:lg 空客:airbus 波音:boeing 壳牌:shell 道达尔:total/totalenergies
巴斯夫:basf 杜邦:dupont 拜耳:bayer 辉瑞:pfizer 诺华:novartis 罗氏:roche 日月光:ase 联电:umc 联华:umc/lianhua
友达:auo 群创:innolux 南亚:nanya 华邦:winbond 旺宏:macronix 瑞昱:realtek 联咏:novatek 纬创:wistron
广达:quanta 仁宝:compal 英业达:inventec 和硕:pegatron 正崴:foxlink 可成:catcher 大立光:largan 研华:advantech
台塑:formosa 中油:cpc 技嘉:gigabyte 微星:msi 威盛:via 光宝:liteon 群光:chicony 致茂:chroma 国巨:yageo
环球晶圆:globalwafers 力晶:powerchip 力积电:psmc 世界先进:vanguard 稳懋:win 汉微科:hermes 欣兴:unimicron
臻鼎:zhending 晨光:chenguang/mg 朝阳:chaoyang/sunrise 星光:starlight 金星:venus/goldstar
东风:dongfeng/eastwind 红旗:redflag/hongqi 红星:redstar 蓝天:bluesky 白云:baiyun/whitecloud
海洋王:oceansking 天空:sky 蓝海:bluesea/blueocean 金鹰:goldeneagle 飞鹰:flyingeagle 雄鹰:eagle
飞龙:flyingdragon 巨龙:giantdragon 火炬:torch 明星:star/mingxing 双星:doublestar 七星:sevenstar
北斗:beidou/bigdipper 金桥:goldenbridge 彩云:caiyun 黑龙:blackdragon 白马:whitehorse 金马:goldenhorse
天鹅:swan 孔雀:peacock 大象:elephant 骆驼:camel 灯塔:lighthouse 希望:hope 未来:future/weilai
阳光:sunshine/sungrow 春天:spring 胜利:victory/shengli 团结:unity 红日:redsun 银河:galaxy/milkyway 宝石:gem
长鑫:cxmt/changxin 天奥:spaceon 振芯:corpro 国腾:goldtel 铂力特:blt 华曙:farsoon 先临:shining3d
奥比中光:orbbec 虹软:arcsoft 当虹:arcvideo 凌云光:lusterlight 奥普特:opt 中控:supcon 和利时:hollysys
宝信:baosight 柏楚:friendess 中望:zwsoft 达梦:dameng 人大金仓:kingbase 金仓:kingbase 麒麟:kylin
统信:uniontech 致远:seeyon 泛微:weaver 广联达:glodon 卫宁:winning 中科软:sinosoft 软通动力:isoftstone
文思海辉:pactera 博彦:beyondsoft 润和:hoperun 创达:thundersoft 诚迈:archermind 光环新网:sinnet 世纪互联:vnet
万国数据:gds 秦淮数据:chindata 网宿:wangsu 青云:qingcloud 星环:transwarp 睿创:raytron 艾睿:infiray
微影:hikmicro 四方光电:cubic 敏芯:memsensing 峰岹:fortior 纳思达:ninestar 艾派克:apex 极海:geehy 奔图:pantum
耐威:navtech 北斗星通:bdstar 华测:chcnav/huace 思壮:unistrong 合众思壮:unistrong 中海达:hitarget
和芯星通:unicore 时空道宇:geespace 长光:changguang 欧比特:orbita 天仪:spacety 银河航天:galaxyspace
蓝箭:landspace 星际荣耀:ispace 星河动力:galacticenergy 国星宇航:adaspace 航天宏图:piesat 星图:geovis
华峰测控:accotest 天准:tztek 科益虹源:rslaser 茂莱:mloptic 福光:forecam 欣奕华:sineva 正帆:gentech 至纯:pnc
晶盛:jsg 连城:linton 微导:leadmicro 天科合达:tankeblue 天岳:sicc 瀚天天成:epiworld 瞻芯:inventchip
英诺赛科:innoscience 宏微:macmic 芯能:xinner 泰凌微:telink 泰凌:telink 炬芯:actions 中颖:sinowealth
灵动:mindmotion 国民技术:nationz 东软载波:eastsoft 上海贝岭:belling 贝岭:belling 富瀚:fullhan
北京君正:ingenic 晶丰明源:bps 力合微:leaguer 翱捷:asr 芯海:chipsea 希荻微:halo 艾为:awinic 纳芯微:novosense
纳芯:novosense 思瑞浦:3peak 杰华特:joulwatt 南芯:southchip 帝奥微:dioo 唯捷创芯:vanchip 慧智微:smarter
飞骧:lansus 锐石:radrock 昂瑞微:onmicro 好达:shoulder 麦捷:microgate 顺络:sunlord 三环:cctc 火炬电子:torch
鸿远:hongyuan 宏达电子:hongda 中航光电:jonhon 永贵:yonggui 立讯精密:luxshare 长盈:everwin 安洁:anjie
环旭:usi 安世:nexperia 传化:transfar 龙盛:longsheng 魏桥:weiqiao/hongqiao 宏桥:hongqiao 信发:xinfa
忠旺:zhongwang 海亮:hailiang 正威:amer 江铜:jiangxicopper 云铜:yunnancopper 玲珑:linglong 赛轮:sailun
双钱:doublecoin 中策:zhongce 福耀:fuyao 敏实:minth 延锋:yanfeng 均胜:joyson 德赛西威:desaysv 华阳:foryou
拓普:tuopu 中鼎:zhongding 万丰:wanfeng 万向:wanxiang 玉柴:yuchai 潍柴:weichai 杭叉:hangcha 柳工:liugong
山推:shantui 临工:sdlg 山河智能:sunward 浙江鼎力:dingli 龙工:lonking 铁建重工:crchi 一重:cfhi 二重:erzhong
太重:tyhi 中信重工:citichic 陕鼓:shaangu 沈鼓:shengu 开山:kaishan 汉钟:hanbell 盾安:dunan 三花:sanhua
冰轮:moon 雪人:snowman 卧龙:wolong 江特:jiangte 英威腾:invt 麦格米特:megmeet 科士达:kstar 易事特:east
科华:kehua 英维克:envicool
""")


def _merged(*tables: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return tables as one; a word of several has the names of each, the earlier table's first."""
    merged: dict[str, tuple[str, ...]] = {}
    for table in tables:
        for word, names in table.items():
            merged[word] = tuple(dict.fromkeys((*merged.get(word, ()), *names)))
    return merged


KNOWN = _merged(
    _KNOWN, BRANDS, {word: tuple(said.split("/")) for word, said in NAMES.items() if word not in GENERIC}
)

# Those that end in a generic word (振华重工) are also that word after a name: `official_names` reads them
# both ways.
COMPOUND = frozenset(word for word in KNOWN if any(word[at:] in GENERIC for at in range(2, len(word) - 1)))

# The English words of bodies whose official English name is no translation word for word.
_ENGLISH = """
中国移动通信 China Mobile Communications
中国电信 China Telecom
中国联合网络通信 China United Network Communications
中国联合通信 China United Telecommunications
中国交通建设 China Communications Construction
中国交通通信 China Transport Telecommunications
中国通信服务 China Communications Services
中国建筑集团 China Construction Engineering
中国建筑股份 China Construction Engineering
中国建筑工程 China Construction Engineering
中国铁建 China Railway Construction
中国中铁 China Railway
中国石油天然气 China Petroleum
中国海洋石油 China Offshore Oil
中国石油化工 China Petrochemical
中国核工业 China Nuclear
中国广核 China General Nuclear Power
中国兵器工业 China North Industries
中国兵器装备 China South Industries
中国航发 Aero Engine China
中国航天科工 China Aerospace Science Industry
航天科工 Aerospace Science Industry
航天科技 Aerospace Science and Technology
中国南方航空 China Southern Airlines
中国东方航空 China Eastern Airlines
中国国际航空 Air China
中国人民解放军 PLA
解放军 PLA
工商银行 Industrial Commercial Bank
建设银行 Construction Bank
农业银行 Agricultural Bank
交通银行 Bank Communications
进出口银行 Export Import Bank
南方电网 Southern Power Grid
哈尔滨工业大学 Harbin Institute Technology
北京理工大学 Beijing Institute Technology
西北工业大学 Northwestern Polytechnical University
国防科技大学 Defense Technology University
交通大学 Jiaotong University
人民大学 Renmin University
中国科学院 Chinese Academy Sciences
台湾积体电路 Taiwan Semiconductor
积体电路 Semiconductor
北方工业 North Industries
航空工业 Aviation Industry
有色金属 Nonferrous Metal
冶金科工 Metallurgical
保利 Poly
工业大学 University Technology
音乐学院 Conservatory Music
财经大学 Finance Economics University
政法大学 Political Science Law University
外国语大学 Foreign Studies University
外交部 Ministry Foreign Affairs
商务部 Ministry Commerce
"""
ENGLISH = {word: tuple(english) for word, *english in map(str.split, _ENGLISH.strip().splitlines())}
