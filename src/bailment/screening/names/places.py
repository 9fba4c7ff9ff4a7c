"""Places in names: what they are called, and what they lie in.

One place a line: its key, what it lies in ("-" for nothing named here), its spellings. A place on one side
only is a small difference ("Deutsche Bank (Schweiz)"); two different places contradict one another, unless
one lies in the other. Chinese places carry their Han spelling too; `han_words` reads them from here.
"""

from bailment.screening.names.place_words import HAN

_COUNTRIES = """
china - china peoplesrepublicofchina chinese chine zhongguo cn 中国 中华人民共和国
hongkong china hongkong hk 香港
macau china macau macao 澳门
taiwan - taiwan taiwanese 台湾
russia - russia russianfederation rossiyskayafederatsiya rossiyskoyfederatsii russian rossiya
russia - rossiyskaya russland russie rf rossii 俄罗斯
iran - iran islamicrepublicofiran iranian persian 伊朗
northkorea - dprk northkorea 朝鲜
korea - korea korean southkorea hanguk 韩国
japan - japan japanese nippon nihon japon 日本
usa - usa us america american unitedstates 美国
uk - uk britain british england unitedkingdom gb greatbritain 英国
germany - germany german deutschland allemagne 德国
france - france french francaise francais 法国
italy - italy italian italia 意大利
spain - spain spanish espana 西班牙
portugal - portugal portuguesa portuguese
netherlands - netherlands dutch holland nederland nederlandse 荷兰
belgium - belgium belgian belgique
switzerland - switzerland swiss schweiz suisse 瑞士
austria - austria austrian osterreich oesterreich
sweden - sweden swedish sverige svenska
norway - norway norwegian norge
denmark - denmark danish danmark
finland - finland finnish suomi
poland - poland polish polska
ireland - ireland irish
estonia - estonia estonian eesti
latvia - latvia latvian
lithuania - lithuania lithuanian
ukraine - ukraine ukrainian ukraina ukrayina 乌克兰
belarus - belarus republicofbelarus respublikibelarus respublikabelarus
belarus - belarusian byelorussian belorussian 白俄罗斯
kazakhstan - kazakhstan republicofkazakhstan respublikikazakhstan kazakh 哈萨克斯坦
uzbekistan - uzbekistan uzbek
turkey - turkey turkish turkiye turk 土耳其
greece - greece greek hellenic
cyprus - cyprus cypriot
romania - romania romanian rumanian
bulgaria - bulgaria bulgarian
serbia - serbia serbian
hungary - hungary hungarian
czechia - czech czechia
israel - israel israeli
syria - syria syrianarabrepublic syrian syrie syrienne 叙利亚
iraq - iraq republicofiraq iraqi 伊拉克
lebanon - lebanon lebanese liban libanaise
jordan - jordan jordanian jordanien
egypt - egypt arabrepublicofegypt egyptian misr egyptienne masr 埃及
libya - libya libyan
sudan - sudan sudanese
yemen - yemen yemeni
saudiarabia - saudi kingdomofsaudiarabia saudiarabia ksa 沙特 沙特阿拉伯
uae - uae emirates emirati unitedarabemirates 阿联酋
qatar - qatar qatari
kuwait - kuwait kuwaiti
bahrain - bahrain bahraini
oman - oman omani
arab - arab arabian arabic
palestine - palestine palestinian palestinians
afghanistan - afghanistan afghan
pakistan - pakistan pakistani 巴基斯坦
india - india indian 印度
bangladesh - bangladesh bangladeshi
srilanka - srilanka srilankan
thailand - thailand thai 泰国
vietnam - vietnam vietnamese 越南
malaysia - malaysia malaysian 马来西亚
singapore - singapore sg 新加坡
indonesia - indonesia indonesian 印度尼西亚
philippines - philippines philippine filipino
myanmar - myanmar burma burmese 缅甸
cambodia - cambodia cambodian
australia - australia australian 澳大利亚
newzealand - newzealand
canada - canada canadian 加拿大
mexico - mexico mexican mexicana mexicano
brazil - brazil brasil brazilian brasileira
argentina - argentina argentine argentinian
chile - chile chilean
colombia - colombia colombian
peru - peru peruvian
venezuela - venezuela venezolana venezuelan
cuba - cuba cuban cubana
panama - panama panamanian
nicaragua - nicaragua nicaraguan
ethiopia - ethiopia ethiopian ethiopic
kenya - kenya kenyan
nigeria - nigeria nigerian
southafrica - southafrica southafrican
morocco - morocco moroccan maroc marocaine
algeria - algeria algerian algerien algerienne
armenia - armenia armenian
georgia - georgia georgian georgien
azerbaijan - azerbaijan azerbaijani azeri
asia - asia asian asiatic 亚洲
europe - europe european euro 欧洲
africa - africa african 非洲
northamerica - northamerica
middleeast - middleeast
peninsula - arabianpeninsula
gulf - gulf khaleej khalij
pacific - pacific
eastern - eastern east oriental
western - western west
northern - northern north
southern - southern south
central - central
"""

