"""The generic words of Han names, by the concept of `glosses` that they say.

A word that English renders in several ways has them all, with a "/" between. The most usual one comes first.
"""

from bailment.screening.names.lexicon import HAN as LEXICON

_GENERIC = """
technology 技术 科技 科学技术
technology/process/craft 工艺
technical 技研
group 集团
holding 控股 股权
international 国际 环球 全球
enterprise 事业 企业
general 总
national 国家 全国 国营 国有
association 协会 联合会 学会 商会
united 联合
services 服务
solutions 解决方案
products 制品 产品
trust 信托
institute 研究所 设计所
laboratory 实验室
university 大学
advertising 广告 媒体
aerospace 航天 宇航
agriculture 农业 农牧 农 牧业
aircraft 飞机 飞机制造
airlines 航空公司
aluminium 铝业 铝
appliance 家电
architecture 设计
asset 资产
automation 自动化 自动
automobile 汽车 车辆 轿车 汽配
bank 银行
battery 电池 蓄电池 锂电 锂电池
biological 生物 生物科技 生物技术 生命科学
biopharmaceutical 生物医药 生物制药
brewery 啤酒
broadcasting 广播 电视 广电
building-materials 建材
centre 中心
cement 水泥
ceramics 陶瓷
charitable 慈善
chemical 化工 化学
clothing 服装 服饰 制衣
cloud 云计算
coal 煤炭 煤业 煤矿
computer 计算机 电脑 计算
construction 建筑 工程建设 建工 营造
consulting 咨询 顾问
control 控制
copper 铜业
cosmetics 化妆品 日化
credit 信贷
culture 文化
data 数据 大数据
defence 国防 防务
development 开发 发展
digital 数字 数码
display 显示
distribution 销售 经销
drone 无人机
economic 经济
education 教育 培训 教育科技
electric 电气 电工
electronics 电子 电子元件
elevator 电梯
energy 能源
engine 发动机
entertainment 娱乐 游戏
environment 环保 环境 生态
equipment 设备 装备
exchange 交易所
plant 厂 工厂 制造厂
film 影业 电影 影视
finance 金融 财务
fishery 渔业 水产
food 食品 粮油
forestry 林业 木业
foundation 基金会
furniture 家具 家居
gas 天然气 燃气
geological 地质 勘探
glass 玻璃
hardware 五金
health 健康 卫生
heavy-industry 重工 重工业 重型
high-tech 高科技 高新技术
hospital 医院
hotel 酒店 饭店 宾馆
import-export 进出口
information 信息 资讯
innovation 创新
instrument 仪器 仪表
insurance 保险
integrated-circuit/semiconductor 集成电路
intelligent 智能 智慧 人工智能
internet 互联网
investment 投资 创投
iron-and-steel 钢铁 冶金 钢
logistics 物流 货运
machine-building 机械制造
machine-tool 机床
machinery 机械
management 管理
manufacture 制造 生产 制造业
marine 海事
market 市场 超市 商城
material 材料 磁性材料
medical 医学
metal 金属
military 军事 军工
mineral 矿产
mining 矿业
missile 导弹 火箭
mobile 移动
mould 模具
network 网络
new-energy 新能源
new-material 新材料
nonferrous 有色
nuclear 核工业 核能
oil 石油
optical 光学 眼镜
optoelectronics 光电子
paper 纸业 造纸 包装
petrochemical 石油化工 石化
pharmaceutical 制药 药品
pipe 管道 管业
plastic 塑料 橡胶
port 港口 港务 港湾
postal 邮政 快递 速递
precision 精密 精工
printing 印刷 出版 印务
procurement 物资
property 房地产 地产 物业 置地 置业 物业管理
railway 铁路 铁道
renewable 光伏 太阳能
research 研究
resources 资源
restaurant 餐饮
road 公路
robot 机器人
science 科学
securities 证券
security 安防 保安 安全 监控
semiconductor 半导体
sensor 传感器 传感
shipbuilding 造船 船厂
shipping 航运 海运 远洋
sport 体育 体育用品
stone 石材
systems 系统
telecom 电信
textile 纺织 丝绸
tire 轮胎
tobacco 烟草
tool 工具
tourism 旅游 旅行社
trade 贸易 外贸
transport 运输 交通运输
video 视频 音响
water 水务 水利 水电 供水
wine 酒业 酒
wire 电缆 电线 线缆
wireless 无线
ministry 部
bureau/management/agency 局
region 省 市 区 县 自治区 经济技术开发区 高新区 开发区
agency 代理
ship/shipbuilding/marine 船舶
shipping/ship 船务
engine/power/propulsion 动力
electric/appliance 电器
communication/telecom 通信 通讯
industry/enterprise 实业
transport/communication 交通
academy/institute 研究院
engineering 工程
construction/development 建设
trade/commercial 商贸
trade/economic 经贸
electric-power/electric/power 电力 电
integrated-circuit/electronics 微电子
optoelectronics/optical 光电
equipment/instrument 器材
pharmaceutical/medical 医药 药业
medical/health 医疗
electronic-commerce 电子商务
advertising/culture 传媒
industry 工业
industry/property 产业
architecture/academy/institute 设计院
academy+science 科学院
university/academy/institute 学院
research+centre 研究中心
memory 存储
railway/transport 轨道交通
aviation/airlines 航空
telecom/communication 电讯
trust/foundation 基金
capital 资本
software 软件
commercial/business 商务 商业
device 终端
device/component 器件
navigation 导航 航海
component 元件 部件 零部件
valve 阀门
bearing 轴承
chemical-fibre 化纤 纤维
alloy 合金
rare-earth 稀土
lithium 锂业
chip/integrated-circuit 芯片
nano 微纳 纳米
circuit-board 线路板 电路
model 模型
vision 可视 视觉
lighting 照明 灯具
laser 激光
measurement 测控 计量
inspection 检测 测试
power 热力
decoration 装饰 装修
garden 园林
seed 种业
feed 饲料
dairy 乳业
tea 茶业
stationery 文具
department-store 百货 商场
watch 钟表
jewellery 珠宝 首饰
leather 皮革
footwear 鞋业
toys 玩具
power-supply/power 电源
transformer 变压器
electric/engine/machinery 电机
compressor 压缩机
airconditioner 空调
refrigeration 制冷
pump 泵业
radar 雷达
satellite 卫星
ordnance 兵器 武器
salvage 打捞
dredging 疏浚
lease 租赁
pawn 典当
guarantee 担保
futures 期货
auction 拍卖
human-resources 人力资源
exhibition 会展 展览
medical/device 医疗器械
equipment/device 器械
vaccine 疫苗
gene 基因
commercial 商用
universal/general 通用
foreign 对外
vacuum 真空
firefighting 消防
supply-chain 供应
quantum 量子
airport 机场
grain 粮食
fruit 果业
sugar 糖业
salt 盐业
heavy-machinery 重型机械
crane 起重机
motorcycle 摩托车
bicycle 自行车
coating 涂料
refractory 耐火材料
insulation 绝缘
technology 理工
port 港
institute 所
mining 矿
supply-chain/procurement 供应链
park 工业园区 工业园 产业园 产业园区 科技园 园区
region/park 经济开发区 保税区 自贸区
electronic-commerce/commercial 电商
home/textile 家纺
furniture/home 家私
home 家庭
doors 门窗
electric-vehicle 电动车 电动汽车
iot 物联网
oil 油气 油田
renewable/power 风电 风能
construction 城建 建投
investment 城投
reagent 试剂
garden 花卉
pet 宠物
cosmetics 美容
tourism/culture 文旅
tractor 拖拉机
fastener 紧固件
plastic 塑胶 塑业 橡塑 橡胶制品
printing 彩印
clothing 鞋服 服装鞋帽
leather/bag 皮具
bag 箱包
craft 工艺品
gift 礼品
sanitary 卫浴 洁具
lighting 光源 灯饰
stationary-storage/energy 储能
hydrogen 氢能
optical-fibre 光纤
optical-fibre/wire 光缆
antenna 天线
radio-frequency 射频
crystal 晶体
wafer 晶圆
hydraulic 液压
tool 刀具
casting 铸造 铸业
forging 锻造 锻压
welding 焊接
iron-and-steel/pipe 钢管
iron-and-steel/metal 不锈钢
gold 黄金
concrete 混凝土
pigment 颜料 染料
certification 认证
inspection 检验
savings 储蓄
region 自治州 自治县
advanced 先进
applied 应用
vocational 职业
operation 运营 营运
marketing 营销
finance 财政
affairs 事务
natural 自然
supervision 监督
reform 改革
customs 海关总署
bureau/management/agency 总局 署 管理局 监管局
bureau 分局 支队
committee 国资委 发改委
broadcasting 电台
military-unit 武警
integrated/general 综合 一体化
pioneering 创业
education 中学 小学 学校 幼儿园 中小学 高中
planning 规划 策划
poultry 肉类 肉业 禽业
rice 米业
seasoning 调味 香料 香精
knitting 针织
dyeing/textile 印染
flooring 地板
waterproof 防水
charging 充电
connector 连接器
relay 继电器
capacitor 电容器 电容
module 模组 模块
lens/optical 镜头
lidar 激光雷达
special-steel/iron-and-steel 特钢 特殊钢
special 特种
pneumatic 气动
seal 密封
stamping 冲压
cnc 数控
plating 电镀
adhesive 胶粘 粘胶
ink 油墨
biochemical/biological 生化
rehabilitation 康复
irrigation 灌溉
waste 固废 废物
recycling 再生 回收
tax 税务
factoring 保理
tea 茶叶
dental 口腔
marine/shipping/oceanography 海洋
airlines/aviation 航空运输
exchange/trade 交易
glassfibre 玻纤
fastener 螺丝
rural 农村 乡村
urban 城市 城镇
civil 民用
aviation 民航 民用航空 通航
police 公安 警察 刑侦 警用 警务
department 厅
committee 委员会 管委会 管理委员会
prosecutor 检察院
court 法院
prison 监狱
customs 海关
people 人民
government 政府
military-unit 兵团 部队 军区
academy 研究总院
meteorology 气象
survey 测绘 勘测
measurement/survey 测量
geography 地理
remote-sensing 遥感
aerospace/aviation 航空航天
forensic 鉴定
tanker 油运 油轮
bulk 散货 散运
container 集装箱
shipping 船运 轮船 航业 货运船 班轮 客轮 轮渡
pesticide 化肥 肥料 农药 肥业
nitrogen 氮肥 氮 合成氨
methanol 甲醇
polymer 聚合物 高分子 树脂
silicon 硅业 硅材料 多晶硅 单晶硅
titanium 钛业
magnesium 镁业
tungsten 钨业
zinc 锌业
nickel 镍业
tin 锡业
coke 焦化 焦煤
graphite 石墨 碳素 炭素
magnet 磁材 磁业 磁电 磁性
switchgear 开关 高压开关
boiler 锅炉
engine 汽轮机 燃气轮机 发动机制造 涡轮
fan 风机 鼓风机
gear 齿轮 传动
spring 弹簧
abrasive 磨料 磨具
filter 过滤 滤清器
bus/automobile 客车
truck/automobile 卡车 载重汽车 商用车 专用车
component/automobile 汽车零部件 汽车电子
locomotive 机车 机车车辆 轨道车辆
signal 信号 通号
railway/transport 地铁 轨道
news 报社 日报 新闻 通讯社
broadcasting 电视台 广播电台
museum 博物馆
library 图书馆
law 法律 律师
teachers 师范
politics 政法 政治
language 外国语 语言
arts 艺术 美术
music 音乐
finance/economic 财经
nursing 养老 护理
veterinary/agriculture 畜牧 养殖 兽药
traditional-medicine 中药 中医药 中医
virology 病毒 病毒学 微生物
physics 物理
mathematics 数学
acoustics 声学
power/hydropower 水力发电 发电
thermal/power 热电
payment 支付
cooperative 合作社 供销
labour 劳动
lubricant 润滑油
explosive 炸药 民爆
experimental 试验 实验
commercial/wholesale 批发 零售
warehouse/logistics 仓储
shop 商店 连锁
flour/food 面粉
beverage 饮料 饮品
coffee 咖啡
tile/ceramics 瓷砖 陶瓷厂
steel-structure/iron-and-steel 钢结构
standard 标准 标准化
patent 专利
emergency 应急 救援
propulsion/power 推进
guidance/control 制导
composite/material 复合材料
infrared 红外
thermal-imaging 影像 成像
speech 语音
biometric 生物识别
simulation 仿真 模拟
telephone 电话 手机
systems/integrated-circuit 系统集成
industry/trade 工贸
institute/architecture 设计研究院 勘察设计研究院
trade 商行 贸易行 商社 洋行
high-tech/technology 高科
finance 金融控股 金服
insurance 财险 寿险 再保险
asset 资产管理
lease/finance 融资租赁
water/environment 污水处理 水处理
offshore 海上 近海
oil/chemical 油脂 油品
geological 地勘
device 元器件
display/electronics 液晶 显示器 面板
automobile 乘用车 整车
diagnostics 诊断
machinery/heavy-machinery 重机
machinery/plant 机器
pharmaceutical 药厂 药物
power 火电
construction 建安
engineering 安装
oil/services 油服
drone/aviation 无人飞行器 无人系统
automation/control 自控 工控
"""
GENERIC = {
    **LEXICON,
    **{
        word: concepts for concepts, *words in map(str.split, _GENERIC.strip().splitlines()) for word in words
    },
}
