// File names that a tool acts on although its user never named the file: it is enough to enter the folder, list it,
// open it in an editor, type `git status` or `make`, or put it on a web server. A stranger chose these names, so an
// export changes them into names without a meaning.

import { folded } from './folded-names.ts';

/**
 * Leading characters with a meaning: hidden files, files of tools, and options or file lists that a shell makes from
 * `*`.
 */
const FRONT = /^[.\-+@$=~ ]/;

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Whole names, in lower case. */
const NAMES: ReadonlySet<string> = new Set([
  // Files of version control. With `objects` and `refs` beside it `head` makes any folder a git repository, whose
  // `config` names programs. The other names do the same for other tools.
  ...words('head cvs _darcs _mtn _svn _fossil_'),
  // Files that Explorer and Finder read when they show the folder.
  ...words('desktop.ini autorun.inf autorun autorun.sh autoopen thumbs.db ehthumbs.db folder.htt'),
  // Files of shells with a hook for `cd`, and of editors that read options from the folder in which they start.
  ...words('mise.toml mise _vimrc _gvimrc _exrc _netrc session.vim _dir-locals.el omnisharp.json'),
  // Files that coding assistants obey like their user's words.
  ...words(
    'agents.md agents.override.md agent.md claude.md claude.local.md gemini.md qwen.md copilot-instructions.md skill.md',
  ),
  ...words('crush.md warp.md'),
  // Their options, which name programs to start.
  ...words('opencode.json opencode.jsonc crush.json'),
  // Files of web servers and of hosts for static sites, and the folders whose files a server runs.
  ...words('web.config global.asax php.ini php-cli.ini _worker.js _redirects _headers cname cgi-bin htbin _plugins'),
  // Files that a command reads by default, from this folder or from one below.
  ...words(
    'makefile gnumakefile bsdmakefile justfile rakefile jakefile snakefile gemfile vagrantfile procfile brewfile',
  ),
  // The folders from which make fetches a missing makefile.
  ...words('rcs sccs'),
  ...words(
    'doxyfile buildfile jamfile jamroot tupfile maskfile.md runfile caddyfile puppetfile cpanfile mkfile build.ninja',
  ),
  ...words(
    'jenkinsfile guardfile capfile podfile fastfile appfile berksfile thorfile dangerfile cakefile earthfile pipfile',
  ),
  ...words(
    'taskfile.yml taskfile.yaml taskfile.dist.yml taskfile.dist.yaml meson.build cmakelists.txt ctesttestfile.cmake',
  ),
  ...words(
    'cmakepresets.json cmakeuserpresets.json tools.ini book.toml _quarto.yml mkdocs.yml mkdocs.yaml _config.yml',
  ),
  ...words(
    'dvc.yaml mlproject scrapy.cfg pylintrc pylintrc.toml alembic.ini helmfile.yaml docker-bake.hcl docker-bake.json',
  ),
  ...words('sconstruct wscript build.xml pom.xml build.rs rust-toolchain rust-toolchain.toml xmake.lua premake5.lua'),
  ...words('build.zig magefile.go latexmkrc ansible.cfg mypy.ini tsconfig.json jsconfig.json rakefile.rb gems.rb'),
  ...words('config.ru build.sbt project.clj deps.edn bb.edn pubspec.yaml package.swift project.toml dub.json dub.sdl'),
  ...words('dune-project shard.yml gleam.toml rebar.config.script setup.hs setup.lhs cabal.project makefile.toml'),
  ...words('rebar.config nextflow.config nim.cfg config.nims nuget.config global.json guix.scm manifest.scm pixi.toml'),
  ...words(
    'docker-compose.override.yml docker-compose.override.yaml compose.override.yml compose.override.yaml skaffold.yaml',
  ),
  ...words('package.json pnpmfile.cjs pnpm-workspace.yaml bunfig.toml deno.json deno.jsonc node_modules lerna.json'),
  ...words('package.json5 package.yaml binding.gyp nx.json turbo.json rush.json angular.json nodemon.json knexfile.js'),
  ...words('gatsby-config.js gatsby-node.js ember-cli-build.js plopfile.js cypress.json jsdoc.json'),
  ...words('wrangler.toml wrangler.json wrangler.jsonc netlify.toml vercel.json now.json firebase.json serverless.yml'),
  ...words('cdk.json pulumi.yaml terragrunt.hcl samconfig.toml fly.toml devspace.yaml devfile.yaml'),
  ...words(
    'setup.py setup.cfg conftest.py noxfile.py tox.ini pytest.ini pyproject.toml sitecustomize.py usercustomize.py',
  ),
  ...words('cargo.toml go.work go.mod composer.json mix.exs stack.yaml flake.nix shell.nix default.nix devbox.json'),
  ...words('gruntfile.js gulpfile.js directory.build.props directory.build.targets'),
  ...words('directory.build.rsp msbuild.rsp directory.solution.props directory.packages.props devenv.nix devenv.yaml'),
  ...words('tox.toml pytest.toml hatch.toml buildout.cfg platformio.ini gradle.properties kitchen.yml'),
  // An editor asks the first how to build Haskell. Octave runs the last two in the folder where it starts.
  ...words('hie.yaml dune-workspace pkg_add pkg_del'),
  // What starts programs: supervisors, watchers, generators, publishers and the tools of data.
  ...words(
    'supervisord.conf monitrc mprocs.yaml mprocs.json process-compose.yml process-compose.yaml bacon.toml modd.conf',
  ),
  ...words('buf.yaml buf.gen.yaml buf.work.yaml sqlc.yaml sqlc.yml sqlc.json codegen.yml codegen.yaml sgconfig.yml'),
  ...words(
    'goreleaser.yml goreleaser.yaml dist.ini foundry.toml truffle-config.js ormconfig.json biome.json biome.jsonc',
  ),
  ...words('dbt_project.yml workspace.yaml luigi.cfg uv.toml poetry.toml pdm.toml environment.yml environment.yaml'),
  ...words('kustomization kustomization.yml kustomization.yaml imakefile default.build build.cake premake4.lua'),
  ...words('phpunit.xml phpunit.xml.dist phpstan.neon phpstan.neon.dist psalm.xml ipython_config.json'),
  ...words('jupyter_config.json jupyter_notebook_config.json jupyter_server_config.json conanfile.txt vcpkg.json'),
  ...words('build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradlew gradlew.bat mvnw mvnw.cmd'),
  ...words('docker-compose.yml docker-compose.yaml compose.yml compose.yaml dockerfile containerfile tiltfile'),
]);

