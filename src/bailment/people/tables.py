"""Tables of words for the generator: common given and family names, places, invented employers.

Names are written `native/latin`; a culture in Latin script writes them once. Combinations are
drawn at random, so a generated person is nobody. Employers and schools are invented. The order of
every table is part of the generator's golden output: append, and expect the golden hash to change.
"""

from typing import NamedTuple


class Culture(NamedTuple):
    """What the generator draws a person from.

    `joiner` stands between the parts of a native name; `family_first` is their order there.
    Names are (native, latin) pairs.
    """

    language: str
    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    cities: tuple[str, ...]
    statuses: tuple[str, ...]
    joiner: str = " "
    family_first: bool = False


def _pairs(words: str) -> tuple[tuple[str, str], ...]:
    """Split "native/latin native/latin ..." into pairs; a word alone is both."""
    split = (word.partition("/") for word in words.split())
    return tuple((native, latin or native) for native, _, latin in split)


def _words(text: str) -> tuple[str, ...]:
    """Split at semicolons."""
    return tuple(text.split(";"))


def _culture(
    language: str,
    given: str,
    family: str,
    cities: str,
    statuses: str,
    joiner: str = " ",
    *,
    family_first: bool = False,
) -> Culture:
    """Return a culture from a row of the table: cities and statuses are split at semicolons."""
    return Culture(
        language,
        _pairs(given),
        _pairs(family),
        _words(cities),
        _words(statuses),
        joiner,
        family_first,
    )


