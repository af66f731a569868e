import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { runSeed } from '../../test/helpers/random.ts';
import { fileSegments, otherName } from './file-names.ts';
import { createTakenNames } from './taken-names.ts';

test('fileSegments: readable names with an ending that says what it is', () => {
  const table: [url: string, mediaType: string, path: string][] = [
    ['http://a.test/', 'text/html', 'a.test/index.html'],
    ['http://a.test:8080/docs/', 'text/html', 'a.test_8080/docs/index.html'],
    ['http://a.test/page', 'text/html', 'a.test/page.html'],
    ['http://a.test/page.php', 'text/html', 'a.test/page.php.html'],
    ['http://a.test/page.HTM', 'text/html', 'a.test/page.HTM'],
    ['http://a.test/style.php?v=1', 'text/css', 'a.test/style.php@v=1.css'],
    ['http://a.test/style.css?v=1&w=2', 'text/css', 'a.test/style@v=1&w=2.css'],
    ['http://a.test/x?q=a%2Fb', 'image/png', 'a.test/x@q=a_b'],
    ['http://a.test/gr%C3%BC%C3%9Fe/%E6%97%A5', 'text/html', 'a.test/grüße/日.html'],
    ['http://a.test/bad%ff', 'image/png', 'a.test/bad_ff'],
    ['http://a.test/..%2f..%2fetc/passwd', 'text/plain', 'a.test/_.._.._etc/passwd'],
    ['http://a.test/a//b', 'image/png', 'a.test/a/_/b'],
    ['http://a.test/a.xsl', 'text/xsl', 'a.test/a.xsl'],
    ['http://a.test/a.xslt', 'text/plain', 'a.test/a.xslt.txt'],
    ['http://a.test/a.html', 'text/xsl', 'a.test/a.html.txt'],
    ['http://a.test/CON', 'text/plain', 'a.test/_CON'],
    ['http://a.test/aux.h/nul', 'text/plain', 'a.test/_aux.h/_nul'],
    ['http://a.test/dot./space%20', 'text/plain', 'a.test/dot_/space_'],
    ['http://a.test/a:b*c', 'text/plain', 'a.test/a_b_c'],
    ['http://[::1]/x', 'text/plain', '[__1]/x'],
  ];
  for (const [url, mediaType, path] of table) assert.equal(fileSegments(url, mediaType).join('/'), path, url);
});

test('fileSegments: no name has a meaning to a tool, whichever of them it is made for', () => {
  const table: [path: string, mediaType: string, name: string][] = [
    ['.git/config', 'text/plain', '_.git/config'],
    ['.GIT/hooks/pre-commit', 'text/plain', '_.GIT/hooks/pre-commit'],
    ['.gi%E2%80%8Ct/config', 'text/plain', '_.gi_t/config'],
    ['%E2%80%8C.git/config', 'text/plain', '_.git/config'],
    ['git~1/config', 'text/plain', 'git_1/config'],
    ['%2egit/config', 'text/plain', '_.git/config'],
    ['.git%20/config', 'text/plain', '_.git_/config'],
    ['.git::$INDEX_ALLOCATION/config', 'text/plain', '_.git__$INDEX_ALLOCATION/config'],
    ['repo/HEAD', 'text/plain', 'repo/_HEAD'],
    ['repo/head', 'application/octet-stream', 'repo/_head'],
    ['HEAD', 'text/html', 'HEAD.html'],
    ['.envrc', 'text/plain', '_.envrc'],
    ['.vscode/tasks.json', 'application/json', '_.vscode/tasks.json'],
    ['.htaccess', 'text/html', '_.htaccess.html'],
    ['.bashrc', '', '_.bashrc'],
    ['..%5c.envrc', 'text/plain', '_.._.envrc'],
    ['Desktop.ini', 'text/plain', '_Desktop.ini'],
    ['AUTORUN.INF', 'text/plain', '_AUTORUN.INF'],
    ['Thumbs.db', '', '_Thumbs.db'],
    ['mise.toml', 'text/plain', '_mise.toml'],
    ['mise.local.toml', 'text/plain', '_mise.local.toml'],
    ['gossamer.config.ts', 'text/javascript', 'gossamer.config.ts.js'],
    ['gossamer.config.js', 'text/javascript', '_gossamer.config.js'],
    ['gossamer.config.json', 'application/json', '_gossamer.config.json'],
    ['eslint.config.mjs', 'text/javascript', '_eslint.config.mjs'],
    ['Makefile', 'text/plain', '_Makefile'],
    ['package.json', 'application/json', '_package.json'],
    ['x/node_modules/y.js', 'text/javascript', 'x/_node_modules/y.js'],
    ['web.config', 'text/xml', '_web.config'],
    ['_vimrc', 'text/plain', '__vimrc'],
    ['CON', 'text/plain', '_CON'],
    ['con%20.txt', 'text/plain', '_con .txt'],
    ['-rf', 'text/plain', '_-rf'],
    ['--checkpoint-action=exec=sh%20x', '', '_--checkpoint-action=exec=sh x'],
    ['@list', '', '_@list'],
    ['x.lnk', '', 'x.lnk_'],
    ['x.desktop', 'text/plain', 'x.desktop_'],
    ['x.URL', 'text/plain', 'x.URL_'],
    ['shell.php', 'text/plain', 'shell.php_'],
    ['shell.php', 'text/html', 'shell.php.html'],
    ['index.php/a', 'text/plain', 'index.php/a'],
    ['x.%7BED7BA470-8E54-465E-825C-99712043E01C%7D/a', '', 'x_{ED7BA470-8E54-465E-825C-99712043E01C}/a'],
    ['page.html', 'text/plain', 'page.html.txt'],
    ['page.svg', 'image/png', 'page.svg_'],
    ['page.html', 'application/xml', 'page.html_'],
    ['feed.xml', 'application/rss+xml', 'feed.xml'],
    ['photo.%E2%80%AEgnp.exe', '', '_photo._gnp.exe'],
  ];
  for (const [path, mediaType, name] of table) {
    assert.equal(fileSegments(`http://a.test/${path}`, mediaType).join('/'), `a.test/${name}`, path);
  }
  assert.equal(fileSegments('http://files.pl/x', 'image/png').join('/'), 'files.pl/x');
});