_CITIES = """
beijing china beijing peking pekin 北京
shanghai china shanghai 上海
tianjin china tianjin tientsin 天津
chongqing china chongqing chungking 重庆
shenzhen china shenzhen sz shumchun 深圳
guangzhou china guangzhou canton 广州
guangdong china guangdong kwangtung 广东
hangzhou china hangzhou hangchow 杭州
zhejiang china zhejiang chekiang 浙江
nanjing china nanjing nanking 南京
jiangsu china jiangsu kiangsu 江苏
suzhou china suzhou soochow 苏州
wuxi china wuxi 无锡
changzhou china changzhou 常州
nantong china nantong 南通
xuzhou china xuzhou 徐州
yangzhou china yangzhou 扬州
zhenjiang china zhenjiang 镇江
ningbo china ningbo ningpo 宁波
wenzhou china wenzhou 温州
shaoxing china shaoxing 绍兴
jiaxing china jiaxing 嘉兴
huzhou china huzhou 湖州
jinhua china jinhua 金华
yiwu china yiwu 义乌
taizhou china taizhou 台州 泰州
hefei china hefei 合肥
anhui china anhui anhwei 安徽
wuhu china wuhu 芜湖
fujian china fujian fukien 福建
fuzhou china fuzhou foochow 福州
xiamen china xiamen amoy 厦门
quanzhou china quanzhou 泉州
zhangzhou china zhangzhou 漳州
jiangxi china jiangxi kiangsi 江西
nanchang china nanchang 南昌
ganzhou china ganzhou 赣州
shandong china shandong shantung 山东
jinan china jinan tsinan 济南
qingdao china qingdao tsingtao 青岛
yantai china yantai chefoo 烟台
weihai china weihai 威海
weifang china weifang 潍坊
zibo china zibo 淄博
linyi china linyi 临沂
dongying china dongying 东营
henan china henan honan 河南
zhengzhou china zhengzhou 郑州
luoyang china luoyang 洛阳
kaifeng china kaifeng 开封
hubei china hubei hupeh 湖北
wuhan china wuhan 武汉
yichang china yichang 宜昌
xiangyang china xiangyang 襄阳
hunan china hunan 湖南
changsha china changsha 长沙
zhuzhou china zhuzhou 株洲
xiangtan china xiangtan 湘潭
hebei china hebei hopeh 河北
shijiazhuang china shijiazhuang 石家庄
tangshan china tangshan 唐山
baoding china baoding 保定
langfang china langfang 廊坊
handan china handan 邯郸
shanxi china shanxi 山西
taiyuan china taiyuan 太原
datong china datong 大同
shaanxi china shaanxi shensi 陕西
xian china xian sian 西安
baoji china baoji 宝鸡
xianyang china xianyang 咸阳
liaoning china liaoning 辽宁
shenyang china shenyang mukden 沈阳
dalian china dalian dairen 大连
anshan china anshan 鞍山
jilin china jilin kirin 吉林
changchun china changchun 长春
heilongjiang china heilongjiang 黑龙江
harbin china harbin haerbin 哈尔滨
daqing china daqing 大庆
qiqihar china qiqihar 齐齐哈尔
innermongolia china innermongolia neimenggu 内蒙古
hohhot china hohhot huhehaote 呼和浩特
baotou china baotou 包头
ordos china ordos eerduosi 鄂尔多斯
xinjiang china xinjiang sinkiang 新疆
urumqi china urumqi wulumuqi 乌鲁木齐
tibet china tibet xizang 西藏
lhasa china lhasa lasa 拉萨
gansu china gansu kansu 甘肃
lanzhou china lanzhou 兰州
qinghai china qinghai chinghai 青海
xining china xining 西宁
ningxia china ningxia 宁夏
yinchuan china yinchuan 银川
sichuan china sichuan szechuan szechwan 四川
chengdu china chengdu chengtu 成都
mianyang china mianyang 绵阳
yibin china yibin 宜宾
leshan china leshan 乐山
guizhou china guizhou kweichow 贵州
guiyang china guiyang kweiyang 贵阳
zunyi china zunyi 遵义
yunnan china yunnan 云南
kunming china kunming 昆明
guangxi china guangxi kwangsi 广西
nanning china nanning 南宁
guilin china guilin kweilin 桂林
liuzhou china liuzhou 柳州
hainan china hainan 海南
haikou china haikou 海口
sanya china sanya 三亚
dongguan china dongguan 东莞
foshan china foshan 佛山
shunde china shunde 顺德
zhuhai china zhuhai 珠海
zhongshan china zhongshan 中山
huizhou china huizhou 惠州
shantou china shantou swatow 汕头
jiangmen china jiangmen 江门
zhanjiang china zhanjiang 湛江
zhaoqing china zhaoqing 肇庆
ningde china ningde 宁德
kunshan china kunshan 昆山
changshu china changshu 常熟
jiangyin china jiangyin 江阴
pudong china pudong 浦东
zhangjiang china zhangjiang 张江
qinhuangdao china qinhuangdao 秦皇岛
lianyungang china lianyungang 连云港
yancheng china yancheng 盐城
huaian china huaian 淮安
bengbu china bengbu 蚌埠
jingdezhen china jingdezhen 景德镇
taipei taiwan taipei taibei 台北
hsinchu taiwan hsinchu xinzhu 新竹
kaohsiung taiwan kaohsiung gaoxiong 高雄
tokyo japan tokyo 东京
osaka japan osaka 大阪
moscow russia moscow moskva moskovskiy
petersburg russia petersburg stpetersburg leningrad saintpetersburg sanktpeterburg peterburg
novosibirsk russia novosibirsk
yekaterinburg russia yekaterinburg ekaterinburg
kazan russia kazan
nizhny russia nizhny nizhniy novgorod
samara russia samara
omsk russia omsk
chelyabinsk russia chelyabinsk
rostov russia rostov
ufa russia ufa
krasnoyarsk russia krasnoyarsk
krasnodar russia krasnodar
perm russia perm
voronezh russia voronezh
volgograd russia volgograd
saratov russia saratov
tula russia tula
tver russia tver
tomsk russia tomsk
tyumen russia tyumen
irkutsk russia irkutsk
khabarovsk russia khabarovsk
vladivostok russia vladivostok
murmansk russia murmansk
kaliningrad russia kaliningrad
smolensk russia smolensk
yaroslavl russia yaroslavl
ryazan russia ryazan
izhevsk russia izhevsk
penza russia penza
kursk russia kursk
bryansk russia bryansk
sevastopol - sevastopol
crimea - crimea crimean krym
ural russia ural urals uralskiy
siberia russia siberia siberian sibir
baltic - baltic baltiyskiy
donetsk ukraine donetsk
luhansk ukraine luhansk lugansk
kyiv ukraine kyiv kiev
kharkiv ukraine kharkiv kharkov
odesa ukraine odesa odessa
dnipro ukraine dnipro
lviv ukraine lviv lvov
minsk belarus minsk
almaty kazakhstan almaty
damascus syria damascus dimashq
aleppo syria aleppo
homs syria homs
latakia syria latakia lattakia
baghdad iraq baghdad
basra iraq basra basrah
mosul iraq mosul
erbil iraq erbil arbil
beirut lebanon beirut
amman jordan amman
cairo egypt cairo
alexandria egypt alexandria
tripoli - tripoli
khartoum sudan khartoum
sanaa yemen sanaa
aden yemen aden
riyadh saudiarabia riyadh
jeddah saudiarabia jeddah
mecca saudiarabia mecca makkah
dubai uae dubai
abudhabi uae abudhabi
sharjah uae sharjah
doha qatar doha
gaza palestine gaza
tehran iran tehran teheran
isfahan iran isfahan esfahan
shiraz iran shiraz
tabriz iran tabriz
mashhad iran mashhad
london uk london
paris france paris
berlin germany berlin
munich germany munich muenchen
hamburg germany hamburg
frankfurt germany frankfurt
zurich switzerland zurich zuerich
geneva switzerland geneva
vienna austria vienna wien
newyork usa newyork ny
boston usa boston
chicago usa chicago
california usa california
texas usa texas
havana cuba havana habana
caracas venezuela caracas
istanbul turkey istanbul
ankara turkey ankara
"""