/** The same for files alone: folders often have these names. */
const FILE_NAMES: ReadonlySet<string> = new Set(words('workspace build waf configure tags dune buck'));

/**
 * Families of whole names: configuration files that are programs, including gossamer's own, and files of builders. From
 * `Makefile.sh` and `Makefile,v`, for example, make itself makes the makefile that is missing.
 */
const FAMILIES =
  /^[\w-]+\.conf(?:ig)?\.(?:[cm]?[jt]sx?|json|toml|ya?ml)$|^mise\..*toml$|^(?:gulp|grunt)file\.|^lefthook(?:-local)?\.|^(?:gnu)?makefile(?:,|\.(?!x?html?$))|^s\.(?:gnu)?makefile$|\.(?:bazel|bzl|(?:cs|fs|vb|vcx)?proj|slnx?|(?:tf|tofu)(?:\.json)?|tfvars(?:\.json)?|cabal|nimble)$/i;

/** Endings of what runs instead of a tool of the same name: Windows looks for commands in the folder first. */
const RUN = /\.(?:exe|com|bat|cmd|vb[es]|jse|ws[fh]|msc|cpl|scr|dll)$/i;

/** Endings that a file manager acts on when it shows the folder. */
const SHOWN =
  'lnk|pif|scf|url|website|desktop|library-ms|search-ms|searchconnector-ms|theme|themepack|webloc|inetloc|fileloc|code-workspace';
/** Endings of files that a web server runs. */
const SERVED = 'php\\d?|phtml|phps|phar|pht|asp|aspx|ascx|ashx|asmx|asa|cer|cfm|cgi|fcgi|jsp|jspx|jspf|shtm|shtml|stm';
/**
 * Endings of modules that Python, Octave and Erlang look for in the folder first, as in `python -m http.server`. A
 * character in front is not enough: `json` loads `_json`, `json/_init__.py` would become `json/__init__.py`, and pytest
 * runs `_x_test.py`.
 */
const MODULES = 'py[cdw]?|so|m|mex\\w*|oct|beam';
const ENDINGS = new RegExp(`\\.(?:${SHOWN}|${SERVED}|${MODULES})$`, 'i');
/** Windows treats a folder whose name ends in a class id as a special object. */
const CLASS = /\.(?=\{[^}]*\}$)/;
/** Endings by which macOS takes a folder for a program, and notes which addresses and files the program opens. */
const BUNDLES =
  /\.(?:app|appex|action|bundle|component|framework|kext|mdimporter|m?pkg|plugin|prefpane|qlgenerator|saver|scptd|service|workflow|xpc)$/i;

/** The name itself, or a similar one without a meaning. `isFile` is false for a folder. */
export function harmlessName(name: string, isFile: boolean): string {
  const same = folded(name);
  const isFileTaken = isFile && (FILE_NAMES.has(same) || RUN.test(same));
  const isTaken = isFileTaken || FRONT.test(same) || NAMES.has(same) || FAMILIES.test(same);
  const harmless = (isTaken ? `_${name}` : name).replace(CLASS, '_');
  return (isFile ? ENDINGS : BUNDLES).test(harmless) ? `${harmless}_` : harmless;
}