test('fileSegments: programs and what builders read by themselves have other names, and folders have theirs', () => {
  const table: [path: string, mediaType: string, name: string][] = [
    ['ansible.cfg', 'text/plain', '_ansible.cfg'],
    ['latexmkrc', 'text/plain', '_latexmkrc'],
    ['NuGet.Config', 'text/xml', '_NuGet.Config'],
    ['karma.conf.js', 'text/javascript', '_karma.conf.js'],
    ['gulpfile.babel.js', 'text/javascript', '_gulpfile.babel.js'],
    ['app.csproj', 'text/plain', '_app.csproj'],
    ['main.tf', 'text/plain', '_main.tf'],
    ['build/tags/x', 'text/plain', 'build/tags/x'],
    ['x/BUILD', 'text/plain', 'x/_BUILD'],
    ['tags', 'text/html', 'tags.html'],
    ['main.tofu.json', 'application/json', '_main.tofu.json'],
    ['x.auto.tfvars.json', 'application/json', '_x.auto.tfvars.json'],
    ['lefthook-local.toml', 'text/plain', '_lefthook-local.toml'],
    ['lefthook.yml', 'text/plain', '_lefthook.yml'],
    ['opencode.json', 'application/json', '_opencode.json'],
    ['hie.yaml', 'text/plain', '_hie.yaml'],
    ['x/PKG_ADD', 'text/plain', 'x/_PKG_ADD'],
    ['dune', 'text/plain', '_dune'],
    ['dune/a', 'text/plain', 'dune/a'],
    ['git.exe', '', '_git.exe'],
    ['npm.cmd', 'text/plain', '_npm.cmd'],
    ['setup.py/x', 'text/plain', '_setup.py/x'],
    ['random.py/x', 'text/plain', 'random.py/x'],
  ];
  for (const [path, mediaType, name] of table) {
    assert.equal(fileSegments(`http://a.test/${path}`, mediaType).join('/'), `a.test/${name}`, path);
  }
});

test('fileSegments: no module of Python, Octave or Erlang can be loaded, whatever it was called', () => {
  const table: [path: string, mediaType: string, name: string][] = [
    ['socketserver.py', 'text/x-python', 'socketserver.py_'],
    ['random.pyc', '', 'random.pyc_'],
    ['json.py', 'text/plain', 'json.py_'],
    ['email/_init__.py', 'text/plain', 'email/_init__.py_'],
    ['_main__.PY', 'text/plain', '_main__.PY_'],
    ['ssl.cpython-311-x86_64-linux-gnu.so', '', 'ssl.cpython-311-x86_64-linux-gnu.so_'],
    ['x_test.py?a=b', 'text/plain', 'x_test@a=b.py_'],
    ['setup.py', 'text/plain', '_setup.py_'],
    ['size.m', 'text/plain', 'size.m_'],
    ['size.mexa64', '', 'size.mexa64_'],
    ['user_default.beam', '', 'user_default.beam_'],
    ['json.py', 'text/html', 'json.py.html'],
    ['a.mp3', 'audio/mpeg', 'a.mp3'],
  ];
  for (const [path, mediaType, name] of table) {
    assert.equal(fileSegments(`http://a.test/${path}`, mediaType).join('/'), `a.test/${name}`, path);
  }
});