_MORE_CITIES = """
cangzhou china cangzhou 沧州
xingtai china xingtai 邢台
zhangjiakou china zhangjiakou 张家口
chengde china chengde 承德
hengshui china hengshui 衡水
yangquan china yangquan 阳泉
changzhi china changzhi 长治
jincheng china jincheng 晋城
jinzhong china jinzhong 晋中
yuncheng china yuncheng 运城
xinzhou china xinzhou 忻州
linfen china linfen 临汾
lvliang china lvliang lyuliang luliang 吕梁
fushun china fushun 抚顺
benxi china benxi 本溪
dandong china dandong 丹东
jinzhou china jinzhou 锦州
yingkou china yingkou 营口
fuxin china fuxin 阜新
liaoyang china liaoyang 辽阳
panjin china panjin 盘锦
tieling china tieling 铁岭
huludao china huludao 葫芦岛
siping china siping 四平
liaoyuan china liaoyuan 辽源
tonghua china tonghua 通化
baishan china baishan 白山
songyuan china songyuan 松原
baicheng china baicheng 白城
yanbian china yanbian 延边
yanji china yanji 延吉
mudanjiang china mudanjiang 牡丹江
jiamusi china jiamusi 佳木斯
jixi china jixi 鸡西
shuangyashan china shuangyashan 双鸭山
yichunhlj china yichunhlj 伊春
suihua china suihua 绥化
daxinganling china daxinganling 大兴安岭
maanshan china maanshan 马鞍山
tongling china tongling 铜陵
anqing china anqing 安庆
huangshan china huangshan 黄山
chuzhou china chuzhou 滁州
fuyang china fuyang 阜阳
suzhouanhui china suzhouanhui 宿州
bozhou china bozhou 亳州
chizhou china chizhou 池州
xuancheng china xuancheng 宣城
huainan china huainan 淮南
huaibei china huaibei 淮北
putian china putian 莆田
sanming china sanming 三明
nanping china nanping 南平
longyan china longyan 龙岩
jiujiang china jiujiang 九江
pingxiang china pingxiang 萍乡
xinyu china xinyu 新余
yingtan china yingtan 鹰潭
shangrao china shangrao 上饶
yichunjx china yichunjx 宜春
zaozhuang china zaozhuang 枣庄
jining china jining 济宁
taian china taian 泰安
rizhao china rizhao 日照
dezhou china dezhou 德州
liaocheng china liaocheng 聊城
binzhou china binzhou 滨州
heze china heze 菏泽
laiwu china laiwu 莱芜
pingdingshan china pingdingshan 平顶山
anyang china anyang 安阳
hebi china hebi 鹤壁
xinxiang china xinxiang 新乡
jiaozuo china jiaozuo 焦作
puyang china puyang 濮阳
xuchang china xuchang 许昌
luohe china luohe 漯河
sanmenxia china sanmenxia 三门峡
nanyang china nanyang 南阳
shangqiu china shangqiu 商丘
xinyang china xinyang 信阳
zhoukou china zhoukou 周口
zhumadian china zhumadian 驻马店
huangshi china huangshi 黄石
shiyan china shiyan 十堰
jingzhou china jingzhou 荆州
jingmen china jingmen 荆门
ezhou china ezhou 鄂州
xiaogan china xiaogan 孝感
huanggang china huanggang 黄冈
xianning china xianning 咸宁
suizhou china suizhou 随州
enshi china enshi 恩施
hengyang china hengyang 衡阳
shaoyang china shaoyang 邵阳
yueyang china yueyang 岳阳
changde china changde 常德
zhangjiajie china zhangjiajie 张家界
yiyang china yiyang 益阳
chenzhou china chenzhou 郴州
yongzhou china yongzhou 永州
huaihua china huaihua 怀化
loudi china loudi 娄底
shaoguan china shaoguan 韶关
maoming china maoming 茂名
meizhou china meizhou 梅州
shanwei china shanwei 汕尾
heyuan china heyuan 河源
yangjiang china yangjiang 阳江
qingyuan china qingyuan 清远
chaozhou china chaozhou 潮州
jieyang china jieyang 揭阳
yunfu china yunfu 云浮
wuzhou china wuzhou 梧州
beihai china beihai 北海
fangchenggang china fangchenggang 防城港
qinzhou china qinzhou 钦州
guigang china guigang 贵港
yulin china yulin 玉林
baise china baise 百色
hechi china hechi 河池
zigong china zigong 自贡
panzhihua china panzhihua 攀枝花
luzhou china luzhou 泸州
deyang china deyang 德阳
guangyuan china guangyuan 广元
suining china suining 遂宁
neijiang china neijiang 内江
nanchong china nanchong 南充
meishan china meishan 眉山
guangan china guangan 广安
dazhou china dazhou 达州
yaan china yaan 雅安
bazhong china bazhong 巴中
ziyang china ziyang 资阳
liupanshui china liupanshui 六盘水
anshun china anshun 安顺
bijie china bijie 毕节
tongren china tongren 铜仁
qujing china qujing 曲靖
yuxi china yuxi 玉溪
baoshan china baoshan 保山
zhaotong china zhaotong 昭通
lijiang china lijiang 丽江
lincang china lincang 临沧
dali china dali 大理
tongchuan china tongchuan 铜川
weinan china weinan 渭南
yanan china yanan 延安
hanzhong china hanzhong 汉中
yulinshaanxi china yulinshaanxi 榆林
ankang china ankang 安康
shangluo china shangluo 商洛
jiayuguan china jiayuguan 嘉峪关
jinchang china jinchang 金昌
baiyin china baiyin 白银
tianshui china tianshui 天水
wuwei china wuwei 武威
zhangye china zhangye 张掖
pingliang china pingliang 平凉
jiuquan china jiuquan 酒泉
qingyang china qingyang 庆阳
dingxi china dingxi 定西
longnan china longnan 陇南
shizuishan china shizuishan 石嘴山
wuzhong china wuzhong 吴忠
guyuan china guyuan 固原
zhongwei china zhongwei 中卫
karamay china karamay kelamayi 克拉玛依
turpan china turpan tulufan 吐鲁番
hami china hami kumul 哈密
kashgar china kashgar kashi 喀什
hotan china hotan khotan hetian 和田
aksu china aksu akesu 阿克苏
changji china changji 昌吉
shihezi china shihezi 石河子
korla china korla kuerle 库尔勒
altay china altay 阿勒泰
tacheng china tacheng 塔城
yining china yining gulja 伊宁
bayingolin china bayingolin 巴音郭楞
bortala china bortala 博尔塔拉
chifeng china chifeng 赤峰
tongliao china tongliao 通辽
hulunbuir china hulunbuir 呼伦贝尔
wuhai china wuhai 乌海
bayannur china bayannur 巴彦淖尔
ulanqab china ulanqab 乌兰察布
zhangjiagang china zhangjiagang 张家港
taicang china taicang 太仓
wujiang china wujiang 吴江
yixing china yixing 宜兴
jingjiang china jingjiang 靖江
taixing china taixing 泰兴
danyang china danyang 丹阳
liyang china liyang 溧阳
haian china haian 海安
rugao china rugao 如皋
qidong china qidong 启东
suqian china suqian 宿迁
yuyao china yuyao 余姚
cixi china cixi 慈溪
zhuji china zhuji 诸暨
haining china haining 海宁
tongxiang china tongxiang 桐乡
pinghu china pinghu 平湖
jiashan china jiashan 嘉善
yongkang china yongkang 永康
dongyang china dongyang 东阳
wenling china wenling 温岭
yuhuan china yuhuan 玉环
yueqing china yueqing 乐清
ruian china ruian 瑞安
zhoushan china zhoushan 舟山
quzhou china quzhou 衢州
lishui china lishui 丽水
xiaoshan china xiaoshan 萧山
yuhang china yuhang 余杭
fuyanghz china fuyanghz 富阳
jinjiang china jinjiang 晋江
fuqing china fuqing 福清
jimo china jimo 即墨
jiaozhou china jiaozhou 胶州
longkou china longkou 龙口
laizhou china laizhou 莱州
shouguang china shouguang 寿光
zhucheng china zhucheng 诸城
zouping china zouping 邹平
tengzhou china tengzhou 滕州
rongcheng china rongcheng 荣成
wendeng china wendeng 文登
nanhai china nanhai 南海
panyu china panyu 番禺
zengcheng china zengcheng 增城
huangpu china huangpu 黄埔
baoan china baoan 宝安
longgang china longgang 龙岗
nanshan china nanshan 南山
futian china futian 福田区
haidian china haidian 海淀
chaoyang china chaoyang 朝阳区
zhongguancun china zhongguancun 中关村
yizhuang china yizhuang 亦庄
songjiang china songjiang 松江
jiading china jiading 嘉定
minhang china minhang 闵行
fengxian china fengxian 奉贤
qingpu china qingpu 青浦
binhai china binhai 滨海新区
qianhai china qianhai 前海
hengqin china hengqin 横琴
xiongan china xiongan 雄安
liangjiang china liangjiang 两江
kowloon hongkong kowloon 九龙
taichung taiwan taichung 台中
tainan taiwan tainan 台南
taoyuan taiwan taoyuan 桃园
keelung taiwan keelung 基隆
newtaipei taiwan newtaipei 新北
uyghur china uyghur 维吾尔
eastchina china eastchina 华东
southchina china southchina 华南
northchina china northchina 华北
centralchina china centralchina 华中
northeast china northeast 东北
northwest china northwest 西北
southwest china southwest 西南
southeast china southeast 东南
centralsouth china centralsouth 中南
tambov russia tambov
orel russia orel oryol
lipetsk russia lipetsk
ivanovo russia ivanovo
kaluga russia kaluga
kostroma russia kostroma
vologda russia vologda
arkhangelsk russia arkhangelsk
petrozavodsk russia petrozavodsk
pskov russia pskov
cherepovets russia cherepovets
magnitogorsk russia magnitogorsk
tagil russia tagil
kurgan russia kurgan
orenburg russia orenburg
ulyanovsk russia ulyanovsk
cheboksary russia cheboksary
saransk russia saransk
syktyvkar russia syktyvkar
astrakhan russia astrakhan
stavropol russia stavropol
sochi russia sochi
grozny russia grozny
makhachkala russia makhachkala
novorossiysk russia novorossiysk
taganrog russia taganrog
barnaul russia barnaul
kemerovo russia kemerovo
novokuznetsk russia novokuznetsk
ulanude russia ulanude
chita russia chita
blagoveshchensk russia blagoveshchensk
komsomolsk russia komsomolsk
yakutsk russia yakutsk
magadan russia magadan
kamchatka russia kamchatka
sakhalin russia sakhalin
zelenograd russia zelenograd
dubna russia dubna
korolev russia korolev
fryazino russia fryazino
podolsk russia podolsk
kolomna russia kolomna
klimovsk russia klimovsk
krasnogorsk russia krasnogorsk
zhukovsky russia zhukovsky
lytkarino russia lytkarino
khimki russia khimki
severodvinsk russia severodvinsk
kovrov russia kovrov
votkinsk russia votkinsk
zlatoust russia zlatoust
miass russia miass
biysk russia biysk
rybinsk russia rybinsk
tutaev russia tutaev
obninsk russia obninsk
sarov russia sarov
snezhinsk russia snezhinsk
zheleznogorsk russia zheleznogorsk
seversk russia seversk
bataysk russia bataysk
tolyatti russia tolyatti togliatti
nizhnekamsk russia nizhnekamsk
almetyevsk russia almetyevsk
glazov russia glazov
sarapul russia sarapul
serpukhov russia serpukhov
noginsk russia noginsk
mytishchi russia mytishchi
elektrostal russia elektrostal
norilsk russia norilsk
surgut russia surgut
nizhnevartovsk russia nizhnevartovsk
salekhard russia salekhard
ukhta russia ukhta
vorkuta russia vorkuta
nakhodka russia nakhodka
ussuriysk russia ussuriysk
arsenyev russia arsenyev
bratsk russia bratsk
angarsk russia angarsk
abakan russia abakan
achinsk russia achinsk
vyborg russia vyborg
gatchina russia gatchina
kolpino russia kolpino
kamensk russia kamensk
pervouralsk russia pervouralsk
yurga russia yurga
balakovo russia balakovo
dimitrovgrad russia dimitrovgrad
caucasus russia caucasus
tatarstan russia tatarstan
bashkiria russia bashkiria bashkortostan
yakutia russia yakutia
kuban russia kuban
azov russia azov
amur russia amur
dagestan russia dagestan
chechnya russia chechnya
karelia russia karelia
udmurtia russia udmurtia
chuvashia russia chuvashia
mordovia russia mordovia
grodno belarus grodno
gomel belarus gomel homel
brest belarus brest
vitebsk belarus vitebsk viciebsk
mogilev belarus mogilev mahilyow
bobruisk belarus bobruisk babruysk
baranovichi belarus baranovichi
soligorsk belarus soligorsk
zhodino belarus zhodino
orsha belarus orsha
polotsk belarus polotsk
novopolotsk belarus novopolotsk
mozyr belarus mozyr
borisov belarus borisov barysaw
pinsk belarus pinsk
lida belarus lida
zaporizhzhia ukraine zaporizhzhia zaporozhye
mariupol ukraine mariupol
kherson ukraine kherson
mykolaiv ukraine mykolaiv nikolaev
simferopol ukraine simferopol
kerch ukraine kerch
yalta ukraine yalta
feodosia ukraine feodosia
poltava ukraine poltava
sumy ukraine sumy
chernihiv ukraine chernihiv
vinnytsia ukraine vinnytsia
melitopol ukraine melitopol
donbass ukraine donbass
kramatorsk ukraine kramatorsk
kremenchuk ukraine kremenchuk
ahvaz iran ahvaz ahwaz
abadan iran abadan
kerman iran kerman
yazd iran yazd
qom iran qom ghom
arak iran arak
karaj iran karaj
qazvin iran qazvin
bushehr iran bushehr
mahshahr iran mahshahr
asaluyeh iran asaluyeh assaluyeh
khuzestan iran khuzestan
fars iran fars
khorasan iran khorasan
mazandaran iran mazandaran
gilan iran gilan
hormozgan iran hormozgan
kish iran kish
qeshm iran qeshm
kermanshah iran kermanshah
hamedan iran hamedan hamadan
semnan iran semnan
bandarabbas iran bandarabbas
kharg iran kharg
zanjan iran zanjan
urmia iran urmia
rasht iran rasht
medina saudiarabia medina madinah
dammam saudiarabia dammam
jubail saudiarabia jubail
yanbu saudiarabia yanbu
ajman uae ajman
fujairah uae fujairah
rasalkhaimah uae rasalkhaimah
manama bahrain manama
muscat oman muscat
salalah oman salalah
giza egypt giza
suez egypt suez
portsaid egypt portsaid
damietta egypt damietta
tartus syria tartus tartous
hama syria hama
idlib syria idlib
banias syria banias baniyas
deirezzor syria deirezzor
kirkuk iraq kirkuk
najaf iraq najaf
karbala iraq karbala
hodeidah yemen hodeidah
benghazi libya benghazi
sidon lebanon sidon
kabul afghanistan kabul
karachi pakistan karachi
islamabad pakistan islamabad
izmir turkey izmir
astana kazakhstan astana
tashkent uzbekistan tashkent
yerevan armenia yerevan
tbilisi georgia tbilisi
baku azerbaijan baku
tunis tunisia tunis
casablanca morocco casablanca
eurasia - eurasia
tunisia - tunisia tunisian tunisie tunisienne
mauritania - mauritania mauritanian
somalia - somalia somali somalian
kyrgyzstan - kyrgyzstan kyrgyz
tajikistan - tajikistan tajik tajiki
turkmenistan - turkmenistan turkmen
mongolia - mongolia mongolian mongol
moldova - moldova moldovan moldavian
uruguay - uruguay uruguayan
bolivia - bolivia bolivian
ecuador - ecuador ecuadorian
nepal - nepal nepalese
tanzania - tanzania tanzanian
uganda - uganda ugandan
zimbabwe - zimbabwe zimbabwean
northeast - northeast northeastern
northwest - northwest northwestern
southwest - southwest southwestern
southeast - southeast southeastern
volga russia volga
arctic - arctic
slovakia - slovakia slovak
slovenia - slovenia slovenian
croatia - croatia croatian
bosnia - bosnia bosnian
albania - albania albanian
laos - laos lao
ardabil iran ardabil
lorestan iran lorestan
kurdistan - kurdistan kurdish
sulaymaniyah iraq sulaymaniyah sulaimaniya
anbar iraq anbar
maysan iraq maysan
diyala iraq diyala
dhiqar iraq dhiqar
raqqa syria raqqa
daraa syria daraa
sweida syria sweida
aswan egypt aswan
mansoura egypt mansoura mansourah
tanta egypt tanta
asyut egypt asyut assiut
misrata libya misrata misurata
rabat morocco rabat
sfax tunisia sfax
taiz yemen taiz
marib yemen marib
hadramawt yemen hadramawt
portsudan sudan portsudan
tabuk saudiarabia tabuk
qassim saudiarabia qassim
taif saudiarabia taif
najran saudiarabia najran
sohar oman sohar
nizwa oman nizwa
zahle lebanon zahle
bekaa lebanon bekaa beqaa
jerusalem - jerusalem quds
ramallah palestine ramallah
nablus palestine nablus
irbid jordan irbid
aqaba jordan aqaba
hungnam northkorea hungnam
pyongyang northkorea pyongyang
seoul korea seoul
busan korea busan pusan
hanoi vietnam hanoi
bangkok thailand bangkok
jakarta indonesia jakarta
mumbai india mumbai bombay
yokohama japan yokohama
nagoya japan nagoya
kyoto japan kyoto
hokkaido japan hokkaido
ulaanbaatar mongolia ulaanbaatar
"""


def _rows() -> list[list[str]]:
    return [line.split() for line in (_COUNTRIES + _CITIES + _MORE_CITIES).strip().splitlines() if line]


def _is_han(word: str) -> bool:
    return word[0] >= "\u3400"


WITHIN = {row[0]: row[1] for row in _rows() if row[1] != "-"}
PLACES = {word: row[0] for row in _rows() for word in (row[0], *row[2:]) if not _is_han(word)}
HAN_PLACES = {**HAN, **{word: row[0] for row in _rows() for word in row[2:] if _is_han(word)}}

# What is a part of another place and not a place by itself.
PARTS = frozenset({"northern", "southern", "eastern", "western", "central"}) | {
    f"{one}{other}" for one in ("north", "south") for other in ("east", "west")
}


def contradict(one: str, other: str) -> bool:
    """Tell whether two places exclude each other: they differ, and neither lies in the other."""
    return one != other and WITHIN.get(one) != other and WITHIN.get(other) != one