# ruff: noqa: E501, RUF001 - a table reads best in rows, and these scripts are meant
CULTURES: tuple[Culture, ...] = (
    _culture(
        "en",
        "Grace Oliver Amelia Noah Ruby Henry Ivy Samuel Nora Walter Hazel Felix",
        "Walker Hughes Bennett Okafor Marsh Doyle Carter Whitfield Lane Osei Quinn Foster",
        "Leeds;Bristol;Dublin;Halifax;Denver",
        "Rain again, but the allotment is happy.;Anyone up for a walk on Sunday?;New shelves are up. They are almost level.",
    ),
    _culture(
        "de",
        "Jürgen Käthe Björn Zoë Lukas Mareike Götz Anneliese Tim Sophie",
        "Müller Schröder Weiß Köhler Lindemann Böhm Krüger Vogt Hartwig Straßer",
        "Köln;München;Zürich;Graz;Lübeck",
        "Endlich Feierabend!;Der Kuchen ist gelungen.;Heute zu Fuß zur Arbeit.",
    ),
    _culture(
        "pl",
        "Łukasz Małgorzata Żaneta Paweł Agnieszka Michał Świętosława Józef Zofia Bartłomiej",
        "Wójcik Kamiński Zając Wiśniewska Dąbrowski Szymańska Król Pawłowski Górska Łuczak",
        "Łódź;Kraków;Gdańsk;Poznań",
        "Dobra kawa i książka.;Wreszcie wiosna.;Kto idzie na spacer?",
    ),
    _culture(
        "es",
        "José María Íñigo Lucía Ángel Nuria Andrés Belén Rubén Inés Óscar Ximena",
        "García Muñoz Peña Ibáñez Núñez Quiroga Salazar Domínguez Rivas Yáñez",
        "Málaga;Córdoba;Bogotá;Mérida;Lima",
        "¡Qué bonito día!;Mañana empiezo el curso.;Tarde de cine en casa.",
    ),
    _culture(
        "vi",
        "Anh Bình Châu Dũng Hương Khánh Linh Minh Ngọc Phượng",
        "Nguyễn Trần Lê Phạm Hoàng Đặng Bùi Đỗ Võ Ngô",
        "Hà Nội;Huế;Đà Nẵng;Cần Thơ",
        "Trời hôm nay đẹp quá.;Cuối tuần đi đâu?;Phở buổi sáng.",
        family_first=True,
    ),
    _culture(
        "ru",
        "Иван/Ivan Ольга/Olga Дмитрий/Dmitry Наталья/Natalya Юрий/Yury Светлана/Svetlana Алексей/Alexey Фёдор/Fyodor Ксения/Ksenia Щукарь/Shchukar",
        "Кузнецов/Kuznetsov Соловьёв/Solovyov Морозов/Morozov Лебедев/Lebedev Жуков/Zhukov Ершов/Yershov Цветков/Tsvetkov Быков/Bykov Ильин/Ilyin Щербаков/Shcherbakov",
        "Казань;Томск;Самара;Пермь",
        "Наконец-то весна.;Испекла пирог.;Кто на лыжи в субботу?",
    ),
    _culture(
        "uk",
        "Оксана/Oksana Тарас/Taras Їжак/Yizhak Ґалина/Galyna Богдан/Bohdan Леся/Lesia Остап/Ostap Соломія/Solomiia",
        "Шевченко/Shevchenko Коваленко/Kovalenko Їжакевич/Yizhakevych Мельник/Melnyk Бойко/Boyko Гончар/Honchar",
        "Львів;Полтава;Харків",
        "Доброго ранку!;Сьогодні вчимо нову пісню.",
    ),
    _culture(
        "el",
        "Γιώργος/Giorgos Ελένη/Eleni Νίκος/Nikos Μαρία/Maria Σπύρος/Spyros Άννα/Anna Θάνος/Thanos Ευγενία/Evgenia",
        "Παπαδάκης/Papadakis Γεωργίου/Georgiou Νικολάου/Nikolaou Δήμου/Dimou Ξένος/Xenos Ψαράς/Psaras Ωραίος/Oraios",
        "Αθήνα;Πάτρα;Χανιά;Βόλος",
        "Καλημέρα σε όλους!;Θάλασσα σήμερα.",
    ),
    _culture(
        "ar",
        "محمد/Mohamed فاطمة/Fatima يوسف/Youssef ليلى/Layla عمر/Omar نور/Nour خالد/Khaled سلمى/Salma طارق/Tarek هدى/Hoda",
        "حداد/Haddad نجار/Najjar منصور/Mansour خوري/Khoury سالم/Salem عيسى/Issa قاسم/Qasim صباغ/Sabbagh",
        "عمّان;القاهرة;تونس;بيروت",
        "صباح الخير جميعاً;قهوة مع الأصدقاء",
    ),
    _culture(
        "he",
        "נועה/Noa דוד/David תמר/Tamar איתן/Eitan שירה/Shira יונתן/Yonatan רחל/Rachel אורי/Uri",
        "לוי/Levi כהן/Cohen מזרחי/Mizrahi פרץ/Peretz ביטון/Biton אברהם/Avraham",
        "חיפה;באר שבע;ירושלים",
        "בוקר טוב;מי בא לים?",
    ),
    _culture(
        "hi",
        "अनिता/Anita राहुल/Rahul प्रिया/Priya अर्जुन/Arjun सुनीता/Sunita विक्रम/Vikram कविता/Kavita मोहन/Mohan",
        "शर्मा/Sharma वर्मा/Verma सिंह/Singh गुप्ता/Gupta मिश्र/Mishra जोशी/Joshi यादव/Yadav",
        "जयपुर;लखनऊ;पुणे;भोपाल",
        "सुप्रभात!;आज चाय किसके साथ?",
    ),
    _culture(
        "bn",
        "অনন্যা/Ananya রহিম/Rahim সুমন/Suman মিতা/Mita তানভীর/Tanvir রূপা/Rupa",
        "দাস/Das হোসেন/Hossain রায়/Roy চৌধুরী/Chowdhury সেন/Sen পাল/Pal",
        "ঢাকা;খুলনা;সিলেট",
        "শুভ সকাল;আজ বৃষ্টি হবে",
    ),
    _culture(
        "ta",
        "கவிதா/Kavitha முருகன்/Murugan செல்வி/Selvi அருண்/Arun மீனா/Meena குமார்/Kumar",
        "ராமன்/Raman பிள்ளை/Pillai நாதன்/Nathan மணி/Mani வேலு/Velu",
        "சென்னை;மதுரை;கோவை",
        "காலை வணக்கம்;இன்று கடற்கரை",
    ),
    _culture(
        "zh",
        "芳/Fang 伟/Wei 秀英/Xiuying 磊/Lei 静/Jing 建国/Jianguo 丽/Li 明/Ming 雪梅/Xuemei 𠮷/Ji",
        "王/Wang 李/Li 张/Zhang 刘/Liu 陈/Chen 杨/Yang 赵/Zhao 欧阳/Ouyang 周/Zhou",
        "成都;西安;广州;杭州",
        "早上好;周末去爬山;今天的面条不错",
        joiner="",
        family_first=True,
    ),
    _culture(
        "ja",
        "さくら/Sakura 健太/Kenta ゆい/Yui 翔/Sho ひなた/Hinata 大輔/Daisuke アキラ/Akira 美咲/Misaki",
        "佐藤/Sato 鈴木/Suzuki 高橋/Takahashi 田中/Tanaka 渡辺/Watanabe 小林/Kobayashi 髙島/Takashima",
        "札幌;仙台;京都;福岡",
        "おはよう;今日は散歩;ラーメン食べたい",
        joiner=" ",
        family_first=True,
    ),
    _culture(
        "ko",
        "민준/Minjun 서연/Seoyeon 지후/Jihoo 하은/Haeun 도윤/Doyun 유진/Yujin 수빈/Subin 현우/Hyunwoo",
        "김/Kim 이/Lee 박/Park 최/Choi 정/Jung 강/Kang 윤/Yoon",
        "부산;대구;인천;광주",
        "좋은 아침;주말에 등산 갈 사람?",
        joiner="",
        family_first=True,
    ),
    _culture(
        "th",
        "สมชาย/Somchai มาลี/Malee อนันต์/Anan กานดา/Kanda วิชัย/Wichai พิมพ์/Phim ณัฐ/Nat",
        "ใจดี/Jaidee ศรีสุข/Srisuk ทองคำ/Thongkham บุญมา/Boonma รักไทย/Rakthai",
        "เชียงใหม่;ขอนแก่น;ภูเก็ต",
        "สวัสดีตอนเช้า;วันนี้ฝนตก",
    ),
    _culture(
        "ka",
        "ნინო/Nino გიორგი/Giorgi თამარ/Tamar დავით/Davit ქეთევან/Ketevan ლევან/Levan",
        "ბერიძე/Beridze კაპანაძე/Kapanadze ლომიძე/Lomidze მაისურაძე/Maisuradze",
        "თბილისი;ბათუმი",
        "დილა მშვიდობისა",
    ),
    _culture(
        "hy",
        "Անի/Ani Արամ/Aram Նարե/Nare Տիգրան/Tigran Սոնա/Sona Վահե/Vahe",
        "Պետրոսյան/Petrosyan Հակոբյան/Hakobyan Սարգսյան/Sargsyan Գրիգորյան/Grigoryan",
        "Երևան;Գյումրի",
        "Բարի լույս",
    ),
    _culture(
        "am",
        "አበበ/Abebe ሰላም/Selam ዳዊት/Dawit ትግስት/Tigist ሀና/Hana ዮናስ/Yonas",
        "ከበደ/Kebede ተስፋዬ/Tesfaye አለሙ/Alemu በቀለ/Bekele",
        "አዲስ አበባ;ጎንደር",
        "እንደምን አደራችሁ",
    ),
)

