"""Countries, nations and parts of the world: the English words that mean the same place or people.

Ours, by hand. One line a place: its name first, then other names, abbreviations, adjectives and
inhabitants. A capital that stands for a government (Moscow for Russia) is not the same name.
"""

from __future__ import annotations

_TABLE = """
afghanistan: afghan, afghani
africa: african
albania: albanian
algeria: algerian
andorra: andorran
angola: angolan
antigua and barbuda: antiguan
arab: arabic, arabian
arctic: arctic
argentina: argentine, argentinian, argentinean
armenia: armenian
asia: asian
australia: australian, aussie
austria: austrian
azerbaijan: azerbaijani, azeri
bahamas: bahamian
bahrain: bahraini
bangladesh: bangladeshi
barbados: barbadian
belarus: belarusian, belarussian, byelorussia
belgium: belgian
belize: belizean
benin: beninese
bhutan: bhutanese
bolivia: bolivian
bosnia: bosnia and herzegovina, bosnia-herzegovina, bosnian
botswana: batswana
brazil: brazilian
britain: great britain, united kingdom, uk, british, briton, brit
brunei: bruneian
bulgaria: bulgarian
burkina faso: burkinabe
burundi: burundian
cambodia: cambodian, khmer
cameroon: cameroonian
canada: canadian
cape verde: cabo verde, cape verdean
caribbean: caribbean
central african republic: central african
chad: chadian
chechnya: chechen
chile: chilean
china: people's republic of china, prc, chinese
colombia: colombian
comoros: comoran, comorian
congo: democratic republic of congo, democratic republic of the congo, republic of congo, drc, congolese
costa rica: costa rican
crimea: crimean
croatia: croatian, croat
cuba: cuban
cyprus: cypriot
czech republic: czechia, czech
denmark: danish, dane
djibouti: djiboutian
dominican republic: dominican
east timor: timor-leste, timorese
ecuador: ecuadorian, ecuadorean
egypt: egyptian
el salvador: salvadoran, salvadorean
england: english, englishman, englishmen, englishwoman, englishwomen
equatorial guinea: equatoguinean
eritrea: eritrean
estonia: estonian
eswatini: swaziland, swazi
ethiopia: ethiopian
europe: european
european union: eu
fiji: fijian
finland: finnish, finn
france: french, frenchman, frenchmen, frenchwoman, frenchwomen
gabon: gabonese
gambia: gambian
georgia: georgian
germany: german
ghana: ghanaian
greece: greek
greenland: greenlandic, greenlander
grenada: grenadian
guatemala: guatemalan
guinea: guinean
guinea-bissau: bissau-guinean
guyana: guyanese
haiti: haitian
honduras: honduran
hong kong: hongkonger, hong konger
hungary: hungarian
iceland: icelandic, icelander
india: indian
indonesia: indonesian
iran: iranian, islamic republic of iran
iraq: iraqi
ireland: irish, irishman, irishmen, irishwoman
israel: israeli
italy: italian
ivory coast: cote d'ivoire, ivorian
jamaica: jamaican
japan: japanese
jew: jewish
jordan: jordanian
kashmir: kashmiri
kazakhstan: kazakh, kazakhstani
kenya: kenyan
kiribati: i-kiribati
kosovo: kosovar, kosovan
kurdistan: kurd, kurdish
kuwait: kuwaiti
kyrgyzstan: kyrgyz, kyrgyzstani
laos: lao, laotian
latin america: latin american
latvia: latvian
lebanon: lebanese
lesotho: basotho
liberia: liberian
libya: libyan
liechtenstein: liechtensteiner
lithuania: lithuanian
luxembourg: luxembourger
madagascar: malagasy
malawi: malawian
malaysia: malaysian
maldives: maldivian
mali: malian
malta: maltese
marshall islands: marshallese
mauritania: mauritanian
mauritius: mauritian
mexico: mexican
micronesia: micronesian
middle east: middle eastern, mideast
moldova: moldovan
monaco: monegasque
mongolia: mongolian, mongol
montenegro: montenegrin
morocco: moroccan
mozambique: mozambican
myanmar: burma, burmese
namibia: namibian
nauru: nauruan
nepal: nepali, nepalese
netherlands: holland, dutch, dutchman, dutchwoman
new zealand: new zealander, kiwi
nicaragua: nicaraguan
niger: nigerien
nigeria: nigerian
north africa: north african
north america: north american
north korea: north korean, democratic people's republic of korea, dprk
north macedonia: macedonia, macedonian
northern ireland: northern irish
norway: norwegian
oman: omani
pakistan: pakistani
palestine: palestinian
panama: panamanian
papua new guinea: papuan
paraguay: paraguayan
peru: peruvian
philippines: philippine, filipino, filipina
poland: polish, pole
portugal: portuguese
puerto rico: puerto rican
qatar: qatari
romania: romanian
russia: russian, russian federation
rwanda: rwandan
samoa: samoan
san marino: sammarinese
saudi arabia: saudi arabian, saudi
scandinavia: scandinavian
scotland: scottish, scot, scotsman, scotsmen
senegal: senegalese
serbia: serbian, serb
seychelles: seychellois
siberia: siberian
sierra leone: sierra leonean
singapore: singaporean
slovakia: slovak, slovakian
slovenia: slovenian, slovene
solomon islands: solomon islander
somalia: somali, somalian
south africa: south african
south america: south american
south korea: south korean, republic of korea
south sudan: south sudanese
southeast asia: southeast asian
soviet union: ussr, soviet
spain: spanish, spaniard
sri lanka: sri lankan
sudan: sudanese
suriname: surinamese
sweden: swedish, swede
switzerland: swiss
syria: syrian
taiwan: taiwanese
tajikistan: tajik, tajikistani
tanzania: tanzanian
thailand: thai
tibet: tibetan
togo: togolese
tonga: tongan
trinidad and tobago: trinidadian
tunisia: tunisian
turkey: turkiye, turkish, turk
turkmenistan: turkmen
tuvalu: tuvaluan
uganda: ugandan
ukraine: ukrainian
united arab emirates: uae, emirati
united states: united states of america, us, usa, america, american
uruguay: uruguayan
uzbekistan: uzbek
vanuatu: vanuatuan
vatican: vatican city, holy see
venezuela: venezuelan
vietnam: viet nam, vietnamese
wales: welsh, welshman, welshmen
west: western, westerner
yemen: yemeni
zambia: zambian
zimbabwe: zimbabwean
"""


def _forms() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for line in _TABLE.strip().splitlines():
        name, _, others = line.partition(":")
        for form in [name, *others.split(",")]:
            words = tuple(word.removesuffix("'s").replace("'", "") for word in form.replace("-", " ").split())
            found[words] = name
            last = words[-1]
            if len(words) <= 2 and not last.endswith(("s", "ese", "ish", "ch", "men")):
                found[(*words[:-1], last + "s")] = name
    return found


PLACES = _forms()
"""Words of a form (lower case, without accents, dots and hyphens; plurals too) → the place's name."""

LONGEST_PLACE = max(map(len, PLACES))
"""Words of the longest form."""

UPPER_CASE_ONLY = frozenset({"us", "uk", "eu", "usa", "uae", "prc", "drc", "dprk", "ussr"})
"""Abbreviations that are other words, or nothing, in lower case."""
