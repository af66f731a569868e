// What the made pages are made of: each list is a family of things that HTML readers have got wrong.

export const words = (list: string): readonly string[] => list.trim().split(/\s+/);

export const LINKING = words('a a a area base link iframe frame img image script source input object td meta');
export const RAW = words('script script style title textarea xmp iframe noembed noframes noscript plaintext');
export const BLOCKS = words(
  `p div table caption colgroup col tbody tr td th ul li dl dt dd b i nobr font form button h1 h2 h3 select option optgroup
  frameset template body head html hr br input pre center ruby rt marquee details dialog`,
);
export const FOREIGN = words(
  `g path use image feImage title desc foreignObject foreignobject a style script font mi mo mn ms mtext annotation-xml mglyph
  malignmark semantics svg math textarea`,
);
/** Values that decide whether annotation-xml holds HTML. */
export const ENCODINGS = words('text/html TEXT/HTML application/xhtml+xml text/plain "text/html" text&sol;html');

export const COMMENT_BITS = [
  ...words(
    '<!-- <!--> <!---> <!----> --> --!> ---> --!- -- - ! > < <!- <!-- <! <? <?php ?> </ </> </! </? <% <!x <!doctype',
  ),
  ...['<!DOCTYPE html>', '<!doctype "a>', "<!DOCTYPE a PUBLIC 'x>y'>", '--\0>', '-\r\n->', '<!--\0', '--! >', '-- >'],
];
export const SCRIPT_BITS = [
  ...words(
    '<!-- --> <!--> --!> <script> </script> <script </script <SCRIPT/ </ScRiPt> <scriptx> </scriptx> <script/x </script/>',
  ),
  ...words(
    '</scr </ < - -- <! <!- <s //<!-- //--> <script\f> </script\t> <!--<script> --></script> <!---- <!--- <scrip\0t>',
  ),
];
export const CDATA_BITS = words(
  '<![CDATA[ <![CDATA[ ]]> ]]> ]> ]] ] <![cdata[ <![CDATA <!CDATA[ ]]]> ]]]]> > <![CDATA[]]>',
);
export const TEXT_BITS = [
  ...words(
    'text é 😀 &amp; &lt &lt; &#60; &#x3c;a &notit; " \' = / /> ` ; < > << <> < <1 <é <\0 <=a </1 </é </\0a> <a<b',
  ),
  ...[' ', '\n', '\r', '\r\n', '\f', '\t', '\v', '\0', '\u0085', '\u00a0', '\ufeff', '\u2028'],
];

export const SPACES = ['\n', '\r', '\r\n', '\t', '\f', '  ', '/', '//', ' / ', '\v', '\0', '\u00a0', ''];
export const NAMES = words(
  `href href href HREF hReF src SRC rel content data class id color encoding xlink:href lang manifest srcset type value cite
  background data-href hre hreff hr\0ef =href ="href" href" 'href <href hréf`,
);
export const VALUE_BITS = [
  ...words(
    'x y Z / // ? # & = == < > </a> /> " \' ` é 😀 ü \0 \r \n \r\n \t ; : % %20 ../ a=1&b=2 http://h/ javascript:x',
  ),
  ...['\x80', '\u00a0', '\ufffd', ' ', ' ', '\f'],
];
export const REFERENCES = words(
  `&amp; &amp &AMP &AMP; &copy &copy; &copy= &copy=1 &copyx &copy1 &copy; &copysr; &not &notin &notin; &notit; &notx &lt &lt= &LT
  &gt; &gt &quot; &quot &apos; &apos &nbsp &NBSP &reg &region &regx= &para &parallel &ngE; &ngE &x &x; &; & && &# &#; &#x &#x; &#X41; &#x41
  &#65 &#65; &#065; &#0; &#x0 &#128; &#x80 &#x9f; &#x81; &#xD800; &#xDFFF &#x10FFFF; &#x110000; &#99999999999; &#x1F600; &#13; &#x0d
  &#38;amp; &hellip &hellip; &NotEqualTilde; &Amp; &sol; &bne; &frac12 &frac12x &sup &sup1 &sup1x &sub &ETH &ETHx &times; &timesb; &yen= &uml; &umlx`,
);
/** Bytes of encodings whose later bytes may look like markup. */
export const BYTES = [
  '\x81',
  '\xfe',
  '\x80<',
  '\x1b$B',
  '\x1b(B',
  '\x8f',
  '\xe3\x81',
  '\xf0\x9f',
  '\xff\xfe',
  '\xc0\xbc',
  '\x81\x5c',
  '\xef\xbb\xbf',
];