EMPLOYERS: tuple[str, ...] = _words(
    "Harbour & Vale Ltd;Nordlicht Werke;Cooperativa El Molino;Blue Heron Clinic;Tindra Labs;"
    "Öresund Freight;Atelier Brume;Kestrel Insurance;Lantern Books;Saffron Kitchen;"
    "Municipal Waterworks;Polaris Telecom;Quartz Bank;Willow Primary School;Żuraw Design;"
    "Mirador Films;Cedar & Sons;Ironbridge Rail;Lotus Textiles;Sunrise Agritech"
)
TITLES: tuple[str, ...] = _words(
    "Nurse;Engineer;Teacher;Accountant;Designer;Driver;Cook;Editor;Electrician;Analyst;Librarian;Manager"
)
SCHOOLS: tuple[str, ...] = _words(
    "University of Eastmere;Technische Hochschule Waldau;Universidad del Faro;Instytut Bałtycki;"
    "Riverside College;Académie du Lac;Northgate High School;Polytechnic of Meridia;"
    "Escola da Ponte;Hillcrest Academy"
)
SUBJECTS: tuple[str, ...] = _words(
    "Mathematics;History;Nursing;Law;Biology;Computer Science;Music;Economics;Physics;Linguistics"
)
RELATIONSHIPS: tuple[str, ...] = _words(
    "Single;In a relationship;Engaged;Married;It's complicated;Divorced;Widowed"
)
LIKES: tuple[str, ...] = _words(
    "Gardening;Chess;Jazz;Football;Sourdough;Astronomy;Trail running;Old maps;Board games;"
    "Photography;Opera;Cycling;Tea;Knitting;Volcanoes;Street art;Poetry;Robotics;Surfing;"
    "Documentaries;Origami;Birdwatching;Vinyl records;Chocolate;Lighthouses;Salsa;Typography;"
    "Mushrooms;Sailing;Puzzles"
)
RELIGIONS: tuple[str, ...] = _words("Buddhist;Christian;Hindu;Jewish;Muslim;Sikh;Humanist;None")
POLITICS: tuple[str, ...] = _words(
    "Green;Liberal;Conservative;Social democrat;Independent;None of your business"
)
GENDERS: tuple[str, ...] = ("female", "male", "non-binary")
