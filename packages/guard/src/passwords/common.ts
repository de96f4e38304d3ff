/**
 * Words that lists of leaked passwords are full of, lower-case and without disguise. A password that is nothing but these,
 * digits and signs is refused; one of twelve characters that is not built so is rarely on any list.
 */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  `
  password passwort passord pass passwd pwd motdepasse contrasena contrasenia senha wachtwoord parola haslo salasana
  admin administrator administrador root superadmin super user username usuario guest gast test tester testing default demo
  login logon signin welcome willkommen bienvenue bienvenido hello hallo secret geheim changeme change temp temporary letmein
  let me open sesame enter access master system sysadmin server service support office company security secure private access
  qwerty qwertz azerty asdf asdfgh zxcvbn qwertyuiop qazwsx
  monkey dragon tiger lion eagle falcon shadow phoenix wolf bear panther cat dog puppy kitten bunny horse dolphin butterfly
  sunshine moonlight star stars starwars rainbow flower rose lily princess prince queen king angel devil heaven hell
  love iloveyou lover sweet sweetheart baby babygirl babyboy honey darling kiss kisses forever always family mother father
  mama papa mommy daddy sister brother friend friends best friendship life live happy smile lucky magic power freedom peace
  football soccer baseball basketball hockey tennis golf cricket rugby liverpool chelsea arsenal barcelona realmadrid juventus
  bayern dortmund manchester united city champion winner steelers cowboys yankees lakers eagles
  superman batman spiderman ironman pokemon pikachu naruto mario minecraft fortnite starcraft matrix hunter ranger ninja samurai
  michael jordan jessica jennifer ashley amanda nicole daniel david james john robert thomas andrew joshua matthew anthony
  charlie george maggie buster bailey ginger pepper cookie chocolate banana cherry orange apple peanut pizza cheese coffee
  computer internet laptop windows linux microsoft google facebook samsung iphone android apple sony nokia cisco oracle network
  summer winter spring autumn fall january february march april may june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday weekend holiday christmas easter birthday
  sommer fruehling herbst winter januar februar maerz juni juli oktober dezember montag dienstag mittwoch donnerstag freitag
  london paris berlin madrid rome vienna amsterdam newyork chicago dallas boston texas florida california america england
  germany deutschland france italia espana polska canada mexico brasil brazil india china japan russia australia europe
  black white blue green red yellow purple silver gold golden diamond crystal
  mustang ferrari porsche mercedes corvette camaro harley yamaha honda toyota
  jesus christ god bless faith hope angel maria jose juan carlos
  the my your our is you and for with not this that one two three four five six seven eight nine ten
  sql oracle mysql postgres database backup ftp www http web site manager boss work job money cash bank
  trustno whatever nothing something anything incorrect correct blahblah abc abcd abcdef xyz aaa
  hunter killer death metal music guitar rock star movie game games player gamer
  school student teacher university college library doctor nurse soldier police fireman pilot captain
  `
    .trim()
    .split(/\s+/),
);

/** Passwords of twelve characters and more that are common as they stand and are not built from the words above. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  correcthorsebatterystaple correct-horse-battery-staple thequickbrownfox thequickbrownfoxjumps loremipsumdolor loremipsumdolorsit
  tobeornottobe mynameisnobody onceuponatime allyourbasearebelongtous maytheforcebewithyou supercalifragilistic
  supercalifragilisticexpialidocious leedsunited1 manutd4ever1 unbreakable1 undertaker12 metallica666 slipknot6666
  blink182blink182 greenday1234 eminem123456 tupac1234567 rockyou12345 linkedin1234 myspace12345 yahoo1234567 hotmail12345
  gmail1234567 passw0rd1234 p4ssw0rd1234 pa55word1234 pa$$word1234 n0tpassword1 iamthebest123 ihateyou1234 fuckyou12345
  fuckoff12345 motherfucker motherfucker1 asshole12345 bullshit1234 blowme123456 cocacola1234 jamesbond007 jamesbond0007
  terminator12 startrek1234 enterprise12 enterprise1701 ncc1701ncc1701 thx1138thx1138 trustno1trustno1 1qaz2wsx3edc 1qaz@wsx3edc
  zaq12wsxzaq1 qazwsxedcrfv qazxswedcvfr q1w2e3r4t5y6 a1b2c3d4e5f6 a1s2d3f4g5h6 1a2b3c4d5e6f 147258369147 159357159357 789456123000
  741852963000 963852741000 123qweasdzxc qweasdzxc123 zxcasdqwe123 asd123asd123 qwe123qwe123 abc123abc123 112233445566 121212121212
  123123123123 101010101010 696969696969 131313131313 010203040506 102030405060 123654789123 987654321012 0987654321qw
  administrat0r adm1nistrat0r letmein123456 welcome123456 changeme1234 changeit1234 vagrantvagrant toortoortoor raspberry1234
  raspberrypi12 kubernetes123 dockerdocker splunk123456 solarwinds123 elasticsearch elasticsearch1 grafanagrafana
  `
    .trim()
    .split(/\s+/),
);
