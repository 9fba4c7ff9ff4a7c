"""The generic words of Arabic and Persian names: what they mean, then the words, without their article.

A meaning is a concept of `glosses` (several with a "/"), `place:KEY`, or `name:NAME` for a name that is not
spelled as it sounds. Letters are folded as `text.fold_arabic` does, so either spelling of one will do.
"""

from bailment.screening.names.lexicon import ARABIC as LEXICON
from bailment.screening.names.name_words import ARABIC as NAMES
from bailment.screening.names.place_words import ARABIC as PLACES
from bailment.screening.names.text import fold_arabic

_GENERIC = """
holding قابضة
national ملي
united متحدة متحد
exchange صرافة
industry/technology صنعتي
automobile سيارات خودرو
equipment/machinery/supply-chain معدات آليات تجهيزات
clothing ألبسة ملابس
device أجهزة
printing طباعة نشر
advertising إعلان إعلام
education تعليم تدريب آموزش
culture ثقافة ثقافية فرهنگ
tourism سفر سفريات
logistics/shipping شحن
material مواد
plastic بلاستيك
glass زجاج
paper ورق
gold ذهب
jewellery مجوهرات
furniture أثاث
management/department/directorate إدارة
management مديريت
consulting استشارات مشاورة
computer كمبيوتر حاسوب حاسبات
network شبكات شبكة
software برامج
renewable شمسية
sport رياضة رياضية ورزشي
military-unit حرس جيش قوات لواء كتائب سپاه
dairy ألبان
poultry دواجن
grain حبوب
power نيرو قدرة
ship سفن كشتي
institute/centre پژوهشگاه
manufacture/industry توليد توليدي إنتاج
investment سرمايه گذاري
construction/contracting ساختماني ساختمان تشييد
aluminium آلومينيوم ألمنيوم
copper مس نحاس
tire لاستيك
association/federation اتحاد رابطة
party حزب حركة جبهة
committee لجنة مجلس
agency/committee/organisation هيئة
security حراسات أمنية
aerospace فضاء فضائية
telecom هاتف
medical صحية
capital رأسمال
company-word شركة شرکت
group مجموعة گروه
bank بنك مصرف بانك البنك
foundation وقف بنياد جمعية
organisation/foundation مؤسسة
trade/commercial تجاري بازرگاني
transport نقل
industry صناعي صناعية صنايع صنعت
food غذائية اغذية
charitable خيرية خيري
international دولية دولي عالمية
national وطنية وطني قومية
general/national عامة عام
investment استثمار استثمارات استثماري
communication/telecom اتصالات
telecom تيليكوم تلكوم مخابرات
mobile موبايل متنقلة محمول سيار
construction انشاء بناء تعمير
engineering هندسة هندسية مهندسي
technology تكنولوجيا تكنولوجيز فناوري
electronics إلكترونيات الكترونيات الكترونية الكترونيك
oil بترول نفت نفط نفطية
gas غاز
petrochemical بتروكيماويات پتروشيمي
chemical كيماويات كيميائية شيميايي
energy طاقة انرژي
development تنمية تطوير توسعه
shipping ملاحة كشتيراني
marine بحرية
airlines خطوط هواپيمايي
aviation/airlines طيران
insurance تأمين بيمه
pharmaceutical أدوية دوائية دارو
medical طبية
hospital مستشفى
university جامعة دانشگاه
institute معهد
centre مركز
science علوم
research بحوث
property عقارية عقارات
hotel فنادق فندق
tourism سياحة
textile نسيج
cement اسمنت سيمان
iron-and-steel فولاذ
iron-and-steel حديد صلب
metal معادن
mining تعدين
agriculture زراعة زراعية
water مياه
security امن حماية حراسة
defence دفاع
military عسكرية
plant مصنع كارخانه
plant معمل
import استيراد
export تصدير
islamic اسلامي
services خدمات
solutions حلول
systems أنظمة نظم
information معلومات
software برمجيات
brothers اخوان اخوانه اخوه
brothers اولاد اولاده
procurement توريد
housing اسكان
enterprise مشاريع
organisation/agency منظمة سازمان
ministry وزارة
place:arab عربي عربية
place:gulf خليج
helicopter هليكوبتر
place:damascus دمشق
place:aleppo حلب
place:homs حمص
place:syria سوريا سورية
place:iraq عراق عراقية
place:baghdad بغداد
place:basra بصرة
place:iran ايران ايرانيان
place:tehran تهران طهران
place:russia روسيا روسي
place:china صين
place:lebanon لبنان
place:beirut بيروت
place:egypt مصر مصرية
place:cairo قاهرة
place:jordan اردن
place:saudiarabia سعودية
place:uae امارات
place:dubai دبي
place:qatar قطر
place:kuwait كويت
place:yemen يمن
place:sudan سودان
place:libya ليبيا
place:palestine فلسطين
place:gaza غزة
place:turkey تركيا
place:eastern شرق
place:western غرب
place:northern شمال
place:southern جنوب
advanced متقدمة متطورة پيشرفته
intelligent ذكية هوشمند
procurement تموين
paper تغليف
marketing تسويق
distribution توزيع پخش فروش مبيعات
securities وساطة كارگزاري
maintenance صيانة تعميرات
installation تركيب نصب
operation تشغيل
drilling حفر حفاري
wells آبار
geological استكشاف تنقيب اكتشاف
inspection تفتيش بازرسي فحص
control تحكم كنترل
automation أتمتة اتوماسيون
railway راهآهن
software نرمافزار
shipbuilding كشتيسازي
international بينالمللي
international جهان جهاني
studies دراسات مطالعات
decoration ديكور
stone گرانيت جرانيت
forestry خشب
dairy شير
edible-oil روغن
biological بيولوجية بيوتكنولوجي
cosmetics تجميل آرايشي
detergent منظفات شوينده
battery بطاريات باتري
transformer محولات ترانسفورماتور
cyber سيبراني سيبرانية
integrated متكاملة متكامل
republic جمهورية جمهوري
place:central مركزي مركزية
place:fars فارس
construction سازندگي عمران عمراني پيمان
trust أوقاف
branch قرارگاه فرع
military-unit قرارگاه
nuclear اتمي ذرية نووية نووي هسته
aircraft/aviation هواپيماسازي هواپيما
aviation هوايي جوي جوية
aerospace هوافضا
airlines خطوط
airport مطار مطارات فرودگاه
port ميناء موانئ موانى بندر
customs جمارك گمرك
marine بحري دريايي
ship كشتي
tanker نفتكش ناقلات
refinery مصفاة تكرير پالايشگاه پالايش
pipe أنابيب لوله
gas گاز
oil زيت
electric/power/electric-power كهربائية
electric كهربائي كهربائيات الكتريك
renewable متجددة خورشيدي
chemical كيماوي كيميا شيمي
pesticide أسمدة كود
polymer پليمر بوليمر
methanol متانول
olefin الفين
plastic بلاستيكية
plastic مطاط
glass شيشه
ceramics سيراميك كاشي
paper كاغذ كرتون
forestry أخشاب چوب
furniture مفروشات
textile غزل منسوجات نساجي بافندگي
carpet سجاد فرش
clothing پوشاك
leather جلود چرم
footwear أحذية كفش
food اطعمة أغذية غذا غذايي
sugar سكر قند شكر
salt ملح نمك
tea شاي چاي
beverage مشروبات مرطبات
flour مطاحن آرد دقيق
dairy لبنية لبنيات
fishery أسماك شيلات
agriculture كشاورزي كشت
poultry مرغ
tobacco تبغ دخانيات
pharmaceutical صيدلية داروسازي داروپخش
medical پزشكي طبي
hospital بيمارستان
health بهداشت سلامت
biological حيوية زيستي
laboratory مختبر مختبرات آزمايشگاه
science/research علمي علمية
research أبحاث تحقيقات تحقيقاتي پژوهش پژوهشي
institute انستيتو پژوهشكده
academy أكاديمية فرهنگستان
university دانشكده كلية
education تربية تعليمية
technology فن تكنولوجية
technology/technical فني فنية
electronics الكترونيكي
computer رايانه كامپيوتر
software نرمافزار سوفت
information اطلاعات
data داده بيانات
digital رقمية رقمي ديجيتال
internet انترنت اينترنت
network شبكه
satellite فضائيات ماهواره أقمار
telecom مخابراتي تلفون
communication ارتباطات تواصل
broadcasting تلفزيون إذاعة راديو سيما
news أخبار أنباء خبرگزاري صحيفة روزنامه
agency وكالة وكالات
advertising دعاية تبليغات
printing چاپ انتشارات
film سينما أفلام
tourism گردشگري سياحية
hotel هتل
restaurant مطاعم رستوران
property عقاري
construction إعمار بناية مباني أبنية راه
cement سيمانية
stone حجر رخام سنگ
brick طوب آجر
iron-and-steel فولادي حديدية
metal معدن فلزات
copper نحاسية
aluminium المنيوم
mining معدني معدنيات مناجم
gold طلا
machinery/equipment آلات ماشين مكائن
machine-building/machinery ماشينسازي
automobile خودروسازي مركبات
component قطع قطعات
truck شاحنات كاميون
tractor تراكتورسازي تراكتور
railway قطارات سكك
transport ترابري مواصلات حمل
logistics لوجستية لوجستيك لوجيستيك
warehouse مستودعات انبار
postal بريد پست
trade تاجر ترايدينغ تريدنغ تريدينج
market سوق أسواق بازار فروشگاه
shop متجر متاجر
exchange بورصة بورس صرافي
finance مالية مالي تمويل
credit ائتمان اعتبار اعتباري تسليف
savings توفير ادخار
insurance تكافل
securities أوراق
lease تأجير ليزينگ
housing مسكن
development إنماء إنمائي توسعة
investment استثمارية
trust صندوق
enterprise مؤسسات منشآت
association نقابة انجمن
cooperative تعاونية تعاوني تعاون
charitable انساني إنسانية اغاثة
charity-relief إغاثة امداد
police شرطة پليس
security أمني امنيت
defence دفاعي دفاعية
military حربي حربية نظامي ارتش
ordnance أسلحة تسليحات
ordnance/cartridge مهمات
stop سازي ساز
missile صواريخ موشك موشكي
drone پهپاد مسيرة مسيرات
optical بصرية اپتيك
engine محركات موتور موتورسازي
pump مضخات پمپ
valve صمامات
wire كابلات أسلاك كابل سيم
lighting إنارة اضاءة
renewable شمسي
water آب مائية
environment بيئة بيئية
petrochemical پتروشيميايي
engineering مهندسين هندسيه
consulting مشاور مشاورين استشارية
management اداره
ministry وزارت
bureau/branch مكتب دفتر
committee كميته شوراي شورا هيأت
government حكومة حكومية دولت
national دولتي
court محكمة دادگاه
prison سجن زندان
party حزبي جنبش
emergency طوارئ
labour عمال كارگران عمل
people شعب شعبي خلق مردم
islamic إسلامية
place:arab عرب
group جروب غروب كروب قروب گروپ
international انترناشونال إنترناشيونال انترناشيونال بينالملل
holding هولدينغ هولدينج هلدينگ
systems سيستمز سيستم
solutions سوليوشنز
energy انرجي
oil بتروليوم پتروليوم
oil أويل
shipping شيبينغ
marine مارين
airlines اير
airlines ايرلاينز
telecom تلكوم تيلكوم
advertising ميديا
pharmaceutical فارما
capital كابيتال
investment انفستمنت
services سرفيسز
construction كونستراكشن
engineering انجينيرنغ
place:middleeast خاورميانه
place:pakistan باكستان پاكستان
place:afghanistan افغانستان
place:india هند هندية
place:bahrain بحرين
place:oman عمان عمانية
place:morocco مغرب مغربية
place:algeria جزائر جزائرية
place:tunisia تونس تونسية
place:mauritania موريتانيا
place:somalia صومال
place:germany المانيا ألمانية آلمان
place:france فرنسا فرنسية
place:turkey تركية
place:riyadh رياض
place:jeddah جدة
place:mecca مكة
place:medina مدينةالمنورة
place:dammam دمام
place:jubail جبيل
place:yanbu ينبع
place:abudhabi أبوظبي ابوظبي
place:sharjah شارقة
place:ajman عجمان
place:fujairah فجيرة
place:doha دوحة
place:manama منامة
place:muscat مسقط
place:alexandria اسكندرية
place:giza جيزة
place:suez سويس
place:portsaid بورسعيد
place:latakia لاذقية
place:tartus طرطوس
place:hama حماة
place:idlib ادلب
place:mosul موصل
place:erbil أربيل
place:kirkuk كركوك
place:najaf نجف
place:karbala كربلاء
place:sanaa صنعاء
place:aden عدن
place:hodeidah حديدة
place:tripoli طرابلس
place:benghazi بنغازي
place:sidon صيدا
place:khartoum خرطوم
place:isfahan اصفهان
place:shiraz شيراز
place:tabriz تبريز
place:mashhad مشهد
place:ahvaz اهواز
place:abadan آبادان
place:kerman كرمان
place:yazd يزد
place:qom قم
place:arak اراك
place:karaj كرج
place:qazvin قزوين
place:bushehr بوشهر
place:mahshahr ماهشهر
place:asaluyeh عسلويه
place:khuzestan خوزستان
place:khorasan خراسان
place:mazandaran مازندران
place:gilan گيلان
place:hormozgan هرمزگان
place:kish كيش
place:qeshm قشم
place:kermanshah كرمانشاه
place:hamedan همدان
place:semnan سمنان
place:azerbaijan اذربايجان
name:falcon صقر باز شاهين
name:desert صحراء
name:star نجمة ستاره
name:stars نجوم
name:sun شمس خورشيد
name:moon قمر
name:crescent هلال
name:wings/ajniha أجنحة
name:dawn فجر
name:hope أمل اميد
name:peace سلام
name:future مستقبل آينده
name:golden ذهبي ذهبية طلايي
name:silver فضي
name:white ابيض بيضاء سپيد
name:black اسود سوداء
name:blue ازرق زرقاء
name:green أخضر خضراء سبز
name:red أحمر حمراء
name:horse حصان
name:mountain جبل
name:river نهر
name:sea بحر دريا
name:bridge جسر
name:tower برج
name:pearl لؤلؤة مرواريد
name:palm نخيل نخلة
name:cedar أرز
name:diamond ألماس الماس
name:crown تاج
name:eagle نسر عقاب
name:key مفتاح
name:victory پيروزي
name:pioneer/pioneers رواد رائد
name:horizon أفق آفاق
name:pyramids أهرام
name:cham/sham شام
name:huawei هواوي
name:zte زدتيي
name:xiaomi شاومي
name:samsung سامسونج سامسونغ
name:nile نيل
name:euphrates فرات
name:tigris دجلة
"""
MEANINGS = {
    **{fold_arabic(word): f"place:{key}" for word, key in PLACES.items()},
    **{fold_arabic(word): f"name:{english}" for word, english in NAMES.items()},
    **{fold_arabic(word): meaning for word, meaning in LEXICON.items()},
    **{
        fold_arabic(word): meaning
        for meaning, *words in (line.split() for line in _GENERIC.strip().splitlines())
        for word in words
    },
}