test('fileSegments: a name that some file system takes for one with a meaning has none', () => {
  const table: [path: string, mediaType: string, name: string][] = [
    ['Ma\u212aefile', 'text/plain', '_MaKefile'],
    ['de\u017fktop.ini', 'text/plain', '_de\u017fktop.ini'],
    ['Make\ufb01le', 'text/plain', '_Make\ufb01le'],
    ['Se\u1e9eion.vim', 'text/plain', '_Se\u1e9eion.vim'],
    ['vite.con\ufb01g.js', 'text/javascript', '_vite.con\ufb01g.js'],
    ['package\ufe0f.json', 'application/json', '_package\ufe0f.json'],
    ['\ufe0f.git/config', 'text/plain', '_\ufe0f.git/config'],
    ['Makefile.sh', 'text/x-sh', '_Makefile.sh'],
    ['makefile,v', 'text/plain', '_makefile,v'],
    ['SCCS/s.Makefile', 'text/plain', '_SCCS/_s.Makefile'],
    ['Makefile.html', 'text/html', 'Makefile.html'],
    ['build.ninja', 'text/plain', '_build.ninja'],
    ['supervisord.conf', 'text/plain', '_supervisord.conf'],
    ['uv.toml', 'text/plain', '_uv.toml'],
    ['sgconfig.yml', 'text/plain', '_sgconfig.yml'],
    ['Doxyfile', 'text/plain', '_Doxyfile'],
    ['package.yaml', 'text/plain', '_package.yaml'],
    ['_worker.js', 'text/javascript', '__worker.js'],
    ['cgi-bin/a', 'text/plain', '_cgi-bin/a'],
    ['Some.app/Contents/Info.plist', 'text/xml', 'Some.app_/Contents/Info.plist'],
    ['some.app', 'text/plain', 'some.app'],
  ];
  for (const [path, mediaType, name] of table) {
    assert.equal(fileSegments(`http://a.test/${path}`, mediaType).join('/'), `a.test/${name}`, path);
  }
});

test('createTakenNames: names that some file system takes for one become two', () => {
  const pairs = [
    ['a\ufe0f.html', 'A.html'],
    ['o\ufb03ce.html', 'OFFICE.html'],
    ['stra\u00dfe.html', 'STRASSE.html'],
    ['STRA\u1e9eE.html', 'stra\u00dfe.html'],
    ['Stra\u1e9ee.html', 'strasse.html'],
  ] as const;
  for (const [one, other] of pairs) {
    const names = createTakenNames();
    assert.equal(names.take([one], 'http://a.test/1'), one);
    assert.notEqual(names.take([other], 'http://a.test/2'), other);
  }
});

test('fileSegments: what is long is shortened by a hash, and different stays different', () => {
  const [, one] = fileSegments(`http://a.test/${'x'.repeat(300)}1`, 'text/html');
  const [, other] = fileSegments(`http://a.test/${'x'.repeat(300)}2`, 'text/html');
  assert.match(one!, /^x{50,}~[0-9a-f]{8}\.html$/);
  assert.notEqual(one, other);
  const deep = fileSegments(`http://a.test/${'a/'.repeat(500)}b`, 'text/html');
  assert.ok(deep.length < 50 && deep.join('/').length < 400);
  const both = fileSegments(`http://a.test/${`${'é'.repeat(100)}/`.repeat(50)}b`, 'text/html').join('/');
  assert.ok(Buffer.byteLength(both) < 800, both);
});

test('fileSegments: safe on every system, for any URL', () => {
  const seed = runSeed('file-names');
  const segment = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('..', 'CON', 'a ', 'NUL.txt', '...', '\u202e'),
  );
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 6 }), fc.string(), (segments, search) => {
      const path = segments.map((each) => encodeURIComponent(each.toWellFormed())).join('/');
      const url = new URL(`http://a.test/${path}?${encodeURIComponent(search.toWellFormed())}`).href;
      for (const name of fileSegments(url, 'text/html')) {
        assert.ok(name !== '' && Buffer.byteLength(name) <= 130, name);
        assert.doesNotMatch(name, /[<>:"|?*\\/\p{Cc}\p{Cf}]|[. ]$|^[.\-@ ]/u);
        assert.doesNotMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
      }
      assert.ok(fileSegments(url, 'text/html').at(-1)!.endsWith('.html'));
    }),
    { seed, numRuns: 2_000 },
  );
});

test('otherName: another one of the same kind', () => {
  assert.match(otherName('page.html', 'http://a.test/Page'), /^page~[0-9a-f]{8}\.html$/);
  assert.match(otherName('page', 'http://a.test/Page'), /^page~[0-9a-f]{8}$/);
});
