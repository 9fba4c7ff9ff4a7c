"""Bodies with Arabic and Persian names whose official Latin name no gloss gives: `native | Latin / another`.

Read by `official_names`, which says how.
"""

ROWS = """
طيران الإمارات | Emirates
صنایع هواپیماسازی ایران | HESA / Iran Aircraft Manufacturing Industries
شرکت صنایع هواپیماسازی ایران | HESA
وزارت دفاع و پشتیبانی نیروهای مسلح | MODAFL / Ministry of Defense and Armed Forces Logistics
سازمان صنایع هوا فضا | Aerospace Industries Organization / AIO
سازمان صنایع هوافضا | AIO / Aerospace Industries Organization
سازمان صنایع دفاع | DIO / Defense Industries Organization
صدا و سیما | IRIB
شرکت ملی نفتکش | NITC
ستاد اجرایی فرمان حضرت امام | Execution of Imam Khomeini's Order / EIKO / Setad
وزارت علوم | Ministry of Science
موبايلي | Mobily / Etihad Etisalat
اتحاد اتصالات | Etihad Etisalat / Mobily
المملكة القابضة | Kingdom Holding
الحرس الثوري الإيراني | Islamic Revolutionary Guard Corps / IRGC
الحرس الثوري | Revolutionary Guard / IRGC
المشروبات الغازية | Soft Drinks
للمشروبات الغازية | Soft Drinks
كرة القدم | Football
لكرة القدم | Football
كرة السلة | Basketball
لكرة السلة | Basketball
كرة اليد | Handball
لكرة اليد | Handball
للنقل الجماعي | Public Transport / SAPTCO
النقل العام | Public Transport
النساجون الشرقيون | Oriental Weavers
نقابة المحامين | Bar Association
نقابة الصحفيين | Journalists Syndicate
نقابة المهندسين | Engineers Syndicate
دار الكتب | National Library / House of Books
المجمع الشريف للفوسفاط | OCP / Cherifian Phosphate Group
الصليب الأحمر | Red Cross
جمعیت هلال احمر | Red Crescent Society
بانک مرکزی جمهوری اسلامی ایران | Central Bank of the Islamic Republic of Iran
بانک توسعه صادرات ایران | Export Development Bank of Iran
بانک صنعت و معدن | Bank of Industry and Mine
بانک کشاورزی | Bank Keshavarzi
بانک مسکن | Bank Maskan
بانک رفاه کارگران | Refah Kargaran Bank
بانک اقتصاد نوین | EN Bank / Eghtesad Novin Bank
بانک شهر | Bank Shahr / City Bank
بانک آینده | Ayandeh Bank
صدا و سیمای جمهوری اسلامی ایران | Islamic Republic of Iran Broadcasting
سپاه پاسداران انقلاب اسلامی | Islamic Revolutionary Guard Corps
ستاد اجرایی فرمان امام | Execution of Imam Khomeini's Order
بنیاد مستضعفان | Bonyad Mostazafan / Mostazafan Foundation
آستان قدس رضوی | Astan Quds Razavi
کشتیرانی جمهوری اسلامی ایران | Islamic Republic of Iran Shipping Lines
هواپیمایی جمهوری اسلامی ایران | Iran Air
شرکت هواپیماسازی ایران | Iran Aircraft Manufacturing Industrial Company
ایران خودرو | Iran Khodro
سایپا | SAIPA
فولاد مبارکه | Mobarakeh Steel
فولاد خوزستان | Khuzestan Steel
ذوب آهن اصفهان | Esfahan Steel
خلیج فارس | Persian Gulf
جزیره خارگ | Kharg Island
بندر عباس | Bandar Abbas
بندر امام خمینی | Bandar Imam Khomeini
البنك الأهلي المصري | National Bank of Egypt
البنك الأهلي السعودي | Saudi National Bank
بنك أبوظبي الأول | First Abu Dhabi Bank
بنك المشرق | Mashreq Bank
بنك الإمارات دبي الوطني | Emirates NBD
شركة بترول أبوظبي الوطنية | ADNOC
أدنوك | ADNOC
أرامكو السعودية | Saudi Aramco / Saudi Arabian Oil Company
سابك | SABIC
الشركة السعودية للصناعات الأساسية | SABIC / Saudi Basic Industries Corporation
شركة الاتصالات السعودية | STC
شركة التعدين العربية السعودية | Maaden
الخطوط الجوية السعودية | Saudia / Saudi Arabian Airlines
الخطوط السعودية | Saudia / Saudi Arabian Airlines
الخطوط الجوية القطرية | Qatar Airways
الاتحاد للطيران | Etihad Airways
فلاي دبي | flydubai
العربية للطيران | Air Arabia
مصر للطيران | EgyptAir
مؤسسة الطيران العربية السورية | Syrian Arab Airlines
الخطوط الجوية السورية | Syrian Arab Airlines
السورية للطيران | Syrian Arab Airlines / Syrianair
الخطوط الجوية العراقية | Iraqi Airways
الخطوط الجوية اليمنية | Yemenia / Yemen Airways
طيران الشرق الأوسط | Middle East Airlines
الشرق الأوسط | Middle East
مصرف التسليف الشعبي | Popular Credit Bank
مصرف لبنان | Banque du Liban
بنك القاهرة | Banque du Caire
بنك قطر الوطني | QNB
مجموعة طلعت مصطفى | Talaat Moustafa Group
المقاولون العرب | Arab Contractors
الهيئة العربية للتصنيع | Arab Organization for Industrialization
هيئة قناة السويس | Suez Canal Authority
الهيئة العامة للاستثمار | General Authority for Investment
المؤسسة العامة للنفط | General Petroleum Corporation
مصفاة بانياس | Baniyas Refinery
موانئ دبي العالمية | DP World
موانئ أبوظبي | AD Ports
أبو ظبي | Abu Dhabi
رأس الخيمة | Ras Al Khaimah
دير الزور | Deir ez-Zor
غازبروم بنك | Gazprombank
غازبروم | Gazprom
سبيربنك | Sberbank
روسنفت | Rosneft
روساتوم | Rosatom
جمهورية مصر العربية | Egypt
الجمهورية العربية السورية | Syrian Arab Republic / Syria
المملكة العربية السعودية | Saudi Arabia
الإمارات العربية المتحدة | United Arab Emirates / UAE
دولة الإمارات العربية المتحدة | United Arab Emirates
كوريا الشمالية | North Korea
البحر المتوسط | Mediterranean
البنك المركزي السعودي | SAMA
مؤسسة النقد العربي السعودي | Saudi Arabian Monetary Authority / SAMA
بنك المغرب | Bank Al-Maghrib
البنك الأهلي الأردني | Jordan Ahli Bank
البنك الأهلي القطري | Ahli Bank Qatar
البنك الأهلي الكويتي | Al Ahli Bank of Kuwait
البنك الأهلي التجاري | National Commercial Bank / NCB
البنك السعودي البريطاني | Saudi British Bank / SABB
بنك الرياض | Riyad Bank
بنك البلاد | Bank Albilad
بنك الجزيرة | Bank AlJazira
مصرف الإنماء | Alinma Bank
مصرف الراجحي | Al Rajhi Bank
بنك ظفار | Bank Dhofar
بنك رأس الخيمة الوطني | RAKBANK / National Bank of Ras Al Khaimah
مصرف الهلال | Al Hilal Bank
مصرف الريان | Masraf Al Rayan
بنك برقان | Burgan Bank
بنك بوبيان | Boubyan Bank
بنك التعمير والإسكان | Housing and Development Bank
بنك قناة السويس | Suez Canal Bank
بنك فيصل الإسلامي | Faisal Islamic Bank
مصرف الرافدين | Rafidain Bank
مصرف الرشيد | Rasheed Bank
المصرف العراقي للتجارة | TBI
مصرف الجمهورية | Jumhouria Bank
مصرف التجارة والتنمية | Bank of Commerce and Development
المصرف الليبي الخارجي | Libyan Foreign Bank
المؤسسة الليبية للاستثمار | Libyan Investment Authority
بنك بيمو السعودي الفرنسي | Banque Bemo Saudi Fransi
بنك بيبلوس | Byblos Bank
بنك عوده | Bank Audi
بنك لبنان والمهجر | BLOM Bank
فرنسبنك | Fransabank
جمال ترست بنك | Jammal Trust Bank
القرض الحسن | Al-Qard Al-Hassan
جهاد البناء | Jihad al-Bina
حزب الله | Hezbollah / Hizballah
أنصار الله | Ansar Allah / Ansarallah
الحشد الشعبي | Popular Mobilization Forces
كتائب حزب الله | Kata'ib Hezbollah / Kataib Hizballah
الدعم السريع | Rapid Support
قوات الدعم السريع | Rapid Support Forces
حركة المقاومة الإسلامية | Islamic Resistance Movement / Hamas
الجهاد الإسلامي | Islamic Jihad
قناة المنار | Al-Manar TV
قناة الجزيرة | Al Jazeera
المؤسسة الوطنية للنفط | National Oil Corporation / NOC
سوناطراك | Sonatrach
سونلغاز | Sonelgaz
المكتب الشريف للفوسفاط | OCP / Office Cherifien des Phosphates
الخطوط الملكية المغربية | Royal Air Maroc
الخطوط الجوية الجزائرية | Air Algerie
الخطوط التونسية | Tunisair
الخطوط الجوية التونسية | Tunisair
الخطوط الجوية الليبية | Libyan Airlines
الخطوط الجوية الكويتية | Kuwait Airways
الخطوط الملكية الأردنية | Royal Jordanian
الخطوط الجوية السودانية | Sudan Airways
طيران الجزيرة | Jazeera Airways
طيران ناس | flynas
طيران أديل | flyadeal
طيران الاتحاد | Etihad Airways
الأفريقية للطيران | Afriqiyah Airways
خطوط ماهان | Mahan Air
هواپیمایی ماهان | Mahan Air
ماهان ایر | Mahan Air
هواپیمایی کاسپین | Caspian Airlines
هواپیمایی آسمان | Iran Aseman Airlines / Aseman Airlines
هواپیمایی معراج | Meraj Air
هواپیمایی پویا | Pouya Air
مؤسسة البترول الكويتية | Kuwait Petroleum Corporation / KPC
شركة نفط الكويت | KOC
قطر للطاقة | QatarEnergy
قطر غاز | Qatargas
شركة تنمية نفط عمان | PDO
الهيئة المصرية العامة للبترول | Egyptian General Petroleum Corporation / EGPC
شركة توزيع المنتجات النفطية | Oil Products Distribution Company
شركة تسويق النفط | State Organization for Marketing of Oil / SOMO
سومو | SOMO
شركة سكر كنانة | Kenana Sugar
التصنيع الحربي | Military Industry
هيئة التصنيع العسكري | Military Industry Corporation
منظومة الصناعات الدفاعية | Defense Industries System
الشركة السعودية للصناعات العسكرية | Saudi Arabian Military Industries / SAMI
توازن | Tawazun
ايدج | EDGE
مبادلة | Mubadala
صندوق الاستثمارات العامة | Public Investment Fund / PIF
جهاز قطر للاستثمار | Qatar Investment Authority / QIA
جهاز أبوظبي للاستثمار | Abu Dhabi Investment Authority / ADIA
الهيئة العامة للاستثمار الكويتية | Kuwait Investment Authority
شركة أبوظبي الوطنية للطاقة | TAQA
مصدر | Masdar
إعمار العقارية | Emaar Properties
إعمار | Emaar
نخيل | Nakheel
الدار العقارية | Aldar Properties
داماك | Damac
ماجد الفطيم | Majid Al Futtaim
اتصالات الإمارات | Etisalat
مؤسسة الإمارات للاتصالات | Emirates Telecommunications / Etisalat
اتصالات المغرب | Maroc Telecom
اتصالات تونس | Tunisie Telecom
اتصالات الجزائر | Algerie Telecom
اتصالات قطر | Ooredoo
أوريدو | Ooredoo
زين | Zain
أوراسكوم | Orascom
آسيا سيل | Asiacell
سيريتل | Syriatel
إم تي إن | MTN
هيئة كهرباء ومياه دبي | Dubai Electricity and Water Authority / DEWA
هيئة الطرق والمواصلات | Roads and Transport Authority
مدينة مصدر | Masdar City
حديد عز | Ezz Steel
الإمارات العالمية للألمنيوم | EGA
ألمنيوم البحرين | Alba
جامعة الملك سعود | King Saud University
جامعة الملك عبدالعزيز | King Abdulaziz University
جامعة الملك عبد العزيز | King Abdulaziz University
جامعة الملك فهد للبترول والمعادن | King Fahd University of Petroleum and Minerals
جامعة الملك عبدالله للعلوم والتقنية | King Abdullah University of Science and Technology / KAUST
مدينة الملك عبدالعزيز للعلوم والتقنية | King Abdulaziz City for Science and Technology / KACST
الجامعة الأمريكية في بيروت | American University of Beirut
الجامعة الأمريكية بالقاهرة | American University in Cairo
جامعة الأزهر | Al-Azhar University
جامعة الدول العربية | League of Arab States / Arab League
مجلس التعاون | Cooperation Council
دول الخليج | Gulf
وزارة الخارجية | Ministry of Foreign Affairs
وزارة الداخلية | Ministry of Interior
وزارة الإعلام | Ministry of Information
المخابرات العامة | General Intelligence
إدارة المخابرات العامة | General Intelligence Directorate
إدارة المخابرات الجوية | Air Force Intelligence
المخابرات العسكرية | Military Intelligence
المؤسسة العامة لتوزيع | General Establishment for Distribution
الشركة العامة | State Company
المؤسسة العامة | General Establishment / Public Corporation
الهيئة العامة | General Authority / General Organization
مؤسسة التمويل الدولية | International Finance Corporation
صندوق النقد العربي | Arab Monetary Fund
المؤسسة العربية المصرفية | Arab Banking Corporation
بانک ملی | Bank Melli
بانک ملت | Bank Mellat
بانک سپه | Bank Sepah
بانک صادرات ایران | Bank Saderat Iran
بانک تجارت | Bank Tejarat
بانک پارسیان | Parsian Bank
بانک پاسارگاد | Bank Pasargad / Pasargad Bank
بانک سامان | Saman Bank
بانک سینا | Sina Bank
بانک کارآفرین | Karafarin Bank
بانک دی | Day Bank
بانک انصار | Ansar Bank
بانک قوامین | Ghavamin Bank
بانک مهر اقتصاد | Mehr Eqtesad Bank
بانک گردشگری | Gardeshgari Bank
بانک سرمایه | Sarmayeh Bank
بانک حکمت ایرانیان | Hekmat Iranian Bank
بانک قرض الحسنه مهر ایران | Mehr Iran Gharzolhasaneh Bank
بیمه ایران | Bimeh Iran
شرکت ملی نفت ایران | NIOC
شرکت ملی گاز ایران | NIGC
شرکت ملی نفتکش ایران | NITC
شرکت ملی صنایع پتروشیمی | National Petrochemical Company / NPC
شرکت ملی پالایش و پخش | National Iranian Oil Refining and Distribution Company
شرکت نفت و گاز پارس | Pars Oil and Gas Company
نفت فلات قاره | Iranian Offshore Oil
مناطق نفت خیز جنوب | National Iranian South Oil
پتروپارس | Petropars
پتروشیمی خلیج فارس | Persian Gulf Petrochemical
صنایع پتروشیمی خلیج فارس | Persian Gulf Petrochemical Industries / PGPIC
گروه مپنا | MAPNA Group
مپنا | MAPNA
قرارگاه سازندگی خاتم الانبیا | Khatam al-Anbiya Construction Headquarters
خاتم الانبیا | Khatam al-Anbiya
قرارگاه خاتم | Khatam al-Anbiya Headquarters
نیروی قدس | Qods Force / Quds Force
نیروی هوافضای سپاه | IRGC Aerospace Force
سپاه پاسداران | Revolutionary Guards / IRGC
سازمان بسیج | Basij
نیروی انتظامی | Law Enforcement Forces
وزارت اطلاعات | Ministry of Intelligence / MOIS
وزارت کشور | Ministry of Interior
وزارت امور خارجه | Ministry of Foreign Affairs
سازمان انرژی اتمی ایران | AEOI
سازمان فضایی ایران | Iran Space Agency / Iranian Space Agency
پژوهشکده فضایی ایران | Iranian Space Research Center
پژوهشگاه فضایی ایران | Iranian Space Research Institute
سازمان پژوهش و نوآوری دفاعی | Organization of Defensive Innovation and Research / SPND
گروه صنعتی شهید همت | Shahid Hemmat Industrial Group
گروه صنعتی شهید باقری | Shahid Bakeri Industrial Group
گروه صنعتی شهید | Shahid Industrial Group
صنایع هوایی قدس | Qods Aviation Industries / Quds Aviation Industry
صنایع قدس | Qods Aviation
هسا | HESA
پنها | PANHA
شرکت مخابرات ایران | TCI
همراه اول | Mobile Communication Company of Iran / MCI
ارتباطات سیار ایران | Mobile Communication Company of Iran
ایرانسل | Irancell / MTN Irancell
رایتل | RighTel
شرکت ارتباطات زیرساخت | Telecommunication Infrastructure Company
دانشگاه صنعتی شریف | Sharif University of Technology
دانشگاه صنعتی امیرکبیر | Amirkabir University of Technology
دانشگاه صنعتی مالک اشتر | Malek Ashtar University of Technology
دانشگاه علم و صنعت ایران | Iran University of Science and Technology
دانشگاه علم و صنعت | University of Science and Technology
دانشگاه امام حسین | Imam Hossein University
دانشگاه شهید بهشتی | Shahid Beheshti University
دانشگاه تربیت مدرس | Tarbiat Modares University
جامعة المصطفى العالمية | Al-Mustafa International University
المجمع العالمي لأهل البيت | Ahlul Bayt World Assembly
بنیاد شهید | Martyrs Foundation / Bonyad Shahid
بنیاد تعاون سپاه | IRGC Cooperative Foundation / Bonyad Taavon Sepah
بنیاد تعاون | Bonyad Taavon
بنیاد پانزده خرداد | 15 Khordad Foundation
سازمان تأمین اجتماعی | Social Security Organization
شستا | SHASTA / Social Security Investment Company
سرمایه گذاری غدیر | Ghadir Investment
سرمایه گذاری تأمین اجتماعی | Social Security Investment
گروه خودروسازی سایپا | SAIPA
پارس خودرو | Pars Khodro
بهمن | Bahman
ماشین سازی اراک | Arak Machine Building
ماشین سازی تبریز | Tabriz Machinery
تراکتورسازی ایران | Iran Tractor Manufacturing
تراکتورسازی | Tractor Manufacturing
ایران ترانسفو | Iran Transfo
ملی صنایع مس ایران | National Iranian Copper Industries / NICICO
ذوب آهن | Steel / Zob Ahan
فولاد مبارکه اصفهان | Mobarakeh Steel / Esfahan Mobarakeh Steel
فولاد هرمزگان | Hormozgan Steel
آلومینیوم ایران | Iralco
چادرملو | Chadormalu
گل گهر | Gol Gohar / Golgohar
کشتیرانی والفجر | Valfajr Shipping
سازمان بنادر و دریانوردی | Ports and Maritime Organization
راه آهن جمهوری اسلامی ایران | Islamic Republic of Iran Railways / Railways of Iran
راه آهن | Railways
خبرگزاری فارس | Fars News Agency
خبرگزاری تسنیم | Tasnim News Agency
خبرگزاری مهر | Mehr News Agency
ایرنا | IRNA
پرس تی وی | Press TV
العالم | Al-Alam
هیک ویژن | Hikvision
هيكفيجن | Hikvision
زد تي إي | ZTE
زد تی ای | ZTE
مايكروسوفت | Microsoft
جوجل | Google
غوغل | Google
آبل | Apple
سيمنز | Siemens
توتال | TotalEnergies / Total
شل | Shell
لوك أويل | Lukoil
لوکویل | Lukoil
جنرال إلكتريك | General Electric
تويوتا | Toyota
هيونداي | Hyundai
نستله | Nestle
جاز بروم | Gazprom
روسوبورون إكسبورت | Rosoboronexport
حبیب بینک | Habib Bank
حبيب بنك | Habib Bank
نیشنل بینک آف پاکستان | National Bank of Pakistan
پاکستان انٹرنیشنل ایئرلائنز | Pakistan International Airlines
پاکستان آرڈیننس فیکٹریز | Pakistan Ordnance Factories
"""
